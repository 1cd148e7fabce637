/** Characters of lines typed ahead that are remembered. */
const MAX_CHARACTERS = 10_000

/** Lines that were typed before the shell was at its prompt: it runs them one by one once it is. Pure. */
export class LinesAhead {
  #text = ''

  typed(input: string): void {
    const text = `${this.#text}${input}`.slice(0, MAX_CHARACTERS)
    // Ctrl-C and Ctrl-U take back what was typed before them.
    this.#text = text.slice(Math.max(text.lastIndexOf('\x03'), text.lastIndexOf('\x15')) + 1)
  }

  /** The line that the shell begins now; null where none was typed. */
  next(): string | null {
    const end = this.#text.search(/[\r\n]/)
    if (end < 0) return null
    const line = this.#text.slice(0, end).trim()
    this.#text = this.#text.slice(end + 1)
    return line === '' ? this.next() : line
  }

  clear(): void {
    this.#text = ''
  }
}
