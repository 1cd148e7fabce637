/** More than any script's fields take: a path and a line of words. */
const MAX_HEADER_BYTES = 64 * 1024

/**
 * Takes a script's answer apart: how many fields there are, each of them ended by a NUL, and what follows, which is
 * passed on as it comes. Nothing that a file holds or is called can be taken for a field.
 */
export class AnswerReader {
  readonly #pass: (chunk: Buffer) => void
  #held: Buffer | null = Buffer.alloc(0)
  /** The fields; null as long as they have not all come. */
  fields: readonly string[] | null = null
  /** The same, byte for byte. */
  raw: readonly Buffer[] = []

  constructor(pass: (chunk: Buffer) => void) {
    this.#pass = pass
  }

  push(chunk: Buffer): void {
    if (this.fields) return this.#pass(chunk)
    if (!this.#held) return
    this.#held = Buffer.concat([this.#held, chunk])
    const rest = this.#takeFields(this.#held)
    if (rest) {
      this.#held = null
      if (rest.length > 0) this.#pass(rest)
    } else if (this.#held.length > MAX_HEADER_BYTES) this.#held = null
  }

  /** @returns what stands behind the fields; null if they are not complete */
  #takeFields(bytes: Buffer): Buffer | null {
    const first = fieldAt(bytes, 0)
    if (!first || !/^[1-9]$/.test(first.toString('latin1'))) return null
    const fields: Buffer[] = []
    let at = first.length + 1
    for (let left = Number(first.toString('latin1')); left > 0; left--) {
      const field = fieldAt(bytes, at)
      if (!field) return null
      fields.push(Buffer.from(field))
      at += field.length + 1
    }
    this.raw = fields
    this.fields = fields.map((field) => field.toString('utf8'))
    return bytes.subarray(at)
  }
}

function fieldAt(bytes: Buffer, at: number): Buffer | null {
  const end = bytes.indexOf(0, at)
  return end < 0 ? null : bytes.subarray(at, end)
}
