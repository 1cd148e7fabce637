/** What was found, up to so many lines and characters; says when it has enough. */
export class FoundLines {
  readonly #maxLines: number
  readonly #maxChars: number
  readonly #enough = new AbortController()
  readonly #groups: { key: Buffer; lines: string[] }[] = []
  #chars = 0
  #lines = 0
  /** Whether there was more than is kept. */
  truncated = false

  /** @param maxLines null for any number @param maxChars UTF-16 units */
  constructor(maxLines: number | null, maxChars: number) {
    this.#maxLines = maxLines ?? Number.POSITIVE_INFINITY
    this.#maxChars = maxChars
  }

  /** Aborted when there is more than is kept. */
  get enough(): AbortSignal {
    return this.#enough.signal
  }

  get count(): number {
    return this.#lines
  }

  /** Lines that follow belong together, sorted by `key`. */
  group(key: Buffer): void {
    if (!this.#enough.signal.aborted) this.#groups.push({ key: Buffer.from(key), lines: [] })
  }

  add(line: string): void {
    if (this.#enough.signal.aborted) return
    if (this.#lines >= this.#maxLines || this.#chars + line.length + 1 > this.#maxChars + 1) {
      this.truncated = true
      if (this.#lines === 0) this.#keep(line.slice(0, this.#maxChars))
      return this.#enough.abort(new Error('enough was found'))
    }
    this.#keep(line)
  }

  #keep(line: string): void {
    this.#groups.at(-1)?.lines.push(line)
    this.#chars += line.length + 1
    this.#lines++
  }

  /** @param between a line between two groups */
  text(between: string[] = []): string {
    const groups = this.#groups.filter(({ lines }) => lines.length > 0)
    groups.sort((a, b) => a.key.compare(b.key))
    return groups.flatMap(({ lines }, i) => (i === 0 ? lines : [...between, ...lines])).join('\n')
  }
}
