import { FullScreenNote } from './full-screen-note.js'
import type { FullScreens } from './full-screens.js'
import { CharacterSets, graphicOf } from './line-drawing.js'
import { type ParserSink, TerminalParser } from './parser.js'
import type { Size } from './sizes.js'
import { EDITS } from './text-edits.js'
import { type GridSink, type Place, TextGrid } from './text-grid.js'
import { resizeGrid } from './text-reflow.js'
import type { TextRow } from './text-row.js'
import { columnsOf } from './width.js'

/** A line that is still on the screen and may change. */
export interface ScreenLine {
  head: TextRow
  text: string
  /** Whether another line stands below it. */
  ended: boolean
}

const NEWLINE_CONTROLS: ReadonlySet<number> = new Set([0x0a, 0x0b, 0x0c, 0x84, 0x85])

/**
 * Turns a terminal's byte stream into the lines that a person would find in the scrollback of a terminal of that
 * size: whatever programs write over, erase or scroll is in its last state, rows that were only wrapped are
 * joined, and what a full-screen program shows is one line of note. Pure, fed in pieces of any size; the pieces
 * make no difference. What was erased with the whole screen stays as lines: somebody may not have read it yet.
 */
export class PlainText {
  readonly #parser: TerminalParser
  readonly #grid: TextGrid
  readonly #fullScreens: FullScreens | null
  readonly #sets = new CharacterSets()
  /** The character that a repeat sequence means; '' where there is none. */
  #last = ''
  #beginsLater = false
  /** The piece that is being taken. */
  #fed: Buffer = Buffer.alloc(0)
  /** Whether a program has the alternate screen; its note once it has printed something. */
  #alternate: { from: number; note: FullScreenNote | null } | null

  /** @param fullScreens what is known of programs that had the whole screen, which one may have already at `offset` */
  constructor(size: Size, offset: number, units: number, sink: GridSink, fullScreens?: FullScreens) {
    this.#fullScreens = fullScreens ?? null
    const around = fullScreens?.at(offset)
    this.#alternate = around ? { from: around.from, note: null } : null
    this.#parser = new TerminalParser(this.#parserSink(), offset)
    this.#parser.units = units
    this.#grid = new TextGrid(size, { offset, units }, sink)
  }

  feed(bytes: Uint8Array): void {
    this.#fed = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#parser.feed(bytes)
    this.#alternate?.note?.reached(this.#parser.offset)
  }

  /** Goes on at a later offset, as if nothing stood between. */
  skipTo(offset: number): void {
    this.#parser.skipTo(offset)
    // A line that has not begun begins behind it.
    this.#grid.beginAt(this.#place(offset))
  }

  resize(size: Size): void {
    resizeGrid(this.#grid, size)
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
    const { rows, last } = this.#grid
    for (let index = 0; index <= last; ) {
      const head = rows[index] as TextRow
      let text = head.text
      for (const note of head.above) yield { head: note, text: note.text, ended: true }
      for (index++; index <= last && rows[index]?.wrapped; index++) text += (rows[index] as TextRow).text
      if (head.used) yield { head, text, ended: index <= last }
    }
  }

  /** The cursor's line as it stands; and whether it began in rows that are final already. */
  get open(): { text: string; goesOn: boolean } {
    const { rows, row } = this.#grid
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
      control: (code, end) => {
        this.#last = ''
        if (!this.#alternate) this.#control(code, end)
        else if (code === 0x0e || code === 0x0f) this.#sets.shift(code === 0x0e ? 1 : 0)
      },
      csi: (final, prefix, params, intermediates, end) => {
        if (prefix === '?' && intermediates === '') this.#mode(final, params, end)
        else if (prefix === '' && intermediates === '') this.#csi(final, params, end)
        else if (prefix === '' && intermediates === '!' && final === 'p') this.#reset()
        this.#last = ''
      },
      escape: (final, intermediates, end) => {
        this.#last = ''
        if (intermediates !== '') this.#sets.designate(intermediates, final)
        else if (!this.#alternate) this.#escape(final, end)
      },
      boundary: (offset) => this.#begin(offset),
    }
  }

  #run(from: number, to: number, offset: number): void {
    if (this.#alternate) return this.#shownFullScreen()
    const text = this.#fed.toString('latin1', from, to)
    const unitsBefore = this.#parser.units - text.length
    if (this.#sets.graphics) {
      for (let i = 0; i < text.length; i++)
        this.#grid.put(graphicOf(text[i] as string), 1, { offset: offset + i, units: unitsBefore + i })
    } else {
      for (let i = 0; i < text.length; )
        i += this.#grid.write(i === 0 ? text : text.slice(i), { offset: offset + i, units: unitsBefore + i })
    }
    this.#last = text[text.length - 1] as string
  }

  #character(point: number, start: number): void {
    if (this.#alternate) return this.#shownFullScreen()
    const character = String.fromCodePoint(point)
    const place = { offset: start, units: this.#parser.units - character.length }
    this.#grid.put(character, columnsOf(point), place)
    this.#last = character
  }

  #shownFullScreen(): void {
    const alternate = this.#alternate
    if (!alternate || alternate.note) return
    const { from } = alternate
    const place = { offset: from, units: this.#parser.units }
    alternate.note = new FullScreenNote(place, this.#fullScreens?.at(from)?.name ?? null)
    this.#grid.noteAbove(alternate.note.row)
  }

  #control(code: number, end: number): void {
    const grid = this.#grid
    if (NEWLINE_CONTROLS.has(code)) this.#lineFeed(code === 0x85, end)
    else if (code === 0x0d) grid.column = 0
    else if (code === 0x08) grid.move(0, -1)
    else if (code === 0x09) grid.tab()
    else if (code === 0x0e || code === 0x0f) this.#sets.shift(code === 0x0e ? 1 : 0)
    else if (code === 0x88) grid.tabs.set(grid.column, grid.cols)
    else if (code === 0x8d) grid.reverse(this.#place(end))
  }

  #lineFeed(toFirstColumn: boolean, end: number): void {
    if (toFirstColumn) this.#grid.column = 0
    this.#grid.lineFeed(this.#place(end))
    this.#beginsLater = this.#parser.inSequence
  }

  /** A line that was begun by a line feed within a sequence begins behind that sequence. */
  #begin(offset: number): void {
    if (this.#beginsLater) this.#grid.beginAt(this.#place(offset))
    this.#beginsLater = false
  }

  #escape(final: string, end: number): void {
    const grid = this.#grid
    if (final === '7') this.#save()
    else if (final === '8') this.#restore()
    else if (final === 'D' || final === 'E') this.#lineFeed(final === 'E', end)
    else if (final === 'H') grid.tabs.set(grid.column, grid.cols)
    else if (final === 'M') grid.reverse(this.#place(end))
    else if (final === 'c') {
      grid.flush(this.#place(end))
      grid.goTo(0, 0)
      this.#reset()
      grid.tabs.reset()
    }
  }

  #csi(final: string, params: readonly number[], end: number): void {
    if (final === 'h' || final === 'l') {
      if (params.includes(4)) this.#grid.inserts = final === 'h'
    } else if (this.#alternate) return
    else if (final === 's') this.#save()
    else if (final === 'u') this.#restore()
    else if (final === 'b') this.#repeat(Math.max(params[0] ?? 0, 1), end)
    else EDITS[final]?.(this.#grid, params, Math.max(params[0] ?? 0, 1), this.#place(end))
  }

  #repeat(count: number, end: number): void {
    if (this.#last === '') return
    const width = columnsOf(this.#last.codePointAt(0) as number)
    for (let i = 0; i < Math.min(count, this.#grid.cols); i++)
      this.#grid.put(this.#last, width, this.#place(end))
  }

  #mode(final: string, modes: readonly number[], end: number): void {
    if (final !== 'h' && final !== 'l') return
    const on = final === 'h'
    for (const mode of modes) {
      if (mode === 7) this.#grid.wraps = on
      else if (mode === 6 && !this.#alternate) this.#grid.countFromTop(on)
      else if (mode === 1048 && !this.#alternate) on ? this.#save() : this.#restore()
      else if (mode === 1049 || mode === 1047 || mode === 47) this.#switch(on, mode === 1049, end)
    }
  }

  #switch(on: boolean, withCursor: boolean, end: number): void {
    if (on && !this.#alternate) {
      if (withCursor) this.#save()
      this.#alternate = { from: end, note: null }
    } else if (!on) {
      this.#alternate?.note?.reached(end)
      this.#alternate = null
      if (withCursor) this.#restore()
    }
  }

  #save(): void {
    this.#grid.save()
    this.#sets.save()
  }

  #restore(): void {
    this.#grid.restore()
    this.#sets.restore()
  }

  /** Modes and margins as they are at first. */
  #reset(): void {
    const grid = this.#grid
    grid.wraps = true
    grid.inserts = false
    grid.fromTop = false
    grid.top = 0
    grid.bottom = grid.height - 1
    this.#sets.reset()
  }
}
