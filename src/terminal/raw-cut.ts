import { MAX_SEQUENCE_BYTES } from '../common/limits.js'
import { TerminalParser } from './parser.js'
import { BROKEN, INCOMPLETE, Utf8Decoder } from './utf8.js'

/**
 * How many of the bytes to hand out as raw text of at most `max` UTF-16 units, so that no character and no
 * escape sequence of up to 4 KiB is cut in two. What is incomplete at the end stays back unless `last`.
 * At least one whole element is handed out, however small `max` is. The bytes must begin between elements.
 */
export function rawCut(bytes: Buffer, max: number, last: boolean): number {
  let taken = 0
  let room = max
  let full = false
  /** Takes what ends here if it fits; plain text, and sequences that are too long, in part. */
  const take = (end: number, divisible: boolean): void => {
    if (full || end <= taken) return
    const units = unitsOf(bytes, taken, end)
    if (units <= room) {
      taken = end
      room -= units
      return
    }
    full = true
    if (divisible) taken += bytesWithin(bytes.subarray(taken, end), room, taken === 0)
    else if (taken === 0) taken = end
  }
  const parser = new TerminalParser({
    run: (_bytes, _from, to) => take(to, true),
    boundary: (end) => take(end, end - taken > MAX_SEQUENCE_BYTES),
  })
  parser.feed(bytes)
  const left = bytes.length - parser.pendingFrom
  if (left > 0 && last) take(bytes.length, true)
  // A sequence without an end in sight is handed out, but for the character at its end that is not complete.
  else if (left > MAX_SEQUENCE_BYTES)
    take(taken + bytesWithin(bytes.subarray(taken), Number.MAX_VALUE, false), true)
  return taken
}

/** A single byte is one unit, be it text or not. */
const unitsOf = (bytes: Buffer, from: number, to: number): number =>
  to - from === 1 ? 1 : bytes.toString('utf8', from, to).length

/** The most bytes, ending between characters, that decode to at most `units`; one character more than none if `some`. */
function bytesWithin(bytes: Buffer, units: number, some: boolean): number {
  const decoder = new Utf8Decoder()
  let left = units
  let end = 0
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i] as number
    const point = byte < 0x80 && !decoder.pending ? byte : decoder.next(byte)
    // A byte that broke a character off is looked at again, as the beginning of the next.
    if (point !== BROKEN) i++
    if (point === INCOMPLETE) continue
    left -= point > 0xffff ? 2 : 1
    if (left < 0 && !(some && end === 0)) break
    end = i
  }
  return end
}
