import type { Look } from '../connection/look.js'
import type { Evidence, ShellEvidence } from '../shell/evidence.js'
import { shellKindOf } from '../shell/kinds.js'
import type { Query } from '../terminal/queries.js'
import type { ReportingShell } from './shell-state.js'

/**
 * What is to be done about a query: `answer` it; `drop` it, for an answer would be taken for keys; or it takes a look,
 * or `again` another, to tell.
 */
export type AnswerVerdict = 'answer' | 'drop' | 'look' | 'again'

/** What is known of the terminal and its shell when it is decided. */
export interface AnswerFacts {
  /** Text units so far, how often a line editor has come up, and how long nothing has been printed, in milliseconds. */
  units: number
  editors: number
  silentMs: number
  /** The shell that reports, if one does; whether it shows its prompt, and where that or its last one begins. */
  reporting: Pick<ReportingShell, 'kind' | 'traits'> | null
  ready: boolean
  promptFrom: number
  /** Whether nothing was typed since the query; ever; since the command under way began. */
  untypedSince: boolean
  untouched: boolean
  commandUntouched: boolean
  /** How often the terminal was seen in line mode since the query. */
  cooked: number
  /** Processes of shells that have asked before they came to their first prompt. */
  askers: ReadonlySet<number>
}

/** Silence behind a query that says that somebody waits for its answer, where nothing can be seen, in milliseconds. */
const BLIND_SILENCE_MS = 200
/** A program may ask just before it takes the terminal out of line mode. */
const COOKED_LOOKS = 2
/** What shows other people's text on a terminal in raw mode, and asks nothing itself. */
const PAGERS = /^(less|more|most|pg)$/

/**
 * A terminal's answer is read as an answer by who asked, and by everybody else as keys. So it is given only where
 * the asker is known to wait for it: not to a file that is printed, not to a prompt that has come since.
 * @param look what was seen after the query came; null where there is nothing to be seen, undefined before the look
 */
export function answerVerdict(
  query: Query,
  look: Look | null | undefined,
  facts: AnswerFacts,
): AnswerVerdict {
  const { reporting, ready, promptFrom } = facts
  // Who asked is gone: the shell has ended the command since.
  if (reporting && query.end <= promptFrom) return 'drop'
  if (reporting && ready) return atPrompt(query, reporting, facts)
  if (look === undefined) return 'look'
  const evidence = look?.evidence ?? null
  if (evidence?.canonical) return facts.cooked < COOKED_LOOKS ? 'again' : 'drop'
  return seenRaw(query, evidence, facts)
}

/** It asks where its prompt has ended, and takes what it does not understand for the beginning of what is typed. */
const asksAsAsh = ({ question }: Query): boolean => question.ask === 'cursor' && !question.extended

/** Only these shells ask at their prompt; whatever else is asked there comes from a job in the background. */
function atPrompt(
  query: Query,
  { kind, traits }: Pick<ReportingShell, 'kind' | 'traits'>,
  { untypedSince }: AnswerFacts,
): AnswerVerdict {
  const own = kind === 'ash' ? asksAsAsh(query) : kind === 'fish' && traits.includes('asks')
  return own && untypedSince ? 'answer' : 'drop'
}

function seenRaw(query: Query, evidence: Evidence | null, facts: AnswerFacts): AnswerVerdict {
  switch (evidence?.kind) {
    case 'keys':
      return PAGERS.test(evidence.comm) ? 'drop' : 'answer'
    case 'working':
      // It may come to read later; one that never does would leave the answer to the shell.
      return 'again'
    case 'shell':
      return toShell(query, evidence, facts)
    case 'unreadable':
      return evidence.canonical === null ? unseen(query, facts.untouched, facts) : 'answer'
    case 'relay':
      return unseen(query, facts.untouched || facts.commandUntouched, facts)
    default:
      return unseen(query, facts.untouched, facts)
  }
}

/** A shell in front has asked itself; or what asked has ended, and the shell is on its way to its prompt. */
function toShell(query: Query, shell: ShellEvidence, facts: AnswerFacts): AnswerVerdict {
  if (facts.units > query.units) return 'drop'
  if (shell.reading === false) return 'again'
  switch (shellKindOf(shell.comm, shell.exe)) {
    case 'ash':
      return asksAsAsh(query) ? 'answer' : 'drop'
    case 'fish':
      return !query.edited || facts.askers.has(shell.pid) ? 'answer' : 'drop'
    case 'bash':
    case 'zsh':
      return readsAnswer(query, facts) ? 'answer' : 'drop'
    default:
      return 'drop'
  }
}

/** These ask by `read -s -d R` in a start file or a command, while their line editor is off, where it is known to be. */
const readsAnswer = (query: Query, { editors, untouched }: AnswerFacts): boolean =>
  !query.edited && editors === query.editors && (editors > 0 || untouched)

/**
 * Where nobody sees who reads, no answer is the lesser evil: programs do without, or give up after a while. But what
 * asks before anything was typed, and then waits, is what begins: a shell or a router's console.
 */
function unseen(query: Query, untouched: boolean, facts: AnswerFacts): AnswerVerdict {
  const followed = facts.units > query.units || facts.editors > query.editors
  if (!untouched || followed || query.edited) return 'drop'
  return facts.silentMs >= BLIND_SILENCE_MS ? 'answer' : 'again'
}
