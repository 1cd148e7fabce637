import type { RE2JS } from 're2js'
import { PROMPT_SETTLE_MS, QUESTION_MS, QUIET_MS, UNPROMPTED_SETTLE_MS } from '../common/limits.js'
import type { AnswerFilter } from '../terminal/echo.js'
import { PatternScanner } from '../terminal/pattern.js'

/** How a wait ended; the names are part of the public contract. */
export type WaitEnd =
  | 'finished'
  | 'prompt'
  | 'pattern'
  | 'quiet'
  | 'output'
  | 'exit'
  | 'timeout'
  | 'needs_input'
  | 'password_prompt'
  | 'incomplete_input'

/** What a condition is judged by. Times are milliseconds on the monotonic clock. */
export interface WaitFacts {
  running: boolean
  /** Text units so far. */
  units: number
  openLine: boolean
  lineEditor: boolean
  /** How often the shell's line editor has come up, and whether something was printed since. */
  prompts: number
  prompted: boolean
  fullScreen: boolean
  outputAt: number
  /** Whether all input of this call has been taken by the terminal. */
  sent: boolean
  now: number
}

/** The end; how many milliseconds from now to look again; or null: only output or the exit can end it. */
export type Verdict = WaitEnd | number | null

/** A wait as pure steps: it is told of output and asked for its verdict, and keeps no clock of its own. */
export interface Condition {
  output?(chunk: Buffer): void
  verdict(facts: WaitFacts): Verdict
}

/** Anything new after `units`. */
export const outputAfter = (units: number): Condition => ({
  verdict: (facts) => (facts.units > units ? 'output' : null),
})

export const exited = (): Condition => ({ verdict: () => null })

/** The pattern, in what is fed to it; after a write only in the answer. */
export function patternFound(
  pattern: RE2JS,
  cols: number,
  answer: AnswerFilter | null,
): Condition & { output(chunk: Buffer): void } {
  const scanner = new PatternScanner(pattern, cols)
  return {
    output: (chunk) => scanner.feed(answer ? answer.feed(chunk) : chunk),
    verdict: () => (scanner.found ? 'pattern' : null),
  }
}

/**
 * The shell's line editor is up, with its prompt on the line.
 * @param after how often it had come up before what is waited for; -1 where the present prompt will do
 */
export const promptAfter = (after: number): Condition => ({
  verdict: (facts) => (facts.sent ? promptVerdict(facts, after) : null),
})

function promptVerdict(facts: WaitFacts, after: number): Verdict {
  const { lineEditor, fullScreen, prompts, prompted, openLine, outputAt, now } = facts
  if (!lineEditor || fullScreen || prompts <= after) return null
  // bash prints its prompt behind the switch, zsh before it; where there is none, silence must do.
  const ms = !openLine ? QUIET_MS : prompted ? PROMPT_SETTLE_MS : UNPROMPTED_SETTLE_MS
  return settled(outputAt, now, ms, 'prompt')
}

function settled(outputAt: number, now: number, ms: number, end: WaitEnd): Verdict {
  const left = outputAt + ms - now
  return left <= 0 ? end : left
}

export interface QuietOptions {
  /** How often the prompt had come up before what is waited for; -1 where the present one will do. */
  prompts: number
  /** Text units before what is waited for. */
  units: number
  /** Whether the present state does not count before something has come. */
  afterOutput: boolean
  /** After a write: what tells its echo from the answer. */
  answer: AnswerFilter | null
  /** Text units that fill the reply, so that there is no use in waiting longer. */
  full: number
}

/** Output has come to rest: the prompt where the shell's line editor shows one, else silence after an answer. */
export function quietAfter({ prompts, units, afterOutput, answer, full }: QuietOptions): Condition {
  return {
    output: (chunk) => void answer?.feed(chunk),
    verdict: (facts) => {
      const news = facts.units - units
      if (news >= full) return 'output'
      if (!facts.sent || (afterOutput && news === 0)) return null
      const answered = news > 0 && (answer?.answered ?? true)
      const silence = answered ? settled(facts.outputAt, facts.now, QUIET_MS, 'quiet') : null
      return sooner(promptVerdict(facts, prompts), silence)
    },
  }
}

/** A new session shows a prompt, or falls silent on a line that is not ended: a prompt or a question. */
export const settledOnLine = (): Condition => ({
  verdict: (facts) => {
    const silence = facts.openLine ? settled(facts.outputAt, facts.now, QUESTION_MS, 'quiet') : null
    return sooner(promptVerdict(facts, 0), silence)
  },
})

function sooner(one: Verdict, other: Verdict): Verdict {
  if (typeof one === 'string' || other === null) return one
  if (typeof other === 'string' || one === null) return other
  return Math.min(one, other)
}
