/** Marks piled on one character beyond this many UTF-16 units are dropped. */
const MAX_CELL_UNITS = 32

/** So many blanks at the end of a row that reach its margin only pad it: nobody reads them, and they cost a model. */
const PADDING = ' '.repeat(10)

/** The text of a line without what only pads its last row. */
export const withoutPadding = (text: string, last: TextRow, cols: number): string =>
  last.width >= cols - 1 && text.endsWith(PADDING) ? text.replace(/ +$/, '') : text

/** A column that nothing was written to, or that was erased: a blank, but none at the end of a line. */
const EMPTY = '\0'

/** One row of a terminal as text: what stands in its columns, and where in the stream it began. */
export class TextRow {
  /** Absolute byte offset, and text units before it. */
  offset: number
  units: number
  /** The column at which the output came to it. */
  indent = 0
  /** Whether it goes on with the line of the row above, which was full. */
  wrapped = false
  /** Whether the output came here; a row that the cursor only jumped over is no line. */
  used = false
  /** Notes of what stands between the row above and this one. */
  above: TextRow[] = []
  /** What a reader was given of the line that begins here; null for nothing. */
  given: string | null = null
  /** One UTF-16 unit a column, as long as `#cells` is null. */
  #text = ''
  #hasEmpty = false
  /** One entry a column; '' is the second half of a wide character. */
  #cells: string[] | null = null

  constructor(offset: number, units: number) {
    this.offset = offset
    this.units = units
  }

  get text(): string {
    const text = this.#cells ? this.#cells.join('') : this.#text
    return this.#hasEmpty ? text.replace(/\0+$/, '').replaceAll(EMPTY, ' ') : text
  }

  /** It goes on with no line any more. */
  part(): void {
    // What was given of it was given as the rest of a line.
    if (this.wrapped && this.given === '') this.given = null
    this.wrapped = false
  }

  /** What stands before a column, be it one column wide or two. */
  before(column: number): { text: string; width: 1 | 2 } {
    const at = this.#cells?.[column - 1] === '' ? column - 2 : column - 1
    const text = (this.#cells ? this.#cells[at] : this.#text[at]) ?? EMPTY
    return { text: text === EMPTY ? ' ' : text, width: at === column - 2 ? 2 : 1 }
  }

  /** Replaces what stands here by text that is only to be read. */
  set(text: string): void {
    this.#cells = null
    this.#text = text
  }

  /** Columns up to the last one that was written. */
  get width(): number {
    return this.#cells ? this.#cells.length : this.#text.length
  }

  get blank(): boolean {
    return this.#cells
      ? this.#cells.every((cell) => cell === ' ' || cell === EMPTY)
      : /^[ \0]*$/.test(this.#text)
  }

  /** Writes text of one column a unit over what stands at a column. */
  write(column: number, text: string): void {
    if (this.#cells) return this.#writeCells(column, text)
    const { length } = this.#text
    if (column === length) this.#text += text
    else if (column > length) this.#text = this.#padded(column) + text
    else this.#text = this.#text.slice(0, column) + text + this.#text.slice(column + text.length)
  }

  #padded(column: number): string {
    this.#hasEmpty = true
    return this.#text.padEnd(column, EMPTY)
  }

  #writeCells(column: number, text: string): void {
    for (let i = 0; i < text.length; i++) this.put(column + i, text[i] as string, 1)
  }

  /** Writes a character of one or two columns. */
  put(column: number, character: string, width: 1 | 2): void {
    if (!this.#cells && width === 1 && character.length === 1) return this.write(column, character)
    const cells = this.#asCells()
    if (cells.length < column) this.#hasEmpty = true
    while (cells.length < column) cells.push(EMPTY)
    this.#split(column)
    this.#split(column + width)
    cells[column] = character
    if (width === 2) cells[column + 1] = ''
  }

  /** Adds a mark to the character that ends before a column. */
  combine(column: number, mark: string): void {
    const cells = this.#asCells()
    let at = column - 1
    while (at > 0 && cells[at] === '') at--
    const cell = cells[at]
    if (cell !== undefined && cell.length < MAX_CELL_UNITS) cells[at] = cell + mark
  }

  #asCells(): string[] {
    this.#cells ??= [...this.#text]
    return this.#cells
  }

  /** Of a wide character that is cut at this column nothing is left. */
  #split(column: number): void {
    const cells = this.#cells as string[]
    if (cells[column] !== '') return
    cells[column - 1] = EMPTY
    cells[column] = EMPTY
    this.#hasEmpty = true
  }

  /** Erases from a column on. */
  cut(column: number): void {
    if (!this.#cells) this.#text = this.#text.slice(0, column)
    else if (column < this.#cells.length) {
      this.#split(column)
      this.#cells.length = column
    }
  }

  /** Erases from one column up to another; what follows stays where it is. */
  erase(from: number, to: number): void {
    if (to >= this.width) return this.cut(from)
    this.#hasEmpty = true
    this.write(from, EMPTY.repeat(to - from))
  }

  /** Takes columns out; what follows moves up. */
  remove(column: number, count: number): void {
    const cells = this.#asCells()
    this.#split(column)
    this.#split(column + count)
    cells.splice(column, count)
  }

  /** Puts blanks in; what is moved beyond `cols` is lost. */
  insert(column: number, count: number, cols: number): void {
    if (column >= this.width) return
    const cells = this.#asCells()
    this.#split(column)
    this.#hasEmpty = true
    cells.splice(column, 0, ...new Array<string>(Math.min(count, cols)).fill(EMPTY))
    this.cut(cols)
  }

  /** Blanks at the end that only led to the margin. */
  trimEnd(): void {
    if (this.#cells) while (/^[ \0]$/.test(this.#cells.at(-1) ?? '')) this.#cells.pop()
    else this.#text = this.#text.replace(/[ \0]+$/, '')
  }
}
