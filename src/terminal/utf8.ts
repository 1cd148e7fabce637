/**
 * A UTF-8 decoder that is fed one byte at a time and replaces what is invalid exactly as Buffer.toString does
 * (one U+FFFD for each maximal part of an ill-formed sequence; Unicode 15, section 3.9, table 3-7).
 */
export class Utf8Decoder {
  #needed = 0
  #point = 0
  #low = 0x80
  #high = 0xbf

  /** Whether a character has begun and is not complete. */
  get pending(): boolean {
    return this.#needed > 0
  }

  /**
   * Takes a byte from 0x80 on, or any byte while a character is pending.
   * @returns the code point it completes; INCOMPLETE; or BROKEN when it ends an ill-formed part without
   * belonging to it, so that U+FFFD stands there and the same byte must be looked at again
   */
  next(byte: number): number {
    if (this.#needed === 0) return this.#begin(byte)
    if (byte < this.#low || byte > this.#high) {
      this.#needed = 0
      return BROKEN
    }
    this.#low = 0x80
    this.#high = 0xbf
    this.#point = (this.#point << 6) | (byte & 0x3f)
    return --this.#needed === 0 ? this.#point : INCOMPLETE
  }

  #begin(byte: number): number {
    this.#low = 0x80
    this.#high = 0xbf
    if (byte >= 0xc2 && byte <= 0xdf) return this.#expect(1, byte & 0x1f)
    if (byte >= 0xe0 && byte <= 0xef) {
      if (byte === 0xe0) this.#low = 0xa0
      if (byte === 0xed) this.#high = 0x9f
      return this.#expect(2, byte & 0x0f)
    }
    if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) this.#low = 0x90
      if (byte === 0xf4) this.#high = 0x8f
      return this.#expect(3, byte & 0x07)
    }
    return REPLACEMENT
  }

  #expect(count: number, bits: number): number {
    this.#needed = count
    this.#point = bits
    return INCOMPLETE
  }
}

export const INCOMPLETE = -1
export const BROKEN = -2
export const REPLACEMENT = 0xfffd
