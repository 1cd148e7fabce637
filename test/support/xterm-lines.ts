import { type IBufferCell, type IBufferLine, type IUnicodeVersionProvider, Terminal } from '@xterm/headless'
import { columnsOf } from '../../src/terminal/width.js'

/** Stands in the lines where a full-screen program was on the screen. */
export const FULL_SCREEN = '[full-screen]'

/**
 * The lines that xterm keeps of a stream, wrapped rows joined; with the differences that are meant:
 * - what the screen showed before it was cleared (ED 2, ED 0 behind a move to the first place, RIS) stays, as lines;
 * - ED 3 erases nothing;
 * - each stay on the alternate screen in which something was printed is one line, above the cursor's row;
 * - a blank row counts only where a line feed came to it, not where the cursor jumped over it or to it;
 * - blanks up to the margin go when the row that they led to is erased by ED: so a shell finds out where it is;
 * - EL does not part a row from the one above, since zsh writes long commands so, but parts the one below from it;
 * - blank rows at the end are left out, when the screen is cleared also those of spaces.
 */
export async function xtermLines(stream: Buffer, cols: number, rows: number): Promise<string[]> {
  const oracle = new Oracle(cols, rows)
  await oracle.write(stream)
  return oracle.lines()
}

/** One of xterm's rows, which it moves as objects when it scrolls, so that they tell rows apart. */
interface Row {
  isWrapped: boolean
  replaceCells(from: number, to: number, cell: IBufferCell): void
}

interface InputHandler {
  print(...args: unknown[]): unknown
  lineFeed(...args: unknown[]): unknown
  index(...args: unknown[]): unknown
  eraseInLine(params: { params: ArrayLike<number> }, protect?: boolean): unknown
}

class Oracle {
  readonly #terminal: Terminal
  readonly #lines: string[] = []
  /** Row of the buffer, from its top, from which on nothing was kept yet. */
  #from = 0
  /** Rows that output came to. */
  readonly #used = new WeakSet<Row>()
  readonly #notes = new WeakMap<Row, number>()
  /** The cursor was sent to the first place, and nothing was printed since. */
  #homed = false
  #noted = false

  constructor(cols: number, rows: number) {
    this.#terminal = new Terminal({ cols, rows, scrollback: 100_000, allowProposedApi: true })
    this.#terminal.unicode.register(WIDTHS)
    this.#terminal.unicode.activeVersion = WIDTHS.version
    this.#watchSequences()
    this.#watchText()
    this.#use()
  }

  write(stream: Buffer): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(stream, resolve))
  }

  lines(): string[] {
    this.#keep()
    return withoutBlankEnd(this.#lines)
  }

  get #buffer() {
    return this.#terminal.buffer.normal
  }

  get #onMain(): boolean {
    return this.#terminal.buffer.active.type === 'normal'
  }

  /** Handlers run before xterm acts; false lets it go on. */
  #watchSequences(): void {
    const { parser } = this.#terminal
    const goTo = () => {
      this.#homed = true
      return false
    }
    for (const final of ['H', 'f', 'd', 'r']) parser.registerCsiHandler({ final }, goTo)
    parser.registerCsiHandler({ final: 'J' }, ([part]) => this.#erase(Number(part)))
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, () => {
      if (this.#onMain) this.#noted = false
      return false
    })
    parser.registerEscHandler({ final: 'c' }, () => this.#cleared(true))
  }

  /** xterm tells nobody of text and of line feeds as they happen. */
  #watchText(): void {
    const input = (this.#terminal as unknown as { _core: { _inputHandler: InputHandler } })._core
      ._inputHandler
    const { print, lineFeed, index, eraseInLine } = input
    input.eraseInLine = (params, protect) =>
      this.#eraseRow(params.params[0] ?? 0, () => eraseInLine.call(input, params, protect))
    input.print = (...args) => {
      this.#homed = false
      if (!this.#onMain) this.#note()
      return print.apply(input, args)
    }
    const counting =
      (move: InputHandler['index']) =>
      (...args: unknown[]) => {
        const done = move.apply(input, args)
        this.#use()
        return done
      }
    input.lineFeed = counting(lineFeed)
    input.index = counting(index)
  }

  #use(): void {
    this.#homed = false
    const row = this.#screenRow(this.#buffer.cursorY)
    if (this.#onMain && row) this.#used.add(row)
  }

  #note(): void {
    const row = this.#screenRow(this.#buffer.cursorY)
    if (!this.#noted && row) this.#notes.set(row, (this.#notes.get(row) ?? 0) + 1)
    this.#noted = true
  }

  #screenRow(y: number): Row | undefined {
    return rowOf(this.#buffer.getLine(this.#buffer.baseY + y))
  }

  #erase(part: number): boolean {
    if (part === 3) return true
    if (!this.#onMain) return false
    const { cursorX, cursorY } = this.#buffer
    const home = this.#homed && cursorX === 0 && cursorY === 0
    if (part === 2 || (part === 0 && home)) return this.#cleared(false)
    if (part === 0) this.#leaveBlanks()
    if (part === 0) this.#forget(cursorY + 1, this.#terminal.rows)
    else if (part === 1) this.#forget(0, cursorY)
    return false
  }

  /** Erases in a row as xterm does, but for how rows go on in each other. */
  #eraseRow(part: number, erase: () => unknown): unknown {
    const { cursorX, cursorY } = this.#terminal.buffer.active
    const [row, below] = [this.#screenRow(cursorY), this.#screenRow(cursorY + 1)]
    const wrapped = row?.isWrapped ?? false
    const done = erase()
    if (!this.#onMain || !row || part === 1) return done
    row.isWrapped = wrapped
    if (below && (part === 2 || cursorX < this.#terminal.cols)) below.isWrapped = false
    return done
  }

  /** Where a row that goes on from the one above is erased from its beginning, blanks above led only there. */
  #leaveBlanks(): void {
    const { cursorX, cursorY } = this.#buffer
    const above = this.#screenRow(cursorY - 1)
    if (cursorX > 0 || !above || !this.#screenRow(cursorY)?.isWrapped) return
    const line = this.#buffer.getLine(this.#buffer.baseY + cursorY - 1) as IBufferLine
    const { length } = line.translateToString(false).trimEnd()
    const column = [...Array(line.length).keys()].findLastIndex(
      (x) => (line.getCell(x)?.getChars() ?? '').trim() !== '',
    )
    if (length < line.length) above.replaceCells(column + 1, line.length, this.#buffer.getNullCell())
  }

  /** Rows that were erased are as if nothing had been there. */
  #forget(from: number, to: number): void {
    for (let y = from; y < to; y++) {
      const row = this.#screenRow(y)
      if (row) this.#used.delete(row)
    }
  }

  #cleared(reset: boolean): boolean {
    if (!this.#onMain) return false
    const before = this.#lines.length
    this.#keep()
    while (/^ *$/.test(this.#lines.at(-1) ?? 'x') && this.#lines.length > before) this.#lines.pop()
    this.#from = reset ? 0 : this.#buffer.baseY
    this.#forget(0, this.#terminal.rows)
    return false
  }

  /** Takes over all rows that were not taken yet. */
  #keep(): void {
    const kept: string[] = []
    let line: { text: string; used: boolean } | null = null
    const endLine = () => {
      if (line && (line.text !== '' || line.used)) kept.push(line.text)
    }
    for (let index = this.#from; index < this.#buffer.length; index++) {
      const view = this.#buffer.getLine(index) as IBufferLine
      const row = rowOf(view) as Row
      const notes = this.#notes.get(row) ?? 0
      if (!line || !view.isWrapped || notes > 0) {
        endLine()
        line = { text: '', used: false }
      }
      this.#notes.delete(row)
      kept.push(...Array<string>(notes).fill(FULL_SCREEN))
      line.text += view.translateToString(true)
      line.used ||= this.#used.has(row)
    }
    endLine()
    this.#lines.push(...kept)
  }
}

const rowOf = (line: IBufferLine | undefined): Row | undefined =>
  (line as unknown as { _line: Row } | undefined)?._line

export const withoutBlankEnd = (lines: readonly string[]): string[] =>
  lines.slice(0, lines.findLastIndex((line) => line !== '') + 1)

/** xterm with the widths that are used here. Its numbers hold a width and whether a character joins the last. */
const WIDTHS: IUnicodeVersionProvider = {
  version: 'columnsOf',
  wcwidth: (point) => columnsOf(point),
  charProperties: (point, preceding) => {
    const width = columnsOf(point)
    const before = (preceding >> 1) & 3
    const joins = width === 0 && preceding !== 0 && before > 0
    return ((joins ? before : width) << 1) | (joins ? 1 : 0)
  },
}
