/** Every ASCII character as a string, made once. */
export const ASCII: readonly string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))

/** A row of a line: what stands in its columns, and where in the stream the row began. */
export interface Row {
  /** One entry a column; '' is the second half of a wide character. */
  cells: string[]
  offset: number
  units: number
}

/** Marks piled on one character beyond this many UTF-16 units are dropped. */
const MAX_CELL_UNITS = 32

/**
 * The line that a terminal is at: its rows, as wrapped at the terminal's width, and the cursor within them.
 * Cursor moves and erasures act inside the line, as a shell's line editor and a progress bar use them.
 */
export class LineEditor {
  rows: Row[]
  row = 0
  column = 0
  cols: number
  #savedColumn = 0

  constructor(cols: number, offset: number, units: number) {
    this.cols = cols
    this.rows = [{ cells: [], offset, units }]
  }

  /** The line's text. */
  get text(): string {
    return this.rows.length === 1 ? textOf(this.#cells) : this.rows.map(({ cells }) => textOf(cells)).join('')
  }

  /** Whether nothing stands below the cursor's row; rows of blanks are dropped: line editors leave one behind. */
  get blankBelow(): boolean {
    const blank = this.rows.slice(this.row + 1).every(({ cells }) => cells.every((cell) => cell === ' '))
    if (blank) this.rows.length = this.row + 1
    return blank
  }

  get #cells(): string[] {
    return (this.rows[this.row] as Row).cells
  }

  /** Begins an empty line; the cursor keeps its column, as a bare line feed does. */
  restart(offset: number, units: number): void {
    this.rows = [{ cells: [], offset, units }]
    this.row = 0
  }

  /** Puts as much of a run of ASCII behind the row's text as the row has room for. @returns how much; 0 if the cursor is not there */
  append(bytes: Uint8Array, from: number, to: number): number {
    const cells = this.#cells
    if (this.column !== cells.length) return 0
    const count = Math.min(to - from, this.cols - this.column)
    for (let i = from; i < from + count; i++) cells.push(ASCII[bytes[i] as number] as string)
    this.column += count
    return count
  }

  /** Puts a character at the cursor; `offset` and `units` say where in the stream it begins. */
  put(character: string, width: number, offset: number, units: number): void {
    if (width === 0) return this.#combine(character)
    if (this.column + width > this.cols) this.#wrap(offset, units)
    const cells = this.#cells
    while (cells.length < this.column) cells.push(' ')
    this.#split(this.column)
    this.#split(this.column + width)
    cells[this.column++] = character
    if (width === 2) cells[this.column++] = ''
  }

  /** A wide character that is cut at this column leaves blanks. */
  #split(column: number): void {
    if (this.#cells[column] !== '') return
    this.#cells[column - 1] = ' '
    this.#cells[column] = ' '
  }

  /** Says where an empty line begins, as long as nothing stands on it. */
  beginAt(offset: number, units: number): void {
    const first = this.rows[0] as Row
    if (this.rows.length > 1 || first.cells.length > 0) return
    first.offset = offset
    first.units = units
  }

  #wrap(offset: number, units: number): void {
    this.row++
    this.column = 0
    if (this.row === this.rows.length) this.rows.push({ cells: [], offset, units })
  }

  #combine(mark: string): void {
    let at = this.column - 1
    while (at > 0 && this.#cells[at] === '') at--
    const cell = this.#cells[at]
    if (cell !== undefined && cell.length < MAX_CELL_UNITS) this.#cells[at] = cell + mark
  }

  toColumn(column: number): void {
    this.column = Math.max(0, Math.min(column, this.cols - 1))
  }

  /** Moves left or right; behind the last column, where a wrap is due, the cursor still stands in it. */
  moveColumns(count: number): void {
    this.toColumn(Math.min(this.column, this.cols - 1) + count)
  }

  tab(): void {
    this.toColumn((Math.floor(this.column / 8) + 1) * 8)
  }

  /** Moves up or down within the rows of this line. */
  moveRows(count: number): void {
    this.row = Math.max(0, Math.min(this.row + count, this.rows.length - 1))
  }

  save(): void {
    this.#savedColumn = this.column
  }

  restore(): void {
    this.toColumn(this.#savedColumn)
  }

  /** Erases in the row: 0 from the cursor on, 1 up to and with it, 2 all of it. */
  eraseInRow(part: number): void {
    if (part === 0) this.#cells.length = Math.min(this.#cells.length, this.column)
    else if (part === 1) this.#cells.fill(' ', 0, this.column + 1)
    else if (part === 2) this.#cells.length = 0
  }

  /** Erases from the cursor to the end of the line's rows. */
  eraseBelow(): void {
    this.eraseInRow(0)
    this.rows.length = this.row + 1
  }

  eraseCharacters(count: number): void {
    this.#cells.fill(' ', this.column, Math.min(this.column + count, this.#cells.length))
  }

  deleteCharacters(count: number): void {
    this.#cells.splice(this.column, count)
  }

  insertBlanks(count: number): void {
    if (this.column >= this.#cells.length) return
    this.#cells.splice(this.column, 0, ...new Array<string>(Math.min(count, this.cols)).fill(' '))
    this.#cells.length = Math.min(this.#cells.length, this.cols)
  }

  /** Takes the first row out of the line, once the line is longer than what a cursor can come back to. */
  shiftRow(): Row {
    this.row = Math.max(0, this.row - 1)
    return this.rows.shift() as Row
  }
}

export const textOf = (cells: readonly string[]): string => cells.join('')
