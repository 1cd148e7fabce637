import { expandBraces } from './glob-braces.js'
import { globSteps, type Step } from './glob-steps.js'

/**
 * A pattern for grep -E that every path matches which the glob matches, and few others: the remote leaves out by it
 * what need not be looked into. It goes by bytes, of which a character has up to four.
 */
export function globPrefilter(pattern: string): string {
  const alternatives = expandBraces(pattern).map((one) => globSteps(one).map(loosely).join(''))
  return `^\\./(${alternatives.join('|')})$`
}

function loosely(step: Step): string {
  if (step.kind === 'literal') return escaped(String.fromCodePoint(step.code))
  if (step.kind === 'star') return '[^/]*'
  if (step.kind === 'directories') return '(.*/)?'
  return step.kind === 'rest' ? '.*' : '[^/]{1,4}'
}

/** Alone in a class a character means itself, in every grep; a line end is what names with one are searched by. */
function escaped(character: string): string {
  if (character === '\n') return '.'
  if (/[\\^]/.test(character)) return `\\${character}`
  return /[.$[|()?*+{}]/.test(character) ? `[${character}]` : character
}
