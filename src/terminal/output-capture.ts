import { isAscii } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import { MAX_SEQUENCE_BYTES } from '../common/limits.js'
import { TerminalParser } from './parser.js'
import { rawCut } from './raw-cut.js'

/** A UTF-16 unit takes at most three bytes of UTF-8, so this many bytes hold `units` of text in any case. */
const bytesFor = (units: number): number => 3 * units + 2 * MAX_SEQUENCE_BYTES

/**
 * The output of a command, however much it is: its beginning and its end are kept, the middle is counted and
 * dropped. Memory is bounded by a few bytes for each character asked for.
 */
export class OutputCapture {
  readonly #max: number
  readonly #decoder = new StringDecoder('utf8')
  readonly #head: KeptHead
  readonly #tail: KeptTail
  /** Whether the decoder holds the beginning of a character. */
  #split = false
  #units = 0

  /** @param max most UTF-16 units of text that will be asked for, the line that stands for the middle not counted */
  constructor(max: number) {
    this.#max = max
    this.#head = new KeptHead(bytesFor(max))
    this.#tail = new KeptTail(bytesFor(max))
  }

  add(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#count(chunk)
    this.#tail.add(chunk.subarray(this.#head.add(chunk)))
  }

  /** The newest line with something on it, for progress reports. */
  get newestLine(): string | null {
    const text = Buffer.concat([
      this.#head.bytes.subarray(-NEWEST_BYTES),
      this.#tail.bytes.subarray(-NEWEST_BYTES),
    ])
    const lines = text.toString('utf8').split(/[\r\n]+/)
    return lines.findLast((line) => line.trim() !== '')?.slice(-200) ?? null
  }

  /**
   * No more will come. @returns the text: whole if it is no longer than `max`, else its beginning and its end
   * with one line between them that counts what is missing
   */
  finish(): { text: string; truncated: boolean } {
    this.#units += this.#decoder.end().length
    const head = this.#head.bytes
    const tail = this.#tail.dropped ? this.#tail.bytes : Buffer.concat([head, this.#tail.bytes])
    if (this.#units <= this.#max) return { text: tail.toString('utf8'), truncated: false }
    const first = head.toString('utf8', 0, rawCut(head, Math.ceil(this.#max / 2), false))
    if (first.length >= this.#units) return { text: first, truncated: false }
    const last = endOf(tail.toString('utf8'), Math.max(0, this.#max - first.length))
    return { text: first + leftOut(this.#units - first.length - last.length) + last, truncated: true }
  }

  #count(chunk: Buffer): void {
    // Most output is ASCII, and to decode a gigabyte only to count it takes seconds.
    if (!this.#split && isAscii(chunk)) this.#units += chunk.length
    else {
      this.#units += this.#decoder.write(chunk).length
      this.#split = (chunk.at(-1) ?? 0) >= 0x80
    }
  }
}

/** Bytes at the end that are looked through for the newest line. */
const NEWEST_BYTES = 4096

/** The first bytes of a stream. */
class KeptHead {
  readonly #max: number
  readonly #parts: Buffer[] = []
  #length = 0

  constructor(max: number) {
    this.#max = max
  }

  /** @returns how many of the bytes were taken */
  add(chunk: Buffer): number {
    const taken = Math.min(chunk.length, this.#max - this.#length)
    if (taken > 0) this.#parts.push(Buffer.from(chunk.subarray(0, taken)))
    this.#length += taken
    return taken
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** The last bytes of a stream, in one buffer of twice their number, so that little is copied. */
class KeptTail {
  readonly #max: number
  #buffer: Buffer | null = null
  #length = 0
  /** Whether anything was dropped. */
  dropped = false

  constructor(max: number) {
    this.#max = max
  }

  add(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#buffer ??= Buffer.allocUnsafe(2 * this.#max)
    const kept = chunk.subarray(-this.#max)
    if (this.#length + kept.length > this.#buffer.length) this.#drop(Math.min(this.#length, this.#max))
    if (kept.length < chunk.length) this.dropped = true
    this.#length += kept.copy(this.#buffer, this.#length)
  }

  #drop(keep: number): void {
    this.#buffer?.copyWithin(0, this.#length - keep, this.#length)
    if (keep < this.#length) this.dropped = true
    this.#length = keep
  }

  get bytes(): Buffer {
    return this.#buffer?.subarray(0, this.#length) ?? Buffer.alloc(0)
  }
}

const leftOut = (units: number): string => `\n… ${units.toLocaleString('en-US')} characters left out …\n`

/** The last `units` of a text, or a little less: it begins with a whole character, and outside of a sequence. */
export function endOf(text: string, units: number): string {
  let from = Math.max(0, text.length - units)
  if (isLowSurrogate(text.charCodeAt(from))) from++
  return text.slice(endOfSequence(text, from))
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/** Where an escape sequence that `at` lies in ends; `at` itself where it lies in none, or in one that is too long. */
function endOfSequence(text: string, at: number): number {
  const start = Math.max(text.lastIndexOf('\x1b', at - 1), text.lastIndexOf('\x9b', at - 1))
  if (start < 0 || at - start > MAX_SEQUENCE_BYTES) return at
  const parser = new TerminalParser({})
  parser.feed(Buffer.from(text.slice(start, at)))
  for (let end = at; end < text.length && end - at <= MAX_SEQUENCE_BYTES; end++) {
    if (!parser.inSequence) return end
    parser.feed(Buffer.from(text.charAt(end)))
  }
  return at
}
