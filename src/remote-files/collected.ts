/** Keeps the first bytes of a stream. */
export class Collected {
  readonly #max: number
  readonly #parts: Buffer[] = []
  #length = 0

  constructor(max: number) {
    this.#max = max
  }

  readonly take = (chunk: Buffer): void => {
    const kept = chunk.subarray(0, this.#max - this.#length)
    if (kept.length === 0) return
    this.#parts.push(Buffer.from(kept))
    this.#length += kept.length
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}
