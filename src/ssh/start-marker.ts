/** Output looked through for a start mark, in bytes; a login that prints more than this is no shell of ours. */
const MAX_BEFORE = 64 * 1024
const NEWLINE = 0x0a

/**
 * Takes the start mark of a wrapped command off a stream, together with what a login shell's start files printed
 * before it. Where no mark comes everything is passed on, as it was.
 */
export class StartMarker {
  readonly #mark: string
  readonly #pass: (chunk: Buffer) => void
  #held: Buffer | null
  /** What stood behind the mark on its line; null as long as it has not come. */
  word: string | null = null

  /** @param mark text that occurs in no other output; null where there is none to look for */
  constructor(mark: string | null, pass: (chunk: Buffer) => void) {
    this.#mark = mark ?? ''
    this.#held = mark === null ? null : Buffer.alloc(0)
    this.#pass = pass
  }

  push(chunk: Buffer): void {
    if (!this.#held) return this.#pass(chunk)
    this.#held = Buffer.concat([this.#held, chunk])
    const at = this.#held.indexOf(this.#mark)
    const end = at < 0 ? -1 : this.#held.indexOf(NEWLINE, at)
    if (end >= 0) {
      this.word = this.#held.toString('utf8', at + this.#mark.length, end).trim()
      this.#release(this.#held.subarray(end + 1))
    } else if (this.#held.length > MAX_BEFORE) this.#release(this.#held)
  }

  /** No more will come: what was held back is passed on. */
  finish(): void {
    if (this.#held) this.#release(this.#held)
  }

  #release(bytes: Buffer): void {
    this.#held = null
    if (bytes.length > 0) this.#pass(bytes)
  }
}
