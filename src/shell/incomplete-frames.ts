import type { Heredoc } from './incomplete-heredocs.js'

/** What is open at a place of a text. Those of commands are told by what ends them. */
export type FrameKind =
  | 'top'
  | 'paren'
  | 'brace'
  | 'if'
  | 'loop'
  | 'for'
  | 'case'
  | 'double'
  | 'parameter'
  | 'bracket'
  | 'arithmetic'
  | 'regex'
  | 'array'
  | 'pattern'
  | 'condition'

/** Where in a list of commands, or in the head of a compound command, the text is. */
export type Stage =
  /** A command may begin. */
  | 'command'
  /** Behind assignments and redirections, where no word is reserved. */
  | 'prefixed'
  /** Within a simple command. */
  | 'words'
  /** Behind a compound command, where only what ends another one has a meaning. */
  | 'after'
  | 'coproc'
  | 'function-name'
  | 'for-name'
  | 'for-in'
  | 'for-words'
  | 'for-do'
  | 'case-word'
  | 'case-in'
  | 'case-first-pattern'
  | 'case-pattern'

export interface Frame {
  readonly kind: FrameKind
  stage: Stage
  /** Whether something must follow: behind `|`, `&&`, `||` or the head of a function. */
  needs: boolean
  /** Where the present word began; -1 between words. */
  word: number
  /** The redirection whose target is to come. */
  redirect: '' | '<' | '<<' | '<<-'
  /** Open parentheses in arithmetic and the like. */
  depth: number
  /** Behind the first of `((`: where it may have to be read again, with the here documents named before. */
  start: number
  heredocs: readonly Heredoc[]
  /** Words of the present term of a condition, the first of them, and whether a regular expression is next. */
  terms: number
  first: string
  regex: boolean
}

const HEADS: Partial<Record<FrameKind, Stage>> = { for: 'for-name', case: 'case-word' }

export const frameOf = (kind: FrameKind): Frame => ({
  kind,
  stage: HEADS[kind] ?? 'command',
  needs: false,
  word: -1,
  redirect: '',
  depth: 0,
  start: -1,
  heredocs: [],
  terms: 0,
  first: '',
  regex: false,
})

const LISTS: ReadonlySet<FrameKind> = new Set(['top', 'paren', 'brace', 'if', 'loop', 'for', 'case'])

/** Whether commands stand in it, or the head of one. */
export const holdsCommands = ({ kind }: Frame): boolean => LISTS.has(kind)

/** Whether a shell waits for the end of it; the text may be one that the shell refuses before. */
export function keepsWaiting(frame: Frame, refused: boolean): boolean {
  if (frame.kind === 'pattern') return false
  if (frame.kind === 'condition') return !refused && goesOn(frame)
  if (holdsCommands(frame)) return !refused && (frame.kind !== 'top' || frame.needs)
  return true
}

/** Whether a line may end here within a condition: not between an operator and its words. */
export const goesOn = ({ terms, first }: Frame): boolean =>
  terms === 0 || terms === 3 || (terms === 2 && /^-[a-z]$/i.test(first))
