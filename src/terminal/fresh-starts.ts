import { PenModes } from './pen-modes.js'

/** A place in a stream from which a screen can be drawn without what came before. */
export interface FreshStart {
  offset: number
  /** What held there and is unusual, as the sequences that make it so. */
  modes: string
}

/** The newest of each screen; that of the alternate one is null while that is off. */
export interface FreshStartsKnown {
  normal: FreshStart
  alternate: FreshStart | null
}

export const NOTHING_DRAWN: FreshStartsKnown = { normal: { offset: 0, modes: '' }, alternate: null }

/** A cursor that was saved: what was to be drawn from at that time, and the character set. */
interface SavedCursor {
  start: FreshStart | null
  charset: string
}

/** Finals of sequences after which a screen is as blank as before, and the cursor where it was or at home: modes, questions. */
const HARMLESS = 'mhlnpqrt'

/**
 * Remembers where a screen was blank last with the cursor at its top: at the beginning, after a reset, after a clear;
 * and where a program took the alternate screen, which begins empty.
 */
export class FreshStarts implements FreshStartsKnown {
  normal: FreshStart
  alternate: FreshStart | null
  readonly #modes = new PenModes()
  /** Each screen has its own. */
  readonly #saved: { normal: SavedCursor | null; alternate: SavedCursor | null } = {
    normal: null,
    alternate: null,
  }
  #blank = false
  #home = false

  constructor({ normal, alternate }: FreshStartsKnown) {
    this.normal = normal
    this.alternate = alternate
  }

  /** Text is drawn. */
  drew(): void {
    this.#blank = false
    this.#home = false
  }

  control(code: number): void {
    this.#modes.control(code)
    this.drew()
  }

  escape(final: string, intermediates: string, end: number): void {
    this.drew()
    this.#modes.escape(final, intermediates)
    if (intermediates !== '') return
    if (final === '7') this.#saves()
    if (final === '8') this.#goesBack()
    if (final === 'c') this.#reset(end)
  }

  #reset(end: number): void {
    this.normal = { offset: end, modes: '' }
    this.alternate = null
    this.#saved.normal = null
    this.#saved.alternate = null
  }

  /** @param extra prefix and intermediates */
  csi(final: string, extra: string, params: readonly number[], end: number): void {
    if (final === 'm') return
    this.#modes.csi(final, extra, params)
    if (extra === '' && params.length === 0 && final === 's') this.#saves()
    if (extra === '' && params.length === 0 && final === 'u') this.#goesBack()
    if (extra === '?' && params.includes(1048)) this.#mode1048(final)
    // The place of a soft reset is where a cursor that was never saved goes.
    if (extra === '!' && final === 'p') this.#saved[this.#screen] = null
    if (HARMLESS.includes(final)) return
    if (final === 'H' && extra === '') this.#home = params.every((param) => param <= 1)
    else if (final === 'J' && extra === '') this.#erased(params[0] ?? 0)
    else return this.drew()
    if (this.#home && this.#blank) this[this.alternate ? 'alternate' : 'normal'] = this.#startAt(end)
  }

  get #screen(): 'normal' | 'alternate' {
    return this.alternate ? 'alternate' : 'normal'
  }

  #saves(): void {
    this.#saved[this.#screen] = { start: this[this.#screen], charset: this.#modes.charset }
  }

  /** To a place of before the start it would have to be known; so it is drawn from what was the start then. */
  #goesBack(): void {
    const saved = this.#saved[this.#screen]
    this.drew()
    this.#modes.wentBack(saved?.charset ?? '')
    if (!saved?.start || saved.start === this[this.#screen]) return
    this[this.#screen] = saved.start
  }

  #mode1048(final: string): void {
    if (final === 'h') this.#saves()
    if (final === 'l') this.#goesBack()
  }

  /** 0 erases from the cursor on, 2 all, 3 what is above the screen. */
  #erased(part: number): void {
    if (part === 2 || (part === 0 && this.#home)) this.#blank = true
    else if (part !== 3) this.drew()
  }

  #startAt(offset: number): FreshStart {
    return { offset, modes: this.#modes.sequences }
  }

  /** @param saving whether it is mode 1049, which saves the cursor, goes back to it, and always clears */
  switched(on: boolean, saving: boolean, end: number): void {
    this.drew()
    if (on && saving) this.#saves()
    const begins = on && (saving || !this.alternate)
    this.#modes.switched(on)
    if (begins) this.alternate = this.#startAt(end)
    else if (!on) this.alternate = null
    if (!on && saving) this.#goesBack()
  }
}

/** What a new screen is to be fed first, in order to go on from a fresh start. */
export const fedFirst = ({ modes }: FreshStart, alternate: boolean): string =>
  `${alternate ? '\x1b[?1049h' : ''}${modes}\x1b[H`
