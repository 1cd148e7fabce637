import { type Frame, goesOn } from './incomplete-frames.js'
import type { ShellState } from './incomplete-state.js'

/** Takes a word that has ended within `[[ … ]]`. */
export function takeConditionWord(word: string, state: ShellState): void {
  const { top } = state
  if (word === ']]') return state.close()
  if (word === '!' && top.terms === 0) return
  if (++top.terms === 1) top.first = word
  top.regex = word === '=~'
}

/** Takes an operator within `[[ … ]]`; a regular expression may begin with a parenthesis. */
export function takeConditionOperator(state: ShellState, frame: Frame): void {
  const c = state.text[state.at] as string
  if (c === '(' && frame.regex) {
    frame.word = state.at++
    return state.open('regex')
  }
  state.at += (c === '&' || c === '|') && state.text[state.at + 1] === c ? 2 : 1
  if (c === '<' || c === '>') frame.terms++
  else frame.terms = c === ')' ? 3 : 0
}

/** A line may end within a condition, but not within one of its terms. */
export function endConditionLine(state: ShellState, frame: Frame): void {
  if (goesOn(frame)) return
  state.close()
  state.refuse()
}
