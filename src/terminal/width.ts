import { eastAsianWidth } from 'get-east-asian-width'

const ZERO = /^(?:\p{Mn}|\p{Me}|[\u200b-\u200f\u2060])$/u

/** What was found out already, for the characters of the first plane; UNKNOWN for the others. */
const widths = new Uint8Array(0x10000).fill(0xff)
const UNKNOWN = 0xff

/** Columns a character takes on a terminal: 0 for combining marks and joiners, 2 for wide ones. */
export function columnsOf(point: number): 0 | 1 | 2 {
  if (point < 0x300) return 1
  if (point > 0xffff) return foundOut(point)
  const known = widths[point] as number
  if (known !== UNKNOWN) return known as 0 | 1 | 2
  const width = foundOut(point)
  widths[point] = width
  return width
}

function foundOut(point: number): 0 | 1 | 2 {
  if (ZERO.test(String.fromCodePoint(point))) return 0
  return eastAsianWidth(point) === 2 ? 2 : 1
}
