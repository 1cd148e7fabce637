import { hasText, join, type RawPath, toText } from './raw-path.js'

/** Filters of rsync, anchored at the top of what is transferred. */
export interface Protection {
  /** Before the caller's own: of the rules that fit, the first counts. */
  first: string[]
  /** Behind them. */
  last: string[]
}

/**
 * Keeps protected places out of a copy, and from being deleted. What they lie in may be copied as a directory only:
 * a link of that name would lead the same path elsewhere, to files of the sender's.
 * @param places relative paths @param top what their paths begin with in the transfer
 */
export function protectionOf(places: readonly RawPath[], top: RawPath = ''): Protection {
  const all = [...new Set(places)].map((place) => join(top, place))
  const around = new Set(all.flatMap(ancestors))
  return {
    // The second rule also holds under --delete-excluded, which takes the first for the sender's only.
    first: all.map(pattern).flatMap((place) => [`--exclude=${place}`, `--filter=P ${place}`]),
    last: [...around].map(pattern).flatMap((place) => [`--include=${place}/`, `--exclude=${place}`]),
  }
}

/** The directories that a path lies in, from `/a` on. */
const ancestors = (path: RawPath): RawPath[] =>
  [...path.matchAll(/(?<=[^/])\//g)].map(({ index }) => path.slice(0, index))

/** A pattern that fits this path alone, but for bytes that are no UTF-8, which no argument can hold. */
function pattern(path: RawPath): string {
  const text = hasText(path) ? toText(path) : path.replace(/[\x80-\xff]/g, '\0')
  const isPattern = /[*?[\0]/.test(text) || FOLDS
  const literal = isPattern ? text.replace(/[\\*?[\]]/g, '\\$&').replaceAll('\0', '?') : text
  return FOLDS
    ? literal.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)
    : literal
}

/** On macOS .BASHRC is .bashrc. */
const FOLDS = process.platform === 'darwin'
