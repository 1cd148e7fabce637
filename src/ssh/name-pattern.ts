import { starMatch } from './star-match.js'

/** One thing that a piece of a path is matched against: a character, `?`, `*`, or a set such as `[a-z]`. */
type Token = string | { kind: 'any' | 'star' } | CharacterSet
interface CharacterSet {
  kind: 'set'
  negated: boolean
  ranges: readonly (readonly [string, string])[]
}

/** Whether a name matches one piece of a pattern as a shell reads it: a leading dot must be given as such. */
export const nameMatches = (pattern: string, name: string): boolean => namePattern(pattern)(name)

/** The same for many names, of a pattern that is read once. */
export function namePattern(pattern: string): (name: string) => boolean {
  const tokens = tokensOf(pattern)
  const takesDots = /^\\?\./.test(pattern)
  return (name) => {
    if (name.startsWith('.') && !takesDots) return false
    const characters = [...name]
    return starMatch(tokens, characters.length, isStar, (token, place) =>
      fits(token, characters[place] as string),
    )
  }
}

const isStar = (token: Token): boolean => typeof token === 'object' && token.kind === 'star'

function fits(token: Token, character: string): boolean {
  if (typeof token === 'string') return token === character
  if (token.kind !== 'set') return true
  return token.ranges.some(([from, to]) => from <= character && character <= to) !== token.negated
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = []
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string
    const set = character === '[' ? setAt(characters, i) : null
    if (set) {
      tokens.push(set.token)
      i = set.end
    } else if (character === '*') tokens.push({ kind: 'star' })
    else if (character === '?') tokens.push({ kind: 'any' })
    else if (character === '\\' && i + 1 < characters.length) tokens.push(characters[++i] as string)
    else tokens.push(character)
  }
  return tokens
}

/** A set that begins here; null where the bracket is never closed, and so is one. */
function setAt(characters: readonly string[], start: number): { token: CharacterSet; end: number } | null {
  const negated = characters[start + 1] === '!' || characters[start + 1] === '^'
  const ranges: [string, string][] = []
  const first = start + (negated ? 2 : 1)
  for (let i = first; i < characters.length; i++) {
    if (characters[i] === ']' && i > first) return { token: { kind: 'set', negated, ranges }, end: i }
    if (characters[i] === '\\') i++
    const from = characters[i]
    const to = characters[i + 2]
    if (from === undefined) return null
    const isRange = characters[i + 1] === '-' && to !== undefined && to !== ']'
    ranges.push([from, isRange ? to : from])
    if (isRange) i += 2
  }
  return null
}
