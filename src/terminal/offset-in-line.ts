import { PlainText } from './plain-text.js'

/** Rows that a line may have: it is no longer than the screen it was cut from. */
const ROWS = 1000

/**
 * How many of the bytes that follow the beginning of a row make up the first `units` UTF-16 units of its line's text,
 * and how many units of the stream they count for. Where the text comes in steps, as with tabs, the last step that is
 * not too far: who goes on there may get blanks again, but loses nothing.
 * @param indent the column at which the row was begun
 */
export function partOfLine(
  bytes: Uint8Array,
  { cols, indent, units }: { cols: number; indent: number; units: number },
): { bytes: number; units: number } {
  const column = Buffer.from(`\x1b[${indent + 1}G`)
  const readTo = (end: number): PlainText => {
    const plain = new PlainText({ size: { cols, rows: ROWS } }, { final: () => {} })
    plain.feed(column)
    plain.feed(bytes.subarray(0, end))
    return plain
  }
  let low = 0
  for (let high = bytes.length; low < high; ) {
    const middle = Math.ceil((low + high) / 2)
    if (lengthOf(readTo(middle)) <= units) low = middle
    else high = middle - 1
  }
  const read = readTo(low)
  return { bytes: Math.max(0, read.boundary - column.length), units: read.units }
}

/** Of the text, with the ends of its lines. */
const lengthOf = (plain: PlainText): number =>
  [...plain.lines()].reduce((sum, { text, ended }) => sum + text.length + (ended ? 1 : 0), 0)
