import type { Size } from './sizes.js'
import { TabStops } from './tab-stops.js'
import { TextRow, withoutPadding } from './text-row.js'
import { scrollDown, scrollUp } from './text-scroll.js'

/** Where in a stream something began: an absolute offset, and the text units before it. */
export interface Place {
  offset: number
  units: number
}

/** Who is told what becomes of a grid's rows. */
export interface GridSink {
  /** A row can change no more; `next` goes on with its line. */
  final(row: TextRow, next: TextRow | null): void
  /** The cursor is about to leave its line for another. */
  left?(): void
}

/** Notes kept at one row: a stream may be nothing but switches of the screen. */
const MAX_NOTES = 20

interface Saved {
  row: number
  column: number
}

/**
 * The rows of a terminal's screen, as text only, with the cursor among them. Rows that scroll off the top are
 * handed out. Moves and erasures act as in xterm; the rows below the last one that was used do not exist yet.
 */
export class TextGrid {
  rows: TextRow[] = []
  row = 0
  /** Equal to `cols` where the row is full and the next character will wrap. */
  column = 0
  cols: number
  height: number
  /** First and last row of the part that scrolls. */
  top = 0
  bottom: number
  /** Modes: whether a full row wraps, characters push others on, rows are counted from the scrolling part's first. */
  wraps = true
  inserts = false
  fromTop = false
  readonly tabs = new TabStops()
  /** Whether a program sent the cursor home, and printed nothing since. */
  homed = false
  readonly #sink: GridSink
  #saved: Saved = { row: 0, column: 0 }

  constructor({ cols, rows }: Size, place: Place, sink: GridSink) {
    this.cols = cols
    this.height = rows
    this.bottom = rows - 1
    this.#sink = sink
    this.#use(0, place)
  }

  /** The cursor's row. Rows down to it come into being. */
  get current(): TextRow {
    return this.at(this.row)
  }

  /** A row of the screen, which comes into being with all above it. */
  at(index: number): TextRow {
    return this.rows[index] ?? this.#made(index)
  }

  #made(index: number): TextRow {
    const { offset, units } = this.rows.at(-1) ?? { offset: 0, units: 0 }
    while (this.rows.length <= index) this.rows.push(new TextRow(offset, units))
    return this.rows[index] as TextRow
  }

  /** The row as one that output came to. */
  #use(index: number, { offset, units }: Place): TextRow {
    this.homed = false
    const row = this.at(index)
    if (!row.used) {
      row.used = true
      row.indent = Math.min(this.column, this.cols - 1)
      row.offset = offset
      row.units = units
    }
    return row
  }

  /** Index of the last row that is a line's. Blank rows below the cursor are room that a program made for itself. */
  get last(): number {
    const isLine = (row: TextRow, index: number): boolean =>
      row.above.length > 0 || (row.used && (index <= this.row || !row.blank))
    return this.rows.findLastIndex(isLine)
  }

  /** Writes text of one column a unit, as much of it as the row takes. @returns how much */
  write(text: string, place: Place): number {
    if (this.column >= this.cols) this.#wrap(place)
    const part = text.length > this.cols - this.column ? text.slice(0, this.cols - this.column) : text
    const row = this.#use(this.row, place)
    if (this.inserts) row.insert(this.column, part.length, this.cols)
    row.write(this.column, part)
    this.column += part.length
    return part.length
  }

  put(character: string, width: 0 | 1 | 2, place: Place): void {
    if (width === 0) return this.rows[this.row]?.combine(this.column, character)
    if (this.column + width > this.cols) {
      if (width === 2 && !this.wraps) return
      this.#wrap(place, width)
    }
    const row = this.#use(this.row, place)
    if (this.inserts) row.insert(this.column, width, this.cols)
    row.put(this.column, character, width)
    this.column += width
  }

  #wrap(place: Place, width = 1): void {
    if (!this.wraps) {
      this.column = this.cols - width
      return
    }
    // Nothing is left of what a wide character does not fit in.
    this.current.cut(this.column)
    this.#down(place)
    // The line has begun in the row above, whatever became of that.
    if (this.row > 0) this.#use(this.row - 1, place)
    this.column = 0
    this.current.indent = 0
    this.current.wrapped = true
  }

  /** A line feed; the cursor keeps its column. */
  lineFeed(place: Place): void {
    this.#sink.left?.()
    const moved = this.#down(place)
    this.column = Math.min(this.column, this.cols - 1)
    if (moved) this.current.part()
  }

  /** @returns whether the cursor is on another row; below the scrolling part there may be none */
  #down(place: Place): boolean {
    const moves = this.row === this.bottom || this.row < this.height - 1
    if (this.row === this.bottom) scrollUp(this, 1, place)
    else if (moves) this.row++
    this.#use(this.row, place)
    return moves
  }

  /** The first row goes where no cursor can reach it. */
  scrollOff(): void {
    const row = this.rows.shift() as TextRow
    this.#saved.row = Math.max(0, this.#saved.row - 1)
    this.#gone(row, this.rows[0]?.wrapped ? this.rows[0] : null)
  }

  #gone(row: TextRow, next: TextRow | null): void {
    for (const note of row.above) this.#sink.final(note, null)
    if (!next && row.width >= this.cols - 1) row.set(withoutPadding(row.text, row, this.cols))
    if (row.used) this.#sink.final(row, next)
  }

  /** Rows go without becoming lines; notes among them stay. */
  drop(from: number, count = Number.POSITIVE_INFINITY): void {
    const notes = this.rows.splice(from, count).flatMap(({ above }) => above)
    if (notes.length > 0) this.current.above.unshift(...notes)
  }

  /** Reverse index: up, and at the first row of the scrolling part an empty row comes in. */
  reverse(place: Place): void {
    this.#sink.left?.()
    if (this.row === this.top) scrollDown(this, 1, place)
    else if (this.row > 0) this.row--
    this.column = Math.min(this.column, this.cols - 1)
  }

  /** A note stands between the row above and the cursor's. Of more than a few there the first can change no more. */
  noteAbove(note: TextRow): void {
    const { above } = this.current
    if (above.length === MAX_NOTES) this.#sink.final(above.shift() as TextRow, null)
    above.push(note)
    this.current.part()
  }

  /** Moves by rows and columns; up and down no farther than the scrolling part if the cursor is in it. */
  move(rows: number, columns: number): void {
    const first = this.row >= this.top ? this.top : 0
    const last = this.row <= this.bottom ? this.bottom : this.height - 1
    this.#to(Math.max(first, Math.min(this.row + rows, last)), Math.min(this.column, this.cols - 1) + columns)
  }

  /** Goes to a row and a column, counted from 0. */
  goTo(row: number, column: number): void {
    const first = this.fromTop ? this.top : 0
    const last = this.fromTop ? this.bottom : this.height - 1
    this.#to(Math.max(first, Math.min(row + first, last)), column)
  }

  goToColumn(column: number): void {
    this.#to(this.row, column)
  }

  tab(): void {
    if (this.column < this.cols) this.column = this.tabs.next(this.column, this.cols)
  }

  /** The part that scrolls; the cursor goes to the first place. Where it has not two rows nothing happens. */
  setMargins(top: number, bottom: number): void {
    if (top >= Math.min(bottom, this.height - 1)) return
    this.top = top
    this.bottom = Math.min(bottom, this.height - 1)
    this.goTo(0, 0)
  }

  countFromTop(on: boolean): void {
    this.fromTop = on
    this.goTo(0, 0)
  }

  #to(row: number, column: number): void {
    if (row !== this.row) this.#sink.left?.()
    this.row = row
    this.column = Math.max(0, Math.min(column, this.cols - 1))
  }

  /** All lines on the screen can change no more, and the screen is empty. */
  flush(place: Place): void {
    const { rows } = this
    this.rows = []
    const end = rows.findLastIndex((row) => row.above.length > 0 || (row.used && !row.blank)) + 1
    for (let index = 0; index < end; index++) {
      const next = index + 1 < end && rows[index + 1]?.wrapped ? (rows[index + 1] as TextRow) : null
      this.#gone(rows[index] as TextRow, next)
    }
    this.at(0)
    this.beginAt(place)
  }

  /** Says where a row begins to which nothing has been written yet. */
  beginAt({ offset, units }: Place): void {
    const row = this.current
    if (row.width > 0) return
    row.offset = offset
    row.units = units
  }

  save(): void {
    this.#saved = { row: this.row, column: this.column }
  }

  restore(): void {
    const { row, column } = this.#saved
    if (row !== this.row) this.#sink.left?.()
    this.row = Math.min(row, this.height - 1)
    this.column = Math.min(column, this.cols)
  }
}
