import type { FrameKind } from './incomplete-frames.js'
import { behindQuote } from './incomplete-quotes.js'
import type { ShellState } from './incomplete-state.js'

/** Takes a character of a word; what it begins is open then, or skipped if it holds nothing but itself. */
export function takeCharacter(state: ShellState): void {
  const c = state.text[state.at]
  if (c === '\\') state.escape()
  else if (c === "'" || c === '`') state.at = behindQuote(state.text, state.at + 1, c, c === '`')
  else if (c === '$') takeDollar(state)
  else {
    state.at++
    if (c === '"') state.open('double')
  }
}

const BRACKETS: ReadonlySet<FrameKind> = new Set(['arithmetic', 'bracket', 'regex', 'pattern'])

function takeDollar(state: ShellState): void {
  const quoted = state.top.kind === 'double'
  const next = state.text[++state.at]
  // Within brackets bash looks for nothing but substitutions and quotes.
  const plain = BRACKETS.has(state.top.kind)
  if (next === '(') state.openSubstitution()
  else if ((next === '{' || next === '[') && !plain) {
    state.at++
    state.open(next === '{' ? 'parameter' : 'bracket')
  } else if (next === '$') state.at++
  else if (next === "'" && !quoted) state.at = behindQuote(state.text, state.at + 1, next, true)
}

/** Within double quotes, where single ones are nothing special. */
export function takeInDoubleQuotes(state: ShellState): void {
  const c = state.text[state.at]
  if (c !== '"' && c !== "'") return takeCharacter(state)
  state.at++
  if (c === '"') state.close()
}

/** Within brackets: `end` closes them, `begin` opens one more of them. */
export function takeInBrackets(state: ShellState, begin: string, end: string): void {
  const { top } = state
  const c = state.text[state.at]
  if (c === '\n' && top.kind === 'pattern') {
    // A pattern does not go over a line's end: this was none.
    state.close()
    state.refuse()
  } else if (c === end) endBracket(state)
  else {
    if (c === begin) top.depth++
    takeCharacter(state)
  }
}

function endBracket(state: ShellState): void {
  const { top } = state
  state.at++
  if (top.depth-- === 0) state.close()
  else if (top.depth === 0 && top.start >= 0 && state.text[state.at] !== ')') state.rereadAsSubshell()
}
