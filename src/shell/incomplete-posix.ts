import { takeCharacter, takeInBrackets, takeInDoubleQuotes } from './incomplete-characters.js'
import { endConditionLine, takeConditionOperator, takeConditionWord } from './incomplete-condition.js'
import { type Frame, type FrameKind, holdsCommands } from './incomplete-frames.js'
import { takeOperator } from './incomplete-operators.js'
import { ShellState } from './incomplete-state.js'
import { endLine, takeWord } from './incomplete-words.js'

/** What separates words. */
const META = /[ \t\n;&|()<>]/

/** The name before a subscript that is being assigned to; a longer one is nobody's. */
const SUBSCRIPTED = /[A-Za-z_]\w{0,250}\[/y

/** Reads a text as bash does, without running it. @returns whether something is open at its end */
export function isPosixIncomplete(text: string): boolean {
  const state = new ShellState(text)
  while (state.at < state.text.length) step(state)
  return state.waits
}

function step(state: ShellState): void {
  const { top } = state
  if (top.word >= 0) return inWord(state, top)
  switch (top.kind) {
    case 'double':
      return takeInDoubleQuotes(state)
    case 'parameter':
      return takeInBrackets(state, '', '}')
    case 'bracket':
      return takeInBrackets(state, '[', ']')
    case 'arithmetic':
    case 'regex':
    case 'pattern':
      return takeInBrackets(state, '(', ')')
    default:
      return betweenWords(state, top)
  }
}

function betweenWords(state: ShellState, frame: Frame): void {
  const c = state.text[state.at] as string
  if (c === '\n') lineFeed(state, frame)
  else if (c === ' ' || c === '\t') state.at++
  else if (c === '\\' && state.text[state.at + 1] === '\n') state.escape()
  else if (c === '#') state.at = state.text.indexOf('\n', state.at)
  else if (!META.test(c) || isSubstitution(state)) frame.word = state.at
  else if (frame.kind === 'condition') takeConditionOperator(state, frame)
  else if (frame.kind !== 'array') takeOperator(state)
  else {
    state.at++
    if (c === ')') state.close()
  }
}

function lineFeed(state: ShellState, frame: Frame): void {
  state.at = state.heredocs.behind(state.text, state.at + 1)
  if (frame.kind === 'condition') endConditionLine(state, frame)
  else if (holdsCommands(frame)) endLine(state)
}

function inWord(state: ShellState, frame: Frame): void {
  const c = state.text[state.at] as string
  const opens = c === '(' ? parenthesisInWord(state, frame) : c === '[' ? bracketInWord(state, frame) : null
  if (opens) {
    state.at++
    state.open(opens)
  } else if (isSubstitution(state)) {
    state.at++
    state.openSubstitution()
  } else if (META.test(c) && !(c === '|' && frame.regex)) endWord(state, frame)
  else takeCharacter(state)
}

/** `<(…)` and `>(…)` are words or parts of them. */
const isSubstitution = ({ text, at }: ShellState): boolean =>
  (text[at] === '<' || text[at] === '>') && text[at + 1] === '('

/** `(` right behind a part of a word: an array, a regular expression, or a pattern that not every shell knows. */
function parenthesisInWord({ text, at }: ShellState, frame: Frame): FrameKind | null {
  const before = text[at - 1] as string
  if (frame.kind === 'condition') return frame.regex ? 'regex' : 'pattern'
  if (before === '=') return 'array'
  const negation = before === '!' && at === frame.word + 1
  return '?*+@!'.includes(before) && !negation ? 'pattern' : null
}

/** `[` behind a name where a command may begin: a subscript, which may hold blanks. */
function bracketInWord({ text, at }: ShellState, frame: Frame): FrameKind | null {
  if ((frame.stage !== 'command' && frame.stage !== 'prefixed') || !holdsCommands(frame)) return null
  if (frame.redirect !== '') return null
  SUBSCRIPTED.lastIndex = frame.word
  return SUBSCRIPTED.test(text) && SUBSCRIPTED.lastIndex === at + 1 ? 'bracket' : null
}

function endWord(state: ShellState, frame: Frame): void {
  const { word } = state
  const { redirect } = frame
  frame.word = -1
  if (frame.kind === 'condition') return takeConditionWord(word, state)
  if (!holdsCommands(frame)) return
  // The number of a descriptor stands before its redirection and is no word.
  if (/^(?:\d+|\{\w+\})$/.test(word) && '<>'.includes(state.text[state.at] as string)) return
  frame.redirect = ''
  if (redirect === '') return takeWord(word, state)
  frame.needs = false
  if (frame.stage === 'command' || frame.stage === 'after') frame.stage = 'prefixed'
  if (redirect !== '<') state.heredocs.add(word, redirect === '<<-')
}
