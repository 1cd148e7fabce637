import { classEnd } from './glob-braces.js'

/** What one place of a path has to be: a character, any but a slash, or one of (or none of) ranges of code points. */
export type Step =
  | { kind: 'literal'; code: number }
  | { kind: 'any' }
  | { kind: 'class'; negated: boolean; ranges: readonly (readonly [number, number])[] }
  /** Any characters of one part of the path. */
  | { kind: 'star' }
  /** Any directories, each with its slash. */
  | { kind: 'directories' }
  /** Whatever follows, in any depth. */
  | { kind: 'rest' }

/**
 * The steps of a pattern without braces. As with ripgrep's --glob, one without a slash is looked for at any depth;
 * one that begins with a slash is not.
 */
export function globSteps(pattern: string): Step[] {
  const anywhere = !pattern.includes('/')
  const parts = pattern.replace(/^(?:\.?\/)+/, '').split(/\/+/)
  const steps: Step[] = anywhere ? [{ kind: 'directories' }] : []
  parts.forEach((part, index) => {
    const isLast = index === parts.length - 1
    if (part === '**') {
      if (isLast) steps.push({ kind: 'any' }, { kind: 'rest' })
      else if (steps.at(-1)?.kind !== 'directories') steps.push({ kind: 'directories' })
    } else {
      steps.push(...partSteps(part))
      if (!isLast) steps.push({ kind: 'literal', code: 0x2f })
    }
  })
  return steps
}

function partSteps(part: string): Step[] {
  const steps: Step[] = []
  for (let at = 0; at < part.length; ) {
    const code = part.codePointAt(at) as number
    const character = String.fromCodePoint(code)
    const end = character === '[' ? classEnd(part, at) : at
    if (end > at) {
      steps.push(classStep(part.slice(at + 1, end)))
      at = end + 1
    } else if (character === '\\' && at + 1 < part.length) {
      const escaped = part.codePointAt(at + 1) as number
      steps.push({ kind: 'literal', code: escaped })
      at += 1 + String.fromCodePoint(escaped).length
    } else {
      // Stars in a row are one.
      if (character !== '*' || steps.at(-1)?.kind !== 'star') steps.push(plainStep(character, code))
      at += character.length
    }
  }
  return steps
}

function plainStep(character: string, code: number): Step {
  if (character === '*') return { kind: 'star' }
  return character === '?' ? { kind: 'any' } : { kind: 'literal', code }
}

/** @param inside what stands between the brackets */
function classStep(inside: string): Step {
  const negated = /^[!^]/.test(inside)
  const codes = [...inside.slice(negated ? 1 : 0)].map((character) => character.codePointAt(0) as number)
  const ranges: [number, number][] = []
  for (let at = 0; at < codes.length; at++) {
    const [from = 0, dash, to] = codes.slice(at, at + 3)
    const isRange = dash === 0x2d && to !== undefined
    ranges.push([from, isRange ? to : from])
    if (isRange) at += 2
  }
  return { kind: 'class', negated, ranges }
}
