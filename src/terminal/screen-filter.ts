import { type ParserSink, TerminalParser } from './parser.js'
import { ALTERNATE_MODES, DRAWING, drawsAsEscape, MODES, workOfEscape } from './screen-sequences.js'
import { Titles } from './screen-titles.js'
import type { Size } from './sizes.js'
import { columnsOf } from './width.js'

/** Marks on one character beyond these are dropped; languages pile up four at most. */
const MAX_MARKS = 8
/** C1 control characters that draw, as the escape sequences they stand for. */
const C1: Readonly<Record<number, string>> = { 132: 'D', 133: 'E', 136: 'H', 141: 'M' }

/**
 * Takes from a stream what a screen is drawn of, in a form that does no harm: sequences that are known to draw, whole,
 * with parameters no larger than the screen; never a control string. Says what drawing it costs.
 */
export class ScreenFilter {
  readonly titles = new Titles()
  cursorVisible = true
  /** Cells that are touched at most by drawing what was passed on since `take`. */
  work = 0
  #text = ''
  #size: Size
  #insertMode = false
  /** What REP repeats and marks go onto; '' after anything but text. */
  #last = ''
  #marks = 0
  readonly #parser = new TerminalParser(this.#sink())

  constructor(size: Size) {
    this.#size = size
  }

  /** @param first what is to be drawn before all that follows */
  resize(size: Size, first: string): void {
    this.#size = size
    this.work += 4 * size.cols * size.rows
    this.#text += first
  }

  feed(bytes: Uint8Array): void {
    this.work += bytes.length
    this.#parser.feed(bytes)
  }

  /** What is to be drawn of what was fed since this was last asked. */
  take(): string {
    const text = this.#text
    this.#text = ''
    this.work = 0
    return text
  }

  #sink(): ParserSink {
    return {
      run: (bytes, from, to) =>
        this.#print(Buffer.from(bytes.subarray(from, to)).toString('latin1'), to - from),
      character: (point) => this.#character(point),
      control: (code) => this.#control(code),
      escape: (final, intermediates) => this.#escape(intermediates + final),
      csi: (final, prefix, params, intermediates) => this.#csi(final, prefix, params, intermediates),
      osc: (payload) => this.titles.command(payload),
    }
  }

  #print(text: string, columns: number): void {
    this.#text += text
    this.#last = text.at(-1) as string
    this.#marks = 0
    this.work += this.#insertMode ? columns * this.#size.cols : columns
  }

  #character(point: number): void {
    const character = String.fromCodePoint(point)
    const columns = columnsOf(point)
    this.work += 4
    if (columns > 0) {
      this.#print(character, columns)
      this.#last = character
    } else if (this.#last !== '' && this.#marks++ < MAX_MARKS) {
      this.#text += character
    }
  }

  #control(code: number): void {
    const name = C1[code]
    if (name) return this.#escape(name)
    if (code < 0x08 || code > 0x0f) return
    this.#draw(String.fromCharCode(code), code < 0x0a || code > 0x0c ? 4 : this.#size.cols + this.#size.rows)
  }

  /** Passes on what is no text. */
  #draw(sequence: string, work: number): void {
    this.#text += sequence
    this.#last = ''
    this.work += work
  }

  #escape(name: string): void {
    if (!drawsAsEscape(name)) return
    this.#draw(`\x1b${name}`, workOfEscape(name, this.#size))
    // What xterm's reset forgets, and what is followed here.
    if (name === 'c') {
      this.#draw('\x1b[20l', 0)
      this.cursorVisible = true
      this.#insertMode = false
    }
  }

  #csi(final: string, prefix: string, params: readonly number[], intermediates: string): void {
    const name = prefix + intermediates + final
    if (name === 'b') return this.#repeat(params[0] ?? 1)
    if (name === 't') return this.titles.window(params)
    if ((final === 'h' || final === 'l') && intermediates === '') return this.#modes(final, prefix, params)
    const drawing = DRAWING.get(name === '^' ? 'T' : name)
    // With more parameters it is another one: margins, the mouse.
    if (!drawing || params.length > Math.max(1, drawing.params) || (/^[su]$/.test(name) && params.length > 0))
      return
    const most = drawing.most(this.#size)
    const safe = params.slice(0, drawing.params).map((param) => Math.min(param, most))
    this.#draw(
      `\x1b[${prefix}${safe.join(';')}${intermediates}${final === '^' ? 'T' : final}`,
      drawing.work(this.#size, safe[0] ?? 1),
    )
    if (name === '!p') {
      this.cursorVisible = true
      this.#insertMode = false
    }
  }

  /** REP: programs repeat a character within a row. */
  #repeat(count: number): void {
    if (this.#last === '') return
    const times = Math.min(Math.max(1, count), this.#size.cols)
    const character = this.#last
    this.#print(character.repeat(times), times * 2)
    this.#last = character
  }

  #modes(final: 'h' | 'l', prefix: string, params: readonly number[]): void {
    for (const mode of params) {
      if (MODES[prefix]?.includes(mode)) this.#draw(`\x1b[${prefix}${mode}${final}`, 30)
      if (prefix === '' && mode === 4) this.#insertMode = final === 'h'
      if (prefix === '?' && mode === 25) this.cursorVisible = final === 'h'
      if (prefix === '?' && ALTERNATE_MODES.includes(mode)) this.#alternate(mode, final)
    }
  }

  /** xterm clears the alternate screen only when it is left; 1049 clears it also where it is on already. */
  #alternate(mode: number, final: 'h' | 'l'): void {
    const clear = mode === 1049 && final === 'h' ? '\x1b[2J' : ''
    this.#draw(`\x1b[?${mode}${final}${clear}`, 300 + 2 * this.#size.cols * this.#size.rows)
  }
}
