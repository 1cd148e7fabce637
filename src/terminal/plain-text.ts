import { FullScreenNote } from './full-screen-note.js'
import type { FullScreens } from './full-screens.js'
import { beginsPrompt } from './marks.js'
import { type ParserSink, TerminalParser } from './parser.js'
import type { Size } from './sizes.js'
import type { GridSink, Place } from './text-grid.js'
import { type TextRow, withoutPadding } from './text-row.js'
import { TextTerminal } from './text-terminal.js'

/** A line that is still on the screen and may change. */
export interface ScreenLine {
  head: TextRow
  text: string
  /** Whether another line stands below it. */
  ended: boolean
}

export interface PlainTextOptions {
  size: Size
  /** Where in the stream it begins; the stream's start unless told. */
  start?: Place
  /** What is known of programs that had the whole screen, which one may have already at the start. */
  fullScreens?: FullScreens | undefined
  /** Whether what full-screen programs draw is to be read as lines too, for who looks for something on the screen. */
  drawn?: boolean
}

/** LF, VT, FF, IND and NEL. */
const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0b, 0x0c, 0x84, 0x85])

/**
 * Turns a terminal's byte stream into the lines that a person would find in the scrollback of a terminal of that
 * size: whatever programs write over, erase or scroll is in its last state, rows that were only wrapped are
 * joined, and what a full-screen program shows is one line of note. Pure, fed in pieces of any size; the pieces
 * make no difference. What was erased with the whole screen stays as lines: somebody may not have read it yet.
 */
export class PlainText {
  readonly #parser: TerminalParser
  readonly #terminal: TextTerminal
  readonly #fullScreens: FullScreens | null
  readonly #drawn: boolean
  #beginsLater = false
  /** The piece that is being taken. */
  #fed: Buffer = Buffer.alloc(0)
  /** While a program has the whole screen: since which offset, and its note once it has printed something. */
  #alternate: { from: number; note: FullScreenNote | null } | null

  constructor(
    { size, start = { offset: 0, units: 0 }, fullScreens, drawn }: PlainTextOptions,
    sink: GridSink,
  ) {
    this.#drawn = drawn ?? false
    this.#fullScreens = fullScreens ?? null
    const around = fullScreens?.at(start.offset)
    this.#alternate = around ? { from: around.from, note: null } : null
    this.#parser = new TerminalParser(this.#parserSink(), start.offset)
    this.#parser.units = start.units
    this.#terminal = new TextTerminal(size, start, sink)
  }

  feed(bytes: Uint8Array): void {
    this.#fed = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#parser.feed(bytes)
    this.#alternate?.note?.reached(this.#parser.offset)
  }

  /** Goes on at a later offset, as if nothing stood between. */
  skipTo(offset: number): void {
    if (offset <= this.#parser.offset) return
    this.#parser.skipTo(offset)
    // A line that has not begun begins behind it.
    this.#terminal.grid.beginAt(this.#place(offset))
  }

  resize(size: Size): void {
    this.#terminal.resize(size)
  }

  /** Absolute offset up to which the stream has been taken, and the text units until there. */
  get offset(): number {
    return this.#parser.offset
  }

  get units(): number {
    return this.#parser.units
  }

  /** Where the character or sequence that is not complete begins; `offset` where there is none. */
  get boundary(): number {
    return this.#parser.pendingFrom
  }

  /** The lines on the screen, from the top. */
  *lines(): Generator<ScreenLine> {
    const { rows, last, cols } = this.#terminal.grid
    for (let index = 0; index <= last; ) {
      const head = rows[index] as TextRow
      let text = head.text
      for (const note of head.above) yield { head: note, text: note.text, ended: true }
      for (index++; index <= last && rows[index]?.wrapped; index++) text += (rows[index] as TextRow).text
      text = withoutPadding(text, rows[index - 1] as TextRow, cols)
      if (head.used || text !== '') yield { head, text, ended: index <= last }
    }
  }

  /** The cursor's line as it stands; and whether it began in rows that are final already. */
  get open(): { text: string; goesOn: boolean } {
    const { rows, row } = this.#terminal.grid
    let from = row
    while (from > 0 && rows[from]?.wrapped) from--
    let text = rows[from]?.text ?? ''
    for (let at = from + 1; rows[at]?.wrapped; at++) text += (rows[at] as TextRow).text
    return { text, goesOn: from === 0 && (rows[0]?.wrapped ?? false) }
  }

  #place(offset: number): Place {
    return { offset, units: this.#parser.units }
  }

  #parserSink(): ParserSink {
    return {
      run: (_bytes, from, to, offset) => this.#run(from, to, offset),
      character: (point, start) => this.#character(point, start),
      control: (code, end) => this.#control(code, end),
      csi: (final, prefix, params, intermediates, end) => {
        if (prefix === '?' && intermediates === '') this.#modes(final, params, end)
        else if (prefix === '' && intermediates === '') this.#csi(final, params, end)
        else if (prefix === '' && intermediates === '!' && final === 'p') this.#terminal.reset()
        this.#terminal.interrupt()
      },
      escape: (final, intermediates, end) => this.#escape(final, intermediates, end),
      osc: (payload, _start, end) => {
        // A program that was killed has left its screen on, and the shell goes on there.
        if (this.#alternate && beginsPrompt(payload)) this.#leave(end)
      },
      boundary: (offset) => this.#begin(offset),
    }
  }

  #run(from: number, to: number, offset: number): void {
    if (this.#alternate) return this.#note(this.#alternate)
    const units = this.#parser.units - (to - from)
    this.#terminal.print(this.#fed.toString('latin1', from, to), { offset, units })
  }

  #character(point: number, start: number): void {
    if (this.#alternate) return this.#note(this.#alternate)
    const character = String.fromCodePoint(point)
    const place = { offset: start, units: this.#parser.units - character.length }
    this.#terminal.printCharacter(character, point, place)
  }

  #control(code: number, end: number): void {
    this.#terminal.interrupt()
    if (code === 0x0e || code === 0x0f) this.#terminal.shift(code === 0x0e ? 1 : 0)
    else if (this.#alternate) return
    else if (LINE_ENDS.has(code)) this.#lineFeed(code === 0x85, end)
    else this.#terminal.control(code, this.#place(end))
  }

  #lineFeed(toFirstColumn: boolean, end: number): void {
    this.#terminal.lineFeed(toFirstColumn, this.#place(end))
    this.#beginsLater = this.#parser.inSequence
  }

  /** A line that was begun by a line feed within a sequence begins behind that sequence. */
  #begin(offset: number): void {
    if (this.#beginsLater) this.#terminal.grid.beginAt(this.#place(offset))
    this.#beginsLater = false
  }

  #escape(final: string, intermediates: string, end: number): void {
    this.#terminal.interrupt()
    if (intermediates !== '') return this.#terminal.designate(intermediates, final)
    if (this.#alternate && final === 'c') this.#leave(end)
    if (this.#alternate) return
    if (final === 'D' || final === 'E') this.#lineFeed(final === 'E', end)
    else this.#terminal.escape(final, this.#place(end))
  }

  #csi(final: string, params: readonly number[], end: number): void {
    if (final === 'h' || final === 'l') {
      if (params.includes(4)) this.#terminal.grid.inserts = final === 'h'
    } else if (!this.#alternate) this.#terminal.csi(final, params, this.#place(end))
  }

  #modes(final: string, modes: readonly number[], end: number): void {
    if (final !== 'h' && final !== 'l') return
    const on = final === 'h'
    for (const mode of modes) {
      if (mode === 7) this.#terminal.grid.wraps = on
      else if (mode === 6 && !this.#alternate) this.#terminal.grid.countFromTop(on)
      else if (mode === 1048 && !this.#alternate) this.#keepCursor(on)
      else if (mode === 1049 || mode === 1047 || mode === 47) this.#switch(on, mode === 1049, end)
    }
  }

  #keepCursor(on: boolean): void {
    if (on) this.#terminal.save()
    else this.#terminal.restore()
  }

  #switch(on: boolean, withCursor: boolean, end: number): void {
    if (this.#drawn) return this.#terminal.draw(on, this.#place(end))
    if (on && this.#alternate) return
    if (on) this.#alternate = { from: end, note: null }
    else this.#leave(end)
    if (withCursor) this.#keepCursor(on)
  }

  #leave(end: number): void {
    this.#alternate?.note?.reached(end)
    this.#alternate = null
  }

  /** A program that prints on the whole screen is told of. */
  #note(alternate: { from: number; note: FullScreenNote | null }): void {
    if (alternate.note) return
    const place = { offset: alternate.from, units: this.#parser.units }
    const name = this.#fullScreens?.at(alternate.from)?.name ?? null
    alternate.note = new FullScreenNote(place, name)
    this.#terminal.grid.noteAbove(alternate.note.row)
  }
}
