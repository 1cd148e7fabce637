import type { Checkpoint } from '../terminal/checkpoints.js'
import { type Reading, type ReadOptions, ReadPosition } from './read-position.js'
import { readFrom } from './reading.js'
import { LINE_ENDS, lastLines } from './reading-tail.js'
import type { Run } from './run.js'
import type { Session } from './session.js'

type Options = Pick<ReadOptions, 'format' | 'max'>

/** What ssh says when its session has ended; it is not the command's. */
const FAREWELL = /(?:Shared c|C)onnection to [^\r\n]* closed\.\r?\n?$/

/**
 * What a command has printed. Finished, it is given whole or with its middle left out, and the session's read
 * position moves behind it; of one that goes on the rest stays pending.
 */
export async function outputOfRun(
  session: Session,
  { end, sent, finished, outputFrom }: Run,
  options: Options,
  signal: AbortSignal,
): Promise<Reading> {
  if (finished)
    return outputOfFinished(session, outputFrom ?? finished.outputTo, finished.outputTo, options, signal)
  if (outputFrom === null || end === 'incomplete_input') return nothing(session, sent)
  await session.position.jumpTo(outputFrom)
  const reading = await readFrom(session, session.position, options, signal)
  return end === 'exit' ? { ...reading, output: reading.output.replace(FAREWELL, '') } : reading
}

/** The command has printed nothing, as far as it is known: what stands there is its echo. */
async function nothing(session: Session, sent: boolean): Promise<Reading> {
  const { offset, units } = session.state
  if (sent) await session.position.jumpTo({ offset, units })
  session.saveSoon()
  return { output: '', truncated: false, offset, next_offset: offset, pending: session.position.pending }
}

async function outputOfFinished(
  session: Session,
  from: Checkpoint,
  to: Checkpoint,
  options: Options,
  signal: AbortSignal,
): Promise<Reading> {
  // Somebody may have read on already, behind a prompt that came since.
  if (session.position.offset < to.offset) await session.position.jumpTo(to)
  session.skipPromptAfter(to)
  session.saveSoon()
  const whole = await readRange(session, from, to, options)
  const reading = whole.truncated ? await withoutMiddle(session, from, to, options, signal) : whole
  // What has come since is the prompt.
  return { ...reading, offset: from.offset, next_offset: to.offset, pending: 0 }
}

/** Head and tail, with a line between them that says how much is left out, and where to read it. */
async function withoutMiddle(
  session: Session,
  from: Checkpoint,
  to: Checkpoint,
  { format, max }: Options,
  signal: AbortSignal,
): Promise<Reading> {
  const half = Math.max(1, Math.floor(max / 2))
  const head = await readRange(session, from, to, { format, max: half })
  const { left, tail } = await restAfter(session, head.place, to, { format, max: half }, signal)
  const end = head.output.endsWith('\n') ? '' : '\n'
  const line = `… ${left.toLocaleString('en-US')} characters left out; read on with offset ${head.next_offset} …\n`
  return { ...head, output: head.output + end + line + tail, truncated: true }
}

/** Beyond these the stream's own count must do, which has line ends as two characters: reading it all takes seconds. */
const MAX_COUNTED_BYTES = 64 * 1024 * 1024
const MAX_COUNTED_CHARS = 64 * 1024 * 1024
/** How far before the end such a stream is read for its last lines, in bytes for each character that is wanted. */
const LOOK_BACK = 8
/** Characters that are read at a time to be counted. */
const COUNTED_AT_ONCE = 512 * 1024

/** The last lines of what is read between two places, and how many characters stand before them. */
async function restAfter(
  session: Session,
  from: Checkpoint,
  to: Checkpoint,
  options: Options,
  signal: AbortSignal,
): Promise<{ left: number; tail: string }> {
  const short = to.offset - from.offset <= MAX_COUNTED_BYTES
  const all = short ? await endOfRange(session, from.offset, to.offset, options, signal) : null
  if (all) return { left: all.length - all.tail.length, tail: all.tail }
  const near = Math.max(from.offset, to.offset - options.max * LOOK_BACK)
  const tail = (await endOfRange(session, near, to.offset, options, signal))?.tail ?? ''
  return { left: Math.max(0, to.units - from.units - tail.length), tail }
}

/** Length and last lines of a range as it is read; null where it is too long to be counted. */
async function endOfRange(
  { recorder }: Session,
  from: number,
  to: number,
  { format, max }: Options,
  signal: AbortSignal,
): Promise<{ length: number; tail: string } | null> {
  const position = await ReadPosition.at(recorder, from)
  const upTo = { format, max: COUNTED_AT_ONCE, until: to }
  let length = 0
  let end = ''
  for (let more = true; more; ) {
    await position.prepare(upTo)
    signal.throwIfAborted()
    const { output, truncated } = position.take({ ...upTo, ended: true })
    length += output.length
    end = (end + output).slice(-2 * max)
    more = truncated && output !== ''
    if (length > MAX_COUNTED_CHARS) return null
  }
  // What was cut off may have left half a line.
  const lines = end.split(LINE_ENDS).slice(length > end.length ? 1 : 0)
  return { length, tail: lastLines(lines.length > 0 ? lines : [end], max) }
}

async function readRange(
  { recorder }: Session,
  from: Checkpoint,
  to: Checkpoint,
  options: Options,
): Promise<Reading & { place: Checkpoint }> {
  const position = new ReadPosition(recorder, from.offset, from.units)
  const upTo = { ...options, until: to.offset }
  await position.prepare(upTo)
  const reading = position.take({ ...upTo, ended: true })
  return { ...reading, place: position.place }
}
