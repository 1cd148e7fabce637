import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RE2JS } from 're2js'
import { READ_SLICE_BYTES } from '../common/limits.js'
import { EchoFilter, SubmitFilter } from '../terminal/echo.js'
import { endOf } from '../terminal/output-capture.js'
import { compilePattern } from '../terminal/pattern.js'
import { type Condition, exited, outputAfter, patternFound, promptAfter, quietAfter } from './conditions.js'
import { type Reading, type ReadOptions, ReadPosition } from './read-position.js'
import type { Session } from './session.js'
import { shownBefore, shownFrom } from './shown.js'
import { promptCount } from './waiting.js'

/** What a call waits for, as the caller named it; null for the tool's default. */
export type WaitFor = { kind: 'output' | 'quiet' | 'prompt' | 'exit' } | { kind: 'pattern'; pattern: RE2JS }

/** @throws validation_error if it is no pattern */
export const patternWait = (pattern: string): WaitFor => ({
  kind: 'pattern',
  pattern: compilePattern(pattern),
})

/** Input that ends a line or interrupts, after which a shell shows its prompt anew. */
const SUBMITS = /[\r\n\x03\x04\x1a\x1c]/

/** The condition for a write: only what follows the input counts. Built when the input is about to be sent. */
export function conditionAfterWrite(
  session: Session,
  waitFor: WaitFor,
  input: string,
  full: number,
): Condition {
  const { units, lineEditor } = session.state
  const prompts = promptCount(session)
  const since = performance.now()
  const after = SUBMITS.test(input) ? prompts : -1
  const answer = lineEditor && /[\r\n]/.test(input) ? new SubmitFilter() : new EchoFilter(input)
  switch (waitFor.kind) {
    case 'output':
      return outputAfter(units)
    case 'quiet':
      return quietAfter({
        ...{ prompts: after, units, afterOutput: after < 0, answer, full, since },
        interrupts: /[\x03\x1c]/.test(input) && !/[\r\n]/.test(input),
      })
    case 'prompt':
      return promptAfter(after)
    case 'pattern':
      return patternFound(waitFor.pattern, session.record, answer)
    case 'exit':
      return exited()
  }
}

/**
 * The condition for a read from a place: what is pending there, and the present state, may meet it at once.
 * Without `waitFor` it is output, and then quiet if none was pending.
 */
export async function conditionForRead(
  session: Session,
  position: ReadPosition,
  waitFor: WaitFor | null,
  full: number,
): Promise<Condition> {
  const { units } = session.state
  const prompts = promptCount(session)
  const given = units - position.pending
  if (waitFor === null && position.pending > 0) return outputAfter(given)
  switch (waitFor?.kind) {
    case undefined:
      return quietAfter({ prompts, units, afterOutput: true, answer: null, full, since: null })
    case 'output':
      return outputAfter(given)
    case 'quiet':
      return quietAfter({ prompts: -1, units: given, afterOutput: false, answer: null, full, since: null })
    case 'prompt':
      return promptAfter(-1)
    case 'pattern':
      return patternInPending(session, position, waitFor.pattern)
    case 'exit':
      return exited()
  }
}

/** Bytes looked through for a pattern before other work gets its turn: the worst pattern takes 9 ms a KB. */
const PATTERN_SLICE_BYTES = 4096

/** The pattern, already shown all that is pending; when this returns nothing newer has been missed. */
async function patternInPending(
  session: Session,
  position: ReadPosition,
  pattern: RE2JS,
): Promise<Condition> {
  const condition = patternFound(pattern, session.record, null)
  let { offset } = position
  for (;;) {
    const part = shownFrom(session.recorder, offset, PATTERN_SLICE_BYTES, session.state.offset)
    if (part.bytes.length === 0) return condition
    condition.output(part.bytes)
    offset = part.offset + part.bytes.length
    if (offset < session.state.offset) await nextTurn()
  }
}

/** Reads from a place. What is prepared is taken in one step at the end, so that a cancelled call takes nothing. */
export async function readFrom(
  session: Session,
  position: ReadPosition,
  options: Omit<ReadOptions, 'ended'>,
  signal: AbortSignal,
): Promise<Reading> {
  await position.prepare(options)
  signal.throwIfAborted()
  const reading = position.take({ ...options, ended: !session.running })
  session.saveSoon()
  return reading
}

/** The last lines of a transcript, as many of `count` as fit; leaves the session's read position alone. */
export async function readTail(
  session: Session,
  count: number,
  options: Omit<ReadOptions, 'ended'>,
): Promise<Reading> {
  const end = session.state.offset
  const most = options.max * 4
  for (let fed = count; ; fed *= 2) {
    const start = tailStart(session, end, fed, most)
    const reading = await readBetween(session, start, end, options.format)
    const lines = reading.output.split(LINE_ENDS)
    // Where programs write over their lines there are fewer than line feeds.
    if (lines.length < count && start > 0 && end - start < most) continue
    const kept = lastLines(lines.slice(-count), options.max)
    const whole = start === 0 ? lines.length : count
    return { ...reading, output: kept.join(''), truncated: kept.length < Math.min(count, whole) }
  }
}

/** Between lines, each with its end. */
export const LINE_ENDS = /(?<=\n)/

/** As many of the last lines as fit; of the very last its end, if it is longer. */
export function lastLines(lines: readonly string[], max: number): string[] {
  let from = lines.length
  for (let room = max; from > 0; from--) {
    room -= (lines[from - 1] as string).length
    if (room < 0) break
  }
  return from < lines.length ? lines.slice(from) : [endOf(lines.at(-1) ?? '', max)]
}

/** All between two offsets, in a screen that was filled before. */
async function readBetween(
  { recorder, running }: Session,
  start: number,
  end: number,
  format: ReadOptions['format'],
): Promise<Reading> {
  const { offset, units } = recorder.checkpoints.before(start)
  const position =
    format === 'raw' ? await ReadPosition.at(recorder, start) : new ReadPosition(recorder, offset, units)
  const all = { format, max: Number.MAX_SAFE_INTEGER, until: end }
  await position.prepare(all)
  const reading = position.take({ ...all, ended: !running })
  return { ...reading, offset: start }
}

/** Offset at which the last `lines` lines begin, looking back no further than `most` bytes. */
function tailStart(session: Session, end: number, lines: number, most: number): number {
  let from = end
  let found = 0
  while (from > 0 && end - from < most) {
    const { offset, bytes } = shownBefore(session.recorder, from, READ_SLICE_BYTES)
    for (let i = bytes.length - 1; i >= 0; i--) {
      // A line feed that ends the transcript ends the last line; it does not begin another.
      if (bytes[i] !== 0x0a || offset + i === end - 1) continue
      if (++found === lines) return offset + i + 1
    }
    from = offset
    if (bytes.length === 0) break
  }
  return from
}
