/** A longer title is cut: programs put whole command lines there. */
const MAX_TITLE_CHARS = 200
/** Titles that are put aside; xterm keeps as many. */
const MAX_TITLES = 10

/** The title of a terminal's window, as programs set it, put it aside and take it back. */
export class Titles {
  #title: string | null = null
  readonly #aside: (string | null)[] = []

  get title(): string | null {
    return this.#title
  }

  /** An operating system command: 0 and 2 set the title. */
  command(payload: string): void {
    const [, text] = /^[02];(.*)$/s.exec(payload) ?? []
    if (text === undefined) return
    const printable = text.slice(0, 2 * MAX_TITLE_CHARS).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    this.#title = [...printable].slice(0, MAX_TITLE_CHARS).join('') || null
  }

  /** CSI t: 22 puts the title aside, 23 takes it back; a second parameter of 1 means only the icon's. */
  window(params: readonly number[]): void {
    const [what, which = 0] = params
    if (which === 1) return
    if (what === 22 && this.#aside.push(this.#title) > MAX_TITLES) this.#aside.shift()
    if (what === 23 && this.#aside.length > 0) this.#title = this.#aside.pop() ?? null
  }
}
