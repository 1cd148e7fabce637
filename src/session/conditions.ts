import type { RE2JS } from 're2js'
import { AHEAD_MS, PROMPT_SETTLE_MS, QUESTION_MS, QUIET_MS, UNPROMPTED_SETTLE_MS } from '../common/limits.js'
import type { AnswerFilter } from '../terminal/echo.js'
import { PatternScanner } from '../terminal/pattern.js'
import type { Size } from '../terminal/sizes.js'

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
  /** Whether a shell reports its prompts and commands, and takes input now. */
  reports: boolean
  ready: boolean
  /** Whether more was typed than one line, so that a prompt may not be the last. */
  morePrompts: boolean
  /** Whether there is nothing more to be found out about the shell in front; if not, it is being looked at. */
  concluded: boolean
  /** Whom a silent program waits for, as far as that was seen; `quiet` where only silence can tell. */
  front: WaitEnd | null
  /** Whether the program in front was seen to work. */
  works: boolean
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
  /** Whether it asks who is in front of the terminal, which takes looking. */
  readonly watches?: boolean
}

/** Anything new after `units`. */
export const outputAfter = (units: number): Condition => ({
  verdict: (facts) => (facts.units > units ? 'output' : null),
})

export const exited = (): Condition => ({ verdict: () => null })

/** How long an open line may go on before it is looked through for a pattern, in however small pieces it comes. */
const PATTERN_MS = 10

/** The pattern, in what is fed to it; after a write only in the answer. */
export function patternFound(
  pattern: RE2JS,
  size: Size,
  answer: AnswerFilter | null,
): Condition & { output(chunk: Buffer): void } {
  const scanner = new PatternScanner(pattern, size)
  /** When the open line is to be looked through; what there is when the wait begins is looked at at once. */
  let dueAt: number | null = 0
  return {
    output: (chunk) => scanner.feed(answer ? answer.feed(chunk) : chunk),
    verdict: ({ running, now }) => {
      if (scanner.found) return 'pattern'
      dueAt ??= scanner.due ? now + Math.max(PATTERN_MS, scanner.restMs) : null
      if (dueAt === null) return null
      if (running && now < dueAt) return dueAt - now
      dueAt = null
      return scanner.look() ? 'pattern' : null
    },
  }
}

/**
 * The shell's line editor is up, with its prompt on the line.
 * @param after how often it had come up before what is waited for; -1 where the present prompt will do
 */
export const promptAfter = (after: number): Condition => ({
  watches: true,
  verdict: (facts) => (facts.sent ? promptVerdict(facts, after) : null),
})

function promptVerdict(facts: WaitFacts, after: number): Verdict {
  const { reports, ready, concluded, lineEditor, fullScreen, prompts, prompted, openLine, outputAt, now } =
    facts
  if (reports)
    return ready && prompts > after
      ? settled(outputAt, now, facts.morePrompts ? AHEAD_MS : 0, 'prompt')
      : null
  if (!concluded || !lineEditor || fullScreen || prompts <= after) return null
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
  /** When the input was sent, which may do nothing that shows; null where output is waited for. */
  since: number | null
  /** Text units that fill the reply, so that there is no use in waiting longer. */
  full: number
  /** Whether the input was an interrupt, of which a shell at its prompt may make nothing that shows. */
  interrupts?: boolean
}

/**
 * Output has come to rest. Where a shell reports that is its prompt or a program that waits, never silence; where
 * none does it is a prompt that shows, or silence after an answer.
 */
export function quietAfter(options: QuietOptions): Condition {
  const { prompts, units, afterOutput, answer, full, since, interrupts } = options
  return {
    watches: true,
    output: (chunk) => void answer?.feed(chunk),
    verdict: (facts) => {
      const news = facts.units - units
      if (news >= full) return 'output'
      if (!facts.sent) return null
      if (afterOutput && news === 0) return noAnswerAtPrompt(facts, since)
      const answered = news > 0 && (answer?.answered ?? true)
      const silence = answered ? settled(facts.outputAt, facts.now, QUIET_MS, 'quiet') : null
      const rest = sooner(restVerdict(facts, prompts, afterOutput), silenceTells(facts) ? silence : null)
      return interrupts ? sooner(rest, noAnswerAtPrompt(facts, since, NO_PROMPT_MS)) : rest
    },
  }
}

/** Keys at a prompt may do nothing that shows. */
const noAnswerAtPrompt = (
  { reports, ready, outputAt, now }: WaitFacts,
  since: number | null,
  ms = QUIET_MS,
): Verdict =>
  since !== null && reports && ready ? settled(Math.max(outputAt, since), now, ms, 'prompt') : null

/** Silence behind a Ctrl-C at a prompt after which no new one is to come: it ended a question of completion, say. */
const NO_PROMPT_MS = 1000

/** @param typing whether it is about what was typed at a prompt that goes on standing */
function restVerdict(facts: WaitFacts, prompts: number, typing: boolean): Verdict {
  if (facts.reports && facts.ready && typing)
    return settled(facts.outputAt, facts.now, UNPROMPTED_SETTLE_MS, 'prompt')
  if (facts.reports && !facts.ready && facts.front !== 'quiet') return facts.front
  return promptVerdict(facts, prompts)
}

const silenceTells = ({ reports, ready, concluded, front }: WaitFacts): boolean =>
  reports ? !ready && front === 'quiet' : concluded

/** A new session shows a prompt, or falls silent on a line that is not ended: a prompt or a question. */
export const settledOnLine = (): Condition => ({
  watches: true,
  verdict: (facts) => {
    if (!facts.reports && facts.front !== 'quiet' && facts.front !== null) return facts.front
    const waits = facts.openLine && !facts.reports && facts.concluded && !facts.works
    const silence = waits ? settled(facts.outputAt, facts.now, QUESTION_MS, 'quiet') : null
    return sooner(promptVerdict(facts, 0), silence)
  },
})

function sooner(one: Verdict, other: Verdict): Verdict {
  if (typeof one === 'string' || other === null) return one
  if (typeof other === 'string' || one === null) return other
  return Math.min(one, other)
}
