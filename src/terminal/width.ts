import { eastAsianWidth } from 'get-east-asian-width'

const ZERO = /^(?:\p{Mn}|\p{Me}|[\u200b-\u200f\u2060])$/u

/** Columns a character takes on a terminal: 0 for combining marks and joiners, 2 for wide ones. */
export function columnsOf(point: number): 0 | 1 | 2 {
  if (point < 0x300) return 1
  if (ZERO.test(String.fromCodePoint(point))) return 0
  return eastAsianWidth(point) === 2 ? 2 : 1
}
