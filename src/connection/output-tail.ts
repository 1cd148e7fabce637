/** The last bytes of a stream, kept in place: an ssh with much to say, of refused connections say, makes no garbage. */
export class OutputTail {
  readonly #max: number
  readonly #bytes: Buffer
  #length = 0

  /** @param max how many bytes are kept */
  constructor(max: number) {
    this.#max = max
    this.#bytes = Buffer.alloc(2 * max)
  }

  add(chunk: Buffer): void {
    const added = chunk.subarray(-this.#max)
    if (this.#length + added.length > this.#bytes.length) {
      this.#bytes.copyWithin(0, this.#length - this.#max, this.#length)
      this.#length = this.#max
    }
    this.#length += added.copy(this.#bytes, this.#length)
  }

  get text(): string {
    return this.#bytes.toString('utf8', Math.max(0, this.#length - this.#max), this.#length)
  }
}
