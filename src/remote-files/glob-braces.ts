import { invalid } from '../common/errors.js'

/** Alternatives of one pattern, and characters of all of them: each path is compared with each. */
const MAX_ALTERNATIVES = 128
const MAX_CHARS = 1024

/**
 * What `{a,b}` stands for, nested ones included; a brace without its partner is itself.
 * @throws validation_error where that is more than anybody means
 */
export function expandBraces(pattern: string): string[] {
  if (pattern.length > MAX_CHARS) throw tooMuch()
  const done: string[] = []
  const open = [pattern]
  let chars = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = firstGroup(next)
    if (group) open.push(...group.parts.map((part) => group.before + part + group.after).reverse())
    else done.push(next)
    chars += next.length
    // What is half done counts too: it may be empty alternatives without an end.
    if (open.length + done.length > MAX_ALTERNATIVES || chars > 64 * MAX_CHARS) throw tooMuch()
  }
  if (done.reduce((sum, one) => sum + one.length, 0) > MAX_CHARS) throw tooMuch()
  return [...new Set(done)]
}

const tooMuch = (): Error =>
  invalid(
    `The pattern stands for too much: at most ${MAX_ALTERNATIVES} alternatives and ${MAX_CHARS} characters in all.`,
  )

interface Group {
  before: string
  parts: string[]
  after: string
}

/** The first outermost braces that are closed. */
function firstGroup(pattern: string): Group | null {
  const opened: { at: number; commas: number[] }[] = []
  let found: { from: number; to: number; commas: number[] } | null = null
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    if (character === '\\') at++
    else if (character === '[') at = classEnd(pattern, at)
    else if (character === '{') opened.push({ at, commas: [] })
    else if (character === ',') opened.at(-1)?.commas.push(at)
    else if (character === '}') {
      const group = opened.pop()
      if (group && (!found || group.at < found.from)) found = { from: group.at, to: at, commas: group.commas }
      if (found && opened.length === 0) break
    }
  }
  if (!found) return null
  const ends = [found.from, ...found.commas, found.to]
  const parts = ends.slice(1).map((end, i) => pattern.slice((ends[i] as number) + 1, end))
  return { before: pattern.slice(0, found.from), parts, after: pattern.slice(found.to + 1) }
}

/** Where the class that begins at `from` ends; `from` itself where it is none. */
export function classEnd(pattern: string, from: number): number {
  const first = /[!^]/.test(pattern.charAt(from + 1)) ? from + 2 : from + 1
  // A bracket that comes first is one of the characters.
  const end = pattern.indexOf(']', first + 1)
  return end < 0 || pattern.slice(first, end).includes('/') ? from : end
}
