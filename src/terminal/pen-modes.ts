/** Modes that change how is drawn, with what they are usually: insert, line feed; origin, wrapping, the cursor. */
const USUAL: Readonly<Record<string, 'h' | 'l'>> = { '4': 'l', '20': 'l', '?6': 'l', '?7': 'h', '?25': 'h' }

/** Which of the four character sets a designation or a shift is about. */
const DESIGNATED: Readonly<Record<string, number>> = { '(': 0, ')': 1, '-': 1, '*': 2, '.': 2, '+': 3 }
const LEVEL_ESCAPES: Readonly<Record<string, number>> = { n: 2, o: 3, '|': 3, '}': 2, '~': 1 }
const SHIFTS: readonly string[] = ['\x0f', '\x0e', '\x1bn', '\x1bo']

/** Follows what of a terminal's state changes how is drawn, and is not as usual; as the sequences that make it so. */
export class PenModes {
  readonly #unusual = new Map<string, string>()
  /** Final bytes of the character sets that were designated; '' for ASCII. */
  #sets = ['', '', '', '']
  #level = 0
  /** The set that is drawn with: that of the level, but after the cursor went back the one it was saved with. */
  #active = ''
  /** The scroll region of the screen that is on, and of the normal one meanwhile. */
  #region = ''
  #regionOfNormal: string | null = null

  /** Origin mode comes behind the region that it goes by. */
  get sequences(): string {
    return this.#region + this.#charsets + [...this.#unusual.values()].join('')
  }

  /** The character set that a cursor is saved with. */
  get charset(): string {
    return this.#active
  }

  /** The cursor goes back to where it was saved, with the character set of then. */
  wentBack(charset: string): void {
    this.#active = charset
  }

  control(code: number): void {
    if (code === 0x0e || code === 0x0f) this.#shift(code === 0x0e ? 1 : 0)
  }

  escape(final: string, intermediates: string): void {
    const set = DESIGNATED[intermediates]
    const level = LEVEL_ESCAPES[final]
    if (set !== undefined) this.#designate(set, final === 'B' ? '' : final)
    else if (intermediates === '' && level !== undefined) this.#shift(level)
    else if (final === 'c' && intermediates === '') this.#reset()
  }

  /** An active set that is no designated one comes from a saved cursor, and so it is made again. */
  get #charsets(): string {
    const sets = this.#sets.map((final, set) => (final === '' ? '' : `\x1b${'()*+'[set]}${final}`)).join('')
    const all = sets + (this.#level === 0 ? '' : SHIFTS[this.#level])
    if (this.#active === this.#sets[this.#level]) return all
    const saved = this.#active === '' ? '' : `\x1b(${this.#active}\x0f\x1b7\x1b(B`
    return `${saved}${all}\x1b8`
  }

  #shift(level: number): void {
    this.#level = level
    this.#active = this.#sets[level] as string
  }

  #designate(set: number, final: string): void {
    this.#sets[set] = final
    if (this.#level === set) this.#active = final
  }

  #plainCharsets(): void {
    this.#sets = ['', '', '', '']
    this.#shift(0)
  }

  /** @param extra prefix and intermediates */
  csi(final: string, extra: string, params: readonly number[]): void {
    if (final === 'h' || final === 'l') for (const mode of params) this.#switch(extra, mode, final)
    else if (final === 'p' && extra === '!') this.#softReset()
    else if (final === 'r' && extra === '')
      this.#region = params.some((param) => param > 0) ? `\x1b[${params.slice(0, 2).join(';')}r` : ''
  }

  /** Each screen has a scroll region of its own; that of the alternate one is new whenever it is taken. */
  switched(on: boolean): void {
    if (on && this.#regionOfNormal === null) {
      this.#regionOfNormal = this.#region
      this.#region = ''
    } else if (!on && this.#regionOfNormal !== null) {
      this.#region = this.#regionOfNormal
      this.#regionOfNormal = null
    }
  }

  #switch(prefix: string, mode: number, final: string): void {
    const name = `${prefix}${mode}`
    const usual = USUAL[name]
    if (usual === final) this.#unusual.delete(name)
    else if (usual) this.#unusual.set(name, `\x1b[${name}${final}`)
  }

  /** Everything but what a line feed does. */
  #softReset(): void {
    for (const name of [...this.#unusual.keys()]) if (name !== '20') this.#unusual.delete(name)
    this.#plainCharsets()
    this.#region = ''
  }

  #reset(): void {
    this.#unusual.clear()
    this.#plainCharsets()
    this.#region = ''
    this.#regionOfNormal = null
  }
}
