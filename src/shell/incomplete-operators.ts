import type { Frame } from './incomplete-frames.js'
import type { ShellState } from './incomplete-state.js'

const OPERATOR = /;;&|;;|;&|;\||;|&&|&>>|&>|&|\|\||\|&|\||<<<|<<-|<<|<&|<>|<|>>|>&|>\||>|\(|\)/y

/** Takes an operator that stands between the words of a list of commands. */
export function takeOperator(state: ShellState): void {
  OPERATOR.lastIndex = state.at
  const operator = OPERATOR.exec(state.text)?.[0] as string
  const frame = state.top
  if (frame.stage === 'case-first-pattern' || frame.stage === 'case-pattern')
    return takeInPattern(operator, state, frame)
  if (operator === '(') return takeParenthesis(state, frame)
  if (operator === ')') return state.closeParenthesis()
  state.at += operator.length
  if (operator.includes('<') || operator.includes('>')) redirect(operator, state, frame)
  else separate(operator, state, frame)
}

function takeInPattern(operator: string, state: ShellState, frame: Frame): void {
  state.at += operator.length
  if (operator === '(') frame.stage = 'case-pattern'
  else if (operator === ')') frame.stage = 'command'
  else if (!operator.startsWith('|')) state.refuse()
}

function takeParenthesis(state: ShellState, frame: Frame): void {
  const ofFunction = /\([ \t]*\)/y
  ofFunction.lastIndex = state.at
  const empty = ofFunction.exec(state.text)?.[0]
  if (empty && frame.stage !== 'after') {
    state.at += empty.length
    frame.stage = 'command'
    frame.needs = true
  } else if (frame.stage === 'command' || frame.stage === 'coproc' || frame.stage === 'for-name') {
    state.openParenthesis()
  } else openPattern(state, frame)
}

/** Parentheses behind words: patterns of zsh, and the words of its `for x (a b)`. */
function openPattern(state: ShellState, frame: Frame): void {
  state.at++
  if (frame.stage === 'for-in') {
    state.close()
    state.top.stage = 'words'
  }
  state.refuse()
  state.open('pattern')
}

function redirect(operator: string, state: ShellState, frame: Frame): void {
  if (frame.redirect !== '') state.refuse()
  frame.redirect = operator === '<<' || operator === '<<-' ? operator : '<'
}

/** `;`, `&`, `|` and what is made of them. */
function separate(operator: string, state: ShellState, frame: Frame): void {
  const ofCase = operator.length > 1 && operator.startsWith(';')
  if (frame.needs || frame.redirect !== '' || (ofCase && frame.kind !== 'case')) state.refuse()
  frame.redirect = ''
  frame.needs = operator === '&&' || operator.startsWith('|')
  if (ofCase && frame.kind === 'case') frame.stage = 'case-first-pattern'
  else frame.stage = frame.stage.startsWith('for-') ? 'for-do' : 'command'
}
