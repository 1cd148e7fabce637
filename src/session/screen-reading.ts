import { QUIET_MS } from '../common/limits.js'
import { screenWindow } from '../terminal/screen-window.js'
import { type Condition, outputAfter, quietAfter } from './conditions.js'
import { conditionAfterWrite, conditionForRead, type WaitFor } from './reading.js'
import type { Session } from './session.js'
import { promptCount } from './waiting.js'

/** What is said of a screen besides its rows and its size. */
export interface ScreenFacts {
  /** Counted from 1, in columns of the terminal. */
  cursor: { row: number; column: number; visible: boolean }
  /** The screen's row that the output begins with. */
  first_row: number
  title: string | null
  alternate: boolean
  approximate: boolean
}

export interface ScreenReading {
  output: string
  truncated: boolean
  screen: ScreenFacts
}

/** The screen as it is now, of at most `max` UTF-16 units. The read position stays: what is pending is text yet to be read. */
export async function readScreen(session: Session, max: number, signal: AbortSignal): Promise<ScreenReading> {
  const { offset, ...reading } = await lookAtScreen(session, max, signal)
  session.screen.givenTo = offset
  return reading
}

/** The same for somebody aside: whoever waits for news of the screen has not seen this one. */
export async function lookAtScreen(
  session: Session,
  max: number,
  signal: AbortSignal,
): Promise<ScreenReading & { offset: number }> {
  const { lines, cursor, title, alternate, approximate, offset } = await session.screen.drawn(signal)
  signal.throwIfAborted()
  const { text, firstRow, truncated } = screenWindow(lines, cursor.row, max)
  const screen = { cursor, first_row: firstRow, title, alternate, approximate }
  return { output: text, truncated, screen, offset }
}

/** Judges by what came to be drawn instead of by text: a cursor that moves is news on a screen. */
const inBytes = (session: Session, condition: Condition): Condition => ({
  ...condition,
  verdict: (facts) => condition.verdict({ ...facts, units: session.screen.shownEnd }),
})

/** A program that was seen to wait for keys may still have some to read, and to draw what comes of them. */
function onceDrawn(condition: Condition): Condition {
  let sentAt: number | null = null
  return {
    ...condition,
    verdict: (facts) => {
      if (facts.sent) sentAt ??= facts.now
      const verdict = condition.verdict(facts)
      const left = Math.max(facts.outputAt, sentAt ?? 0) + QUIET_MS - facts.now
      return verdict === 'needs_input' && left > 0 ? left : verdict
    },
  }
}

/**
 * The condition for a write whose answer is the screen. In a full-screen program there is no echo to be told from the
 * answer, and one that was seen to wait for keys has done what it was told, even if nothing shows it.
 */
export function screenAfterWrite(session: Session, waitFor: WaitFor, input: string): Condition {
  const units = session.screen.shownEnd
  const inProgram = session.state.fullScreen && !session.integration.state.ready
  if (waitFor.kind === 'output') return inBytes(session, outputAfter(units))
  if (waitFor.kind !== 'quiet') return conditionAfterWrite(session, waitFor, input, NEVER_FULL)
  if (!inProgram) return onceDrawn(conditionAfterWrite(session, waitFor, input, NEVER_FULL))
  const prompts = promptCount(session)
  const options = { prompts, units, afterOutput: false, answer: null, full: NEVER_FULL, since: null }
  return onceDrawn(inBytes(session, quietAfter(options)))
}

/** The condition for reading the screen: news is what has come since the last one that was given. */
export async function screenForRead(session: Session, waitFor: WaitFor | null): Promise<Condition> {
  const { givenTo, shownEnd } = session.screen
  const news = givenTo === null || session.recorder.hidden.shownFrom(givenTo) < shownEnd
  const kind = waitFor?.kind ?? (news ? 'output' : 'change')
  if (kind === 'output') return inBytes(session, outputAfter(news ? -1 : shownEnd))
  if (kind !== 'quiet' && kind !== 'change')
    return conditionForRead(session, session.position, waitFor, NEVER_FULL)
  const change = kind === 'change'
  const prompts = change ? promptCount(session) : -1
  const units = change || !news ? shownEnd : -1
  const options = { prompts, units, afterOutput: change, answer: null, full: NEVER_FULL, since: null }
  return onceDrawn(inBytes(session, quietAfter(options)))
}

/** A screen has an end however much comes. */
const NEVER_FULL = Number.POSITIVE_INFINITY
