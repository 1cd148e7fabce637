import { ASCII, LineEditor, type Row, textOf } from './line-editor.js'
import { EDITS, MAX_COUNT } from './line-edits.js'
import { type ParserSink, TerminalParser } from './parser.js'
import { columnsOf } from './width.js'

/** Text that cannot change any more. */
export interface Piece {
  text: string
  /** Whether a line ends here; false for the first rows of a line that is longer than a screen. */
  ends: boolean
  /** Where the piece began: absolute byte offset, and text units before it. */
  offset: number
  units: number
}

/** Rows of one line that stay changeable: a terminal's cursor cannot reach above its screen. */
const MAX_ROWS = 60

/**
 * Turns a terminal's byte stream into the lines that a person would find in the scrollback: carriage returns,
 * backspaces, tabs, erasures and cursor moves within a line are applied, all other sequences dropped, and rows
 * that were only wrapped are joined. Pure, fed in pieces of any size; the pieces make no difference.
 */
export class PlainText {
  readonly #parser: TerminalParser
  readonly #line: LineEditor
  readonly #onPiece: (piece: Piece) => void
  #last = ' '
  #beginsLater = false

  constructor(cols: number, offset: number, units: number, onPiece: (piece: Piece) => void) {
    this.#parser = new TerminalParser(this.#sink(), offset)
    this.#parser.units = units
    this.#line = new LineEditor(cols, offset, units)
    this.#onPiece = onPiece
  }

  feed(bytes: Uint8Array): void {
    this.#parser.feed(bytes)
  }

  /** Goes on at a later offset, as if nothing stood between. */
  skipTo(offset: number): void {
    this.#parser.skipTo(offset)
    // A line that has not begun begins behind it.
    this.#line.beginAt(offset, this.#parser.units)
  }

  /** Absolute offset up to which the stream has been taken, and the text units until there. */
  get offset(): number {
    return this.#parser.offset
  }

  get units(): number {
    return this.#parser.units
  }

  /** The line that is not ended yet, as it stands, and where it began. */
  get open(): Piece {
    const { offset, units } = this.#line.rows[0] as Row
    return { text: this.#line.text, ends: false, offset, units }
  }

  resize(cols: number): void {
    this.#line.cols = cols
  }

  #sink(): ParserSink {
    return {
      run: (bytes, from, to, offset) => this.#run(bytes, from, to, offset),
      character: (point, start) => this.#character(point, start),
      control: (code, end) => this.#control(code, end),
      csi: (final, prefix, params, intermediates, end) => {
        if (prefix === '' && intermediates === '') this.#csi(final, params, end)
      },
      escape: (final, intermediates, end) => {
        if (intermediates === '') this.#escape(final, end)
      },
      boundary: (offset) => this.#begin(offset),
    }
  }

  #run(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const unitsBefore = this.#parser.units - (to - from)
    for (let i = from; i < to; ) {
      const fits = this.#line.append(bytes, i, to)
      i += fits
      if (fits > 0) this.#last = ASCII[bytes[i - 1] as number] as string
      else {
        this.#put(ASCII[bytes[i] as number] as string, 1, offset + i - from, unitsBefore + i - from)
        i++
      }
    }
  }

  #character(point: number, start: number): void {
    const character = String.fromCodePoint(point)
    this.#put(character, columnsOf(point), start, this.#parser.units - character.length)
  }

  #put(character: string, width: number, offset: number, units: number): void {
    this.#last = character
    this.#line.put(character, width, offset, units)
    if (this.#line.rows.length > MAX_ROWS) this.#shiftRow()
  }

  #shiftRow(): void {
    const { cells, offset, units } = this.#line.shiftRow()
    this.#onPiece({ text: textOf(cells), ends: false, offset, units })
  }

  #control(code: number, end: number): void {
    const line = this.#line
    if (code === 0x0d) line.column = 0
    else if (code >= 0x0a && code <= 0x0c) this.#lineFeed(end)
    else if (code === 0x08) line.moveColumns(-1)
    else if (code === 0x09) line.tab()
    else if (code === 0x85) this.#nextLine(end)
  }

  #lineFeed(end: number): void {
    if (this.#line.blankBelow) this.#endLine(end)
    else this.#line.moveRows(1)
  }

  #nextLine(end: number): void {
    this.#line.column = 0
    this.#lineFeed(end)
  }

  #endLine(end: number): void {
    this.#onPiece({ ...this.open, ends: true })
    this.#line.restart(end, this.#parser.units)
    this.#beginsLater = this.#parser.inSequence
  }

  /** A line that was begun by a line feed within a sequence begins behind that sequence. */
  #begin(offset: number): void {
    if (this.#beginsLater) this.#line.beginAt(offset, this.#parser.units)
    this.#beginsLater = false
  }

  /** The cursor goes to another line: what was here is left as it stands. */
  #leaveLine(end: number): void {
    if (this.#line.text !== '') this.#endLine(end)
  }

  #escape(final: string, end: number): void {
    if (final === '7') this.#line.save()
    else if (final === '8') this.#line.restore()
    else if (final === 'D') this.#lineFeed(end)
    else if (final === 'E') this.#nextLine(end)
    else if (final === 'M') this.#line.moveRows(-1)
    else if (final === 'c') this.#leaveLine(end)
  }

  #csi(final: string, params: readonly number[], end: number): void {
    const first = params[0] ?? 0
    const edit = EDITS[final]
    if (edit) edit(this.#line, first, Math.min(Math.max(first, 1), MAX_COUNT))
    else if (final === 'E') this.#nextLine(end)
    else if (final === 'b') this.#repeat(Math.max(first, 1), end)
    else if (final === 'J') this.#erase(first, end)
    else if (final === 'H' || final === 'f' || final === 'd') {
      this.#leaveLine(end)
      if (final !== 'd') this.#line.toColumn((params[1] ?? 1) - 1)
    }
  }

  #erase(part: number, end: number): void {
    if (part === 0) this.#line.eraseBelow()
    else this.#leaveLine(end)
  }

  #repeat(count: number, end: number): void {
    const width = columnsOf(this.#last.codePointAt(0) as number)
    for (let i = 0; i < Math.min(count, this.#line.cols); i++)
      this.#put(this.#last, width, end, this.#parser.units)
  }
}
