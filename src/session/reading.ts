import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RE2JS } from 're2js'
import { EchoFilter, SubmitFilter } from '../terminal/echo.js'
import { compilePattern } from '../terminal/pattern.js'
import { type Condition, exited, outputAfter, patternFound, promptAfter, quietAfter } from './conditions.js'
import type { Reading, ReadOptions, ReadPosition } from './read-position.js'
import type { Session } from './session.js'
import { shownFrom } from './shown.js'
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
