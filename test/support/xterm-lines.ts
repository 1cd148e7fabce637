import type { IBufferLine } from '@xterm/headless'
import { inputOf, newTerminal, type Row, rowOf, screenRow } from './xterm-inside.js'
import { actOtherwise, onMain } from './xterm-otherwise.js'

/** Stands in the lines where a full-screen program was on the screen. */
export const FULL_SCREEN = '[full-screen]'

/**
 * The lines that xterm keeps of a stream, wrapped rows joined; with the differences that are meant, those of rows
 * (xterm-otherwise.ts) and these:
 * - what the screen showed before it was cleared (ED 2, ED 0 right behind the way home, RIS) stays, as lines;
 * - ED 3 erases nothing;
 * - each stay on the alternate screen in which something was printed is one line, above the cursor's row;
 * - a blank row counts only where output came to it, not where the cursor jumped over it or to it;
 * - ten and more blanks that pad a line up to its margin are left out;
 * - blank rows at the end are left out; also those of spaces below the cursor, or when the screen is cleared.
 */
export async function xtermLines(stream: Buffer, cols: number, rows: number): Promise<string[]> {
  // No short sequence makes more rows than this.
  const oracle = new Oracle(cols, rows, Math.min(20 * stream.length, 100_000))
  await oracle.write(stream)
  return oracle.lines()
}

class Oracle {
  readonly #terminal
  readonly #lines: string[] = []
  /** Row of the buffer, from its top, from which on nothing was kept yet. */
  #from = 0
  /** Rows that output came to. */
  readonly #used = new WeakSet<Row>()
  readonly #notes = new WeakMap<Row, number>()
  /** The cursor was sent to the first place, and nothing was printed since. */
  #homed = false
  #noted = false

  constructor(cols: number, rows: number, scrollback: number) {
    this.#terminal = newTerminal(cols, rows, scrollback)
    actOtherwise(this.#terminal)
    this.#watchSequences()
    this.#watchText()
    this.#use()
  }

  write(stream: Buffer): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(stream, resolve))
  }

  lines(): string[] {
    const { baseY, cursorY } = this.#buffer
    this.#keep(this.#withoutBlankEnd(baseY + cursorY + 1))
    return withoutBlankEnd(this.#lines)
  }

  get #buffer() {
    return this.#terminal.buffer.normal
  }

  get #onMain(): boolean {
    return onMain(this.#terminal)
  }

  #screenRow(y: number): Row | undefined {
    return screenRow(this.#terminal, y)
  }

  /** Handlers run before xterm acts; false lets it go on. */
  #watchSequences(): void {
    const { parser } = this.#terminal
    for (const final of ['H', 'f'])
      parser.registerCsiHandler({ final }, ([row = 0, column = 0]) => {
        this.#homed = Number(row) <= 1 && Number(column) <= 1
        return false
      })
    parser.registerCsiHandler({ final: 'J' }, ([part]) => this.#erase(Number(part)))
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, () => {
      if (this.#onMain) this.#noted = false
      return false
    })
    parser.registerEscHandler({ final: 'c' }, () => this.#cleared(true))
  }

  #watchText(): void {
    const input = inputOf(this.#terminal)
    const { print, lineFeed, index } = input
    input.print = (...args) => {
      if (!this.#onMain) this.#note()
      print.apply(input, args)
      for (let y = this.#buffer.cursorY; this.#use(y)?.isWrapped && y > 0; ) y--
    }
    input.lineFeed = () => {
      lineFeed.call(input)
      this.#use()
    }
    input.index = () => {
      index.call(input)
      this.#use()
    }
  }

  /** Output came to a row of the screen. */
  #use(y = this.#buffer.cursorY): Row | undefined {
    this.#homed = false
    const row = this.#screenRow(y)
    if (this.#onMain && row) this.#used.add(row)
    return row
  }

  #note(): void {
    const row = this.#screenRow(this.#buffer.cursorY)
    if (!this.#noted && row) this.#notes.set(row, (this.#notes.get(row) ?? 0) + 1)
    this.#noted = true
  }

  #erase(part: number): boolean {
    if (part === 3) return true
    if (!this.#onMain) return false
    const { cursorX, cursorY } = this.#buffer
    const home = this.#homed && cursorX === 0 && cursorY === 0
    if (part === 2 || (part === 0 && home)) return this.#cleared(false)
    if (part === 1) this.#forget(0, cursorY)
    else if (part === 0) this.#forget(cursorY + 1, this.#terminal.rows)
    return false
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
    this.#keep(this.#withoutBlankEnd(this.#buffer.baseY))
    this.#from = reset ? 0 : this.#buffer.baseY
    this.#forget(0, this.#terminal.rows)
    return false
  }

  /** How many rows there are without blank ones at the end; those before `from` count. */
  #withoutBlankEnd(from: number): number {
    let end = this.#buffer.length
    while (end > from && this.#isBlank(end - 1)) end--
    return end
  }

  #isBlank(index: number): boolean {
    const line = this.#buffer.getLine(index)
    return line?.translateToString(true).trim() === '' && !this.#notes.has(rowOf(line) as Row)
  }

  /** Takes over all rows that were not taken yet. */
  #keep(end: number): void {
    let line: Line | null = null
    for (let index = this.#from; index < end; index++) {
      const view = this.#buffer.getLine(index) as IBufferLine
      const row = rowOf(view) as Row
      const notes = this.#notes.get(row) ?? 0
      if (!line || !view.isWrapped || notes > 0) {
        this.#endLine(line)
        line = { text: '', used: false, width: 0 }
      }
      this.#notes.delete(row)
      this.#lines.push(...Array<string>(notes).fill(FULL_SCREEN))
      line.text += view.translateToString(true)
      line.used ||= this.#used.has(row)
      line.width = row.getTrimmedLength()
    }
    this.#endLine(line)
  }

  #endLine(line: Line | null): void {
    if (!line) return
    const padded = line.width >= this.#terminal.cols - 1 && line.text.endsWith(' '.repeat(10))
    const text = padded ? line.text.replace(/ +$/, '') : line.text
    if (text !== '' || line.used) this.#lines.push(text)
  }
}

interface Line {
  text: string
  used: boolean
  /** Columns of its last row that were written. */
  width: number
}

export const withoutBlankEnd = (lines: readonly string[]): string[] =>
  lines.slice(0, lines.findLastIndex((line) => line !== '') + 1)
