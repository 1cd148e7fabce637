/** Modes that change how is drawn, with what they are usually: insert, line feed; origin, wrapping, the cursor. */
const USUAL: Readonly<Record<string, 'h' | 'l'>> = { '4': 'l', '20': 'l', '?6': 'l', '?7': 'h', '?25': 'h' }

/** Follows what of a terminal's state changes how is drawn, and is not as usual; as the sequences that make it so. */
export class PenModes {
  readonly #unusual = new Map<string, string>()
  /** The scroll region of the screen that is on, and of the normal one meanwhile. */
  #region = ''
  #regionOfNormal: string | null = null

  /** Origin mode comes behind the region that it goes by. */
  get sequences(): string {
    return this.#region + [...this.#unusual.values()].join('')
  }

  control(code: number): void {
    if (code === 0x0e) this.#unusual.set('shift', '\x0e')
    if (code === 0x0f) this.#unusual.delete('shift')
  }

  escape(final: string, intermediates: string): void {
    if (intermediates === '(' || intermediates === ')') {
      if (final === 'B') this.#unusual.delete(intermediates)
      else this.#unusual.set(intermediates, `\x1b${intermediates}${final}`)
    }
    if (final === 'c' && intermediates === '') this.#reset()
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
    this.#region = ''
  }

  #reset(): void {
    this.#unusual.clear()
    this.#region = ''
    this.#regionOfNormal = null
  }
}
