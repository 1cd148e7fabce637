const NEWLINE = 0x0a

/**
 * Splits bytes into lines of at most `max` bytes, at any cut of the input. A line that is longer is dropped
 * whole and reported once, so that the next one is read right.
 */
export class LineSplitter {
  readonly #max: number
  readonly #onLine: (line: string) => void
  readonly #onTooLong: () => void
  #parts: Buffer[] = []
  #length = 0
  #skipping = false

  constructor(max: number, onLine: (line: string) => void, onTooLong: () => void) {
    this.#max = max
    this.#onLine = onLine
    this.#onTooLong = onTooLong
  }

  push(bytes: Buffer): void {
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#add(bytes.subarray(from, end))
      this.#end()
      from = end + 1
    }
    if (from < bytes.length) this.#add(bytes.subarray(from))
  }

  #add(part: Buffer): void {
    if (this.#skipping || part.length === 0) return
    this.#length += part.length
    if (this.#length <= this.#max) this.#parts.push(part)
    else {
      this.#parts = []
      this.#skipping = true
      this.#onTooLong()
    }
  }

  #end(): void {
    const line = Buffer.concat(this.#parts).toString('utf8')
    const whole = !this.#skipping
    this.#parts = []
    this.#length = 0
    this.#skipping = false
    if (whole) this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
  }
}
