import { MAX_OUTPUT_CHARS, READ_SLICE_BYTES } from '../common/limits.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import { type Reading, type ReadOptions, ReadPosition } from './read-position.js'
import { readFrom } from './reading.js'
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
  if (finished) return outputOfFinished(session, outputFrom ?? finished.outputTo, finished.outputTo, options)
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
): Promise<Reading> {
  // Somebody may have read on already, behind a prompt that came since.
  if (session.position.offset < to.offset) await session.position.jumpTo(to)
  session.skipPromptAfter(to)
  session.saveSoon()
  const whole = await readRange(session, from, to, options)
  const reading = whole.truncated ? await withoutMiddle(session, from, to, options) : whole
  // What has come since is the prompt.
  return { ...reading, offset: from.offset, next_offset: to.offset, pending: 0 }
}

/** Head and tail, with a line between them that says how much is left out, and where to read it. */
async function withoutMiddle(
  session: Session,
  from: Checkpoint,
  to: Checkpoint,
  { format, max }: Options,
): Promise<Reading> {
  const half = Math.max(1, Math.floor(max / 2))
  const head = await readRange(session, from, to, { format, max: half })
  const { start, tail } = await tailAfter(session, head.place, to, { format, max: half })
  const left = await lengthOf(session, head.place, start, format)
  const end = head.output.endsWith('\n') ? '' : '\n'
  const line = `… ${left.toLocaleString('en-US')} characters left out; read on with offset ${head.next_offset} …\n`
  return { ...head, output: head.output + end + line + tail.output, truncated: true }
}

/** Characters between two places, as the format has them. */
async function lengthOf(
  { recorder }: Session,
  from: Checkpoint,
  to: Checkpoint,
  format: Options['format'],
): Promise<number> {
  if (to.offset - from.offset > MAX_COUNTED_BYTES) return to.units - from.units
  const position = new ReadPosition(recorder, from.offset, from.units)
  const upTo = { format, max: MAX_OUTPUT_CHARS, until: to.offset }
  let length = 0
  for (let more = true; more; ) {
    await position.prepare(upTo)
    const reading = position.take({ ...upTo, ended: true })
    length += reading.output.length
    more = reading.truncated && reading.output !== ''
  }
  return length
}

/** Beyond this the stream's own count must do, which has line ends as two characters, for reading it all takes seconds. */
const MAX_COUNTED_BYTES = 64 * 1024 * 1024

/** The last part of a text. Tabs make it longer than the stream's count says, so less of that may have to do. */
async function tailAfter(session: Session, from: Checkpoint, to: Checkpoint, { format, max }: Options) {
  for (let units = max; ; units = Math.floor(units / 2)) {
    const start = await tailFrom(session, from, to, units)
    const tail = await readRange(session, start, to, { format, max })
    if (units <= 1 || (start.units > from.units && !tail.truncated)) return { start, tail }
  }
}

/** A place behind `from`, at the start of a line where there is one, from which at most `units` follow up to `to`. */
async function tailFrom(
  { recorder }: Session,
  from: Checkpoint,
  to: Checkpoint,
  units: number,
): Promise<Checkpoint> {
  const near = recorder.checkpoints.before(Math.max(from.offset, to.offset - units * 4))
  const start = near.offset < from.offset ? from : near
  const position = new ReadPosition(recorder, start.offset, start.units)
  const upTo = { format: 'raw' as const, ended: true, until: to.offset }
  for (let left = to.units - units - start.units; left > 0; left = to.units - units - position.place.units)
    position.take({ ...upTo, max: Math.min(left, READ_SLICE_BYTES) })
  const ahead = recorder.file.read(
    position.place.offset,
    Math.min(MAX_LINE_BYTES, to.offset - position.place.offset),
  )
  const lineFeed = ahead.indexOf(0x0a)
  if (lineFeed >= 0 && position.place.offset + lineFeed + 1 < to.offset)
    await position.skipTo(position.place.offset + lineFeed + 1)
  return position.place
}

/** How far a tail may be shortened to begin with a line, in bytes. */
const MAX_LINE_BYTES = 2000

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
