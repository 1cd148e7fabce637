/** A place in a stream from which a screen can be drawn without what came before. */
export interface FreshStart {
  offset: number
  /** The scroll region that held there, as the parameters of its sequence; none for the whole screen. */
  region: readonly number[]
}

/** Sequences after which a screen is as blank as before, and the cursor where it was: colours, modes, questions. */
const HARMLESS = /^(?:[mnqt]|.*[hlpq])$/

/**
 * Remembers where a screen was blank last with the cursor at its top: at the beginning, after a reset, after a clear;
 * and where a program took the alternate screen, which begins empty.
 */
export class FreshStarts {
  /** Newest of the normal screen. */
  normal: FreshStart = { offset: 0, region: [] }
  /** Newest of the alternate screen; null while that is off. */
  alternate: FreshStart | null = null
  /** The scroll region of the normal screen and that of the alternate one. */
  #regions: Record<'normal' | 'alternate', readonly number[]> = { normal: [], alternate: [] }
  #blank = false
  #home = false

  /** Something is drawn, or the cursor moves. */
  drew(): void {
    this.#blank = false
    this.#home = false
  }

  escape(final: string, intermediates: string, end: number): void {
    if (final === 'c' && intermediates === '') {
      this.normal = { offset: end, region: [] }
      this.alternate = null
      this.#regions = { normal: [], alternate: [] }
    }
    this.drew()
  }

  /** @param name prefix, intermediates and final byte */
  csi(name: string, params: readonly number[], end: number): void {
    if (name === 'H') this.#home = params.every((param) => param <= 1)
    else if (name === 'J') this.#erased(params[0] ?? 0)
    else if (name === 'r') this.#regions[this.#which] = params.slice(0, 2)
    else if (name === '!p') this.#regions[this.#which] = []
    else if (!HARMLESS.test(name)) this.drew()
    if (this.#home && this.#blank) this.#begin(end)
  }

  /** 0 erases from the cursor on, 2 all, 3 what is above the screen. */
  #erased(part: number): void {
    if (part === 2 || (part === 0 && this.#home)) this.#blank = true
    else if (part !== 3) this.drew()
  }

  #begin(offset: number): void {
    this[this.#which] = { offset, region: this.#regions[this.#which] }
  }

  get #which(): 'normal' | 'alternate' {
    return this.alternate ? 'alternate' : 'normal'
  }

  /** @param clears whether the switch clears the alternate screen even where it is on */
  switched(on: boolean, clears: boolean, end: number): void {
    this.drew()
    if (!on) this.alternate = null
    else if (!this.alternate) {
      this.#regions.alternate = []
      this.alternate = { offset: end, region: [] }
    } else if (clears) this.alternate = { offset: end, region: this.#regions.alternate }
  }
}

/** What a new screen is to be fed first, in order to go on from a fresh start. */
export const fedFirst = ({ region }: FreshStart, alternate: boolean): string =>
  `${alternate ? '\x1b[?1049h' : ''}${region.length > 0 ? `\x1b[${region.join(';')}r` : ''}\x1b[H`
