import { BoundedLines } from './bounded-lines.js'

/** Takes names and lines of grep's second pass. */
export interface GrepListener {
  file(name: Buffer): void
  line(text: string, whole: boolean): void
}

/** More than any path takes, in bytes. */
const MAX_NAME_BYTES = 64 * 1024

/** Parts what the second pass prints: NUL, word, name, NUL, and then the lines of that file. */
export class GrepStream {
  readonly #mark: Buffer
  readonly #listener: GrepListener
  #lines: BoundedLines
  #held: Buffer = Buffer.alloc(0)
  #inName = false

  /** @param word stands before each name, and nowhere else */
  constructor(word: string, listener: GrepListener) {
    this.#mark = Buffer.from(`\0${word}`)
    this.#listener = listener
    this.#lines = this.#newLines()
  }

  push(chunk: Buffer): void {
    let bytes: Buffer = Buffer.concat([this.#held, chunk])
    for (let rest = this.#takePart(bytes); rest; rest = this.#takePart(bytes)) bytes = rest
    // What may be the beginning of a mark waits for the rest of it.
    const sure = this.#inName ? 0 : Math.max(0, bytes.length - this.#mark.length)
    if (sure > 0) this.#lines.push(bytes.subarray(0, sure))
    this.#held = Buffer.from(bytes.subarray(sure))
    if (this.#inName && this.#held.length > MAX_NAME_BYTES) this.#held = Buffer.alloc(0)
  }

  /** No more will come. */
  finish(): void {
    if (!this.#inName) this.#lines.push(this.#held)
    this.#lines.finish()
  }

  /** Takes lines up to the next mark, or a name. @returns what follows; null if the end has not come yet */
  #takePart(bytes: Buffer): Buffer | null {
    const end = this.#inName ? bytes.indexOf(0) : bytes.indexOf(this.#mark)
    if (end < 0) return null
    const part = bytes.subarray(0, end)
    if (this.#inName) this.#listener.file(part)
    else {
      this.#lines.push(part)
      this.#lines.finish()
      this.#lines = this.#newLines()
    }
    const rest = bytes.subarray(end + (this.#inName ? 1 : this.#mark.length))
    this.#inName = !this.#inName
    return rest
  }

  #newLines(): BoundedLines {
    return new BoundedLines((text, whole) => this.#listener.line(text, whole))
  }
}
