import { TerminalParser } from './parser.js'

/**
 * How many of a line's bytes make up its first `units` UTF-16 units of text, counted as they came; for a line in
 * which nothing was written over that is where a reader goes on who was given so much of it.
 */
export function bytesOfText(bytes: Uint8Array, units: number): number {
  let left = units
  let at = units === 0 ? 0 : bytes.length
  const parser = new TerminalParser({
    run: (_bytes, from, to) => {
      if (left > 0 && left <= to - from) at = from + left
      left -= to - from
    },
    character: (point, _start, end) => {
      const size = point > 0xffff ? 2 : 1
      if (left > 0 && left <= size) at = end
      left -= size
    },
  })
  parser.feed(bytes)
  return at
}
