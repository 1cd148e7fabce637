import { MAX_SEQUENCE_BYTES } from '../common/limits.js'
import { TerminalParser } from './parser.js'

/**
 * How many of the bytes to hand out as raw text of at most `max` UTF-16 units, so that no character and no
 * escape sequence of up to 4 KiB is cut in two. What is incomplete at the end stays back unless `last`.
 * At least one whole element is handed out, however small `max` is. The bytes must begin between elements.
 */
export function rawCut(bytes: Buffer, max: number, last: boolean): number {
  let taken = 0
  let room = max
  let full = false
  const element = (end: number, divisible: boolean): void => {
    if (full || end <= taken) return
    const units = unitsOf(bytes.subarray(taken, end))
    if (units <= room || (taken === 0 && !divisible)) {
      taken = end
      room -= units
    } else {
      if (divisible) taken += bytesFor(bytes.subarray(taken, end), Math.max(room, taken === 0 ? 1 : 0))
      full = true
    }
  }
  const whole = (end: number): void => {
    if (parser.pendingFrom === end) element(end, end - taken > MAX_SEQUENCE_BYTES)
  }
  const parser = new TerminalParser({
    run: (_bytes, _from, to) => element(to, true),
    character: (_point, end) => whole(end),
    control: (_code, end) => whole(end),
    csi: (_final, _prefix, _params, _intermediates, end) => whole(end),
    escape: (_final, _intermediates, end) => whole(end),
    string: whole,
  })
  parser.feed(bytes)
  const left = bytes.length - parser.pendingFrom
  if (left > 0 && (last || left > MAX_SEQUENCE_BYTES)) element(bytes.length, true)
  return taken
}

const unitsOf = (bytes: Buffer): number => bytes.toString('utf8').length

/** The most bytes, ending between characters, that decode to at most `units`, but never less than one character. */
function bytesFor(bytes: Buffer, units: number): number {
  if (units <= 0) return 0
  let text = bytes.toString('utf8').slice(0, units)
  if (/[\ud800-\udbff]$/.test(text)) text = text.slice(0, -1)
  // Invalid bytes decode to U+FFFD, longer than they are: the count must not come from encoding the text again.
  let end = Math.min(bytes.length, Buffer.byteLength(text))
  while (end > 0 && unitsOf(bytes.subarray(0, end)) > text.length) end--
  return end || Math.min(bytes.length, 4)
}
