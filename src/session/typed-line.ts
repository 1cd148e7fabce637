/** Characters of an unfinished line that are remembered. */
const MAX_CHARACTERS = 10_000

/** Keys after which the cursor may not be at the end of the line, so that Ctrl-U leaves some of it. */
const MOVES = /[\x01\x02\x1b]/

/** What stands typed at a shell's prompt, as far as that can be told from what was sent. Pure. */
export class TypedLine {
  /** Text before a Ctrl-C, which stands until a new prompt shows: it may have ended a question of completion only. */
  #before = ''
  #text = ''

  get text(): string {
    return this.#before + this.#text
  }

  get interrupted(): boolean {
    return this.#before !== ''
  }

  /** @param promptTells whether a Ctrl-C that empties the line shows a prompt that can be told from the last one */
  typed(input: string, promptTells: boolean): void {
    for (const part of input.split(/(?<=[\x03\x15])/)) {
      this.#text = `${this.#text}${part}`.slice(0, MAX_CHARACTERS)
      if (part.endsWith('\x03')) this.#interrupted(promptTells)
      else if (part.endsWith('\x15') && !MOVES.test(this.#text)) this.#text = ''
    }
  }

  #interrupted(promptTells: boolean): void {
    if (promptTells) this.#before += this.#text.replace('\x03', '')
    this.#text = ''
  }

  /** The line that was entered, null where none was. */
  get entered(): string | null {
    if (!/[\r\n]/.test(this.#text)) return null
    return this.text.replace(/\x1b\[20[01]~/g, '').trim()
  }

  clear(): void {
    this.#before = ''
    this.#text = ''
  }
}
