/** More parameters, or larger ones, are nobody's real output; xterm has the same bounds. */
const MAX_PARAMS = 32
const MAX_PARAM = 0x7fffffff
const MAX_INTERMEDIATES = 4

/** Collects the parts of an escape or control sequence; bounded, whatever comes. */
export class SequenceParts {
  params: number[] = []
  prefix = ''
  intermediates = ''
  #index = 0

  clear(): void {
    this.params = []
    this.prefix = ''
    this.intermediates = ''
    this.#index = 0
  }

  intermediate(byte: number): void {
    if (this.intermediates.length < MAX_INTERMEDIATES) this.intermediates += String.fromCharCode(byte)
  }

  /** A byte from 0x30 to 0x3f: a digit, a separator or a prefix. */
  parameter(byte: number): void {
    if (byte <= 0x39) this.#digit(byte - 0x30)
    else if (byte >= 0x3c) this.prefix = String.fromCharCode(byte)
    else {
      if (this.#index < MAX_PARAMS) this.params[this.#index] ??= 0
      this.#index++
    }
  }

  #digit(digit: number): void {
    if (this.#index >= MAX_PARAMS) return
    this.params[this.#index] = Math.min(MAX_PARAM, (this.params[this.#index] ?? 0) * 10 + digit)
  }
}
