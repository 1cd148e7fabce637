import { type IBufferLine, type IUnicodeVersionProvider, Terminal } from '@xterm/headless'
import { columnsOf } from '../../src/terminal/width.js'

/** Stands in the lines where a full-screen program was on the screen. */
export const FULL_SCREEN = '[full-screen]'

/**
 * The lines that xterm keeps of a stream, wrapped rows joined; with the differences that are meant:
 * - what the screen showed before it was cleared (ED 2, ED 0 at home, RIS) stays, as lines;
 * - ED 3 erases nothing;
 * - each stay on the alternate screen is one line, before the line on which it began;
 * - a blank row counts only where a line feed ended it, not where the cursor jumped over it;
 * - blank rows at the end are left out.
 */
export async function xtermLines(stream: Buffer, cols: number, rows: number): Promise<string[]> {
  const oracle = new Oracle(cols, rows)
  await oracle.write(stream)
  return oracle.lines()
}

class Oracle {
  readonly #terminal: Terminal
  readonly #lines: string[] = []
  /** Row of the buffer, from its top, from which on nothing was kept yet. */
  #from = 0
  /** Rows that a line feed ended. xterm moves its rows as objects when it scrolls, so they tell rows apart. */
  #ended = new WeakSet<object>()
  readonly #notes = new WeakMap<object, number>()

  constructor(cols: number, rows: number) {
    this.#terminal = new Terminal({ cols, rows, scrollback: 100_000, allowProposedApi: true })
    this.#terminal.unicode.register(WIDTHS)
    this.#terminal.unicode.activeVersion = WIDTHS.version
    this.#watch()
  }

  write(stream: Buffer): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(stream, resolve))
  }

  lines(): string[] {
    this.#keep()
    const last = this.#lines.findLastIndex((line) => line !== '')
    return this.#lines.slice(0, last + 1)
  }

  get #buffer() {
    return this.#terminal.buffer.normal
  }

  get #onMain(): boolean {
    return this.#terminal.buffer.active.type === 'normal'
  }

  /** Handlers run before xterm acts; false lets it go on. */
  #watch(): void {
    const { parser } = this.#terminal
    const lineFeed = () => {
      this.#endRow(0)
      return false
    }
    // xterm tells of a line feed once it was done: the row that was left is above.
    this.#terminal.onLineFeed(() => this.#endRow(-1))
    parser.registerEscHandler({ final: 'D' }, lineFeed)
    parser.registerEscHandler({ final: 'E' }, lineFeed)
    parser.registerEscHandler({ final: 'c' }, () => this.#cleared(true))
    parser.registerCsiHandler({ final: 'J' }, ([part]) => this.#erase(Number(part)))
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => this.#modes(params))
  }

  #endRow(above: number): void {
    const row = this.#row(this.#buffer.baseY + this.#buffer.cursorY + above)
    if (this.#onMain && row) this.#ended.add(row)
  }

  #row(index: number): object | undefined {
    const line = this.#buffer.getLine(index)
    return line && (line as unknown as { _line: object })._line
  }

  #erase(part: number): boolean {
    if (part === 3) return true
    if (!this.#onMain) return false
    const { cursorX, cursorY } = this.#buffer
    if (part === 2 || (part === 0 && cursorX === 0 && cursorY === 0)) return this.#cleared(false)
    if (part === 0) this.#forgetEnds(cursorY + (cursorX === 0 ? 0 : 1))
    return false
  }

  /** Rows that were erased are as if nothing had been there. */
  #forgetEnds(fromRow: number): void {
    for (let y = fromRow; y < this.#terminal.rows; y++) {
      const row = this.#row(this.#buffer.baseY + y)
      if (row) this.#ended.delete(row)
    }
  }

  #cleared(reset: boolean): boolean {
    this.#keep()
    this.#from = reset ? 0 : this.#buffer.baseY
    this.#forgetEnds(0)
    return false
  }

  #modes(params: readonly (number | number[])[]): boolean {
    const entered = params.some((mode) => mode === 47 || mode === 1047 || mode === 1049)
    const row = this.#row(this.#buffer.baseY + this.#buffer.cursorY)
    if (entered && this.#onMain && row) this.#notes.set(row, (this.#notes.get(row) ?? 0) + 1)
    return false
  }

  /** Takes over all rows that were not taken yet. */
  #keep(): void {
    const screen: string[] = []
    let notes = 0
    let text: string | null = null
    let ended = false
    const endLine = () => {
      for (; notes > 0; notes--) screen.push(FULL_SCREEN)
      if (text !== null && (text !== '' || ended)) screen.push(text)
    }
    for (let index = this.#from; index < this.#buffer.length; index++) {
      const row = this.#buffer.getLine(index) as IBufferLine
      const identity = this.#row(index) as object
      if (!row.isWrapped || index === this.#from) {
        endLine()
        text = ''
        ended = false
      }
      text += row.translateToString(true)
      ended ||= this.#ended.has(identity)
      notes += this.#notes.get(identity) ?? 0
      this.#notes.delete(identity)
    }
    endLine()
    this.#lines.push(...screen.slice(0, screen.findLastIndex((line) => line !== '') + 1))
  }
}

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
