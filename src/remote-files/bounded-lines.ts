/** A line of minified code may be as long as a whole reply; its beginning shows what it is. In UTF-16 units. */
const MAX_LINE_CHARS = 2000
const NEWLINE = 0x0a

/** Cuts bytes into lines, of which only the beginning is kept when they are long. */
export class BoundedLines {
  readonly #line: (text: string, whole: boolean) => void
  #parts: Buffer[] = []
  #kept = 0
  #length = 0

  /** @param line takes each line, without its end, and whether that is all of it */
  constructor(line: (text: string, whole: boolean) => void) {
    this.#line = line
  }

  push(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, from)
      this.#add(bytes.subarray(from, end < 0 ? bytes.length : end))
      if (end < 0) return
      this.#finish()
      from = end + 1
    }
  }

  /** No more will come. */
  finish(): void {
    if (this.#length > 0) this.#finish()
  }

  #add(part: Buffer): void {
    // A character takes at most four bytes.
    const kept = part.subarray(0, 4 * MAX_LINE_CHARS - this.#kept)
    if (kept.length > 0) this.#parts.push(Buffer.from(kept))
    this.#kept += kept.length
    this.#length += part.length
  }

  #finish(): void {
    const text = Buffer.concat(this.#parts).toString('utf8')
    const length = this.#length
    const whole = text.length <= MAX_LINE_CHARS && this.#kept === length
    this.#parts = []
    this.#kept = 0
    this.#length = 0
    this.#line(whole ? text : shortened(text, length), whole)
  }
}

/** @param length bytes of the whole line */
function shortened(text: string, length: number): string {
  const given = beginning(text)
  const more = length - Buffer.byteLength(given)
  return `${given}… (${more.toLocaleString('en-US')} more bytes)`
}

/** Half of a surrogate pair at the end is left out, as a character that was cut is. */
const beginning = (text: string): string =>
  text.slice(0, MAX_LINE_CHARS).replace(/[\ud800-\udbff\ufffd]$/, '')
