import xterm, { type IUnicodeVersionProvider } from '@xterm/headless'
import { ScreenFilter } from './screen-filter.js'
import type { Size } from './sizes.js'
import { columnsOf } from './width.js'

/** A screen as a person would see it. */
export interface Drawn extends Size {
  /** Each row's text from the top, blanks at its end left off. */
  lines: string[]
  /** Counted from 1, as terminals and editors do. */
  cursor: { row: number; column: number; visible: boolean }
  /** What a program has set as the window's title; null if none. */
  title: string | null
  /** Whether a program has the alternate screen, as full-screen programs do. */
  alternate: boolean
}

/** Bytes taken between two looks at what they cost: a reset of the whole screen takes two. */
const PIECE_BYTES = 64

/** The widths that clean text goes by, in the form xterm asks for: two bits of width, and one that says "joins the last". */
export const WIDTHS: IUnicodeVersionProvider = {
  version: 'ssh-mcp',
  wcwidth: columnsOf,
  charProperties: (point, preceding) => {
    const width = columnsOf(point)
    const before = (preceding >> 1) & 3
    return width === 0 && before > 0 ? (before << 1) | 1 : width << 1
  },
}

const OPTIONS: xterm.ITerminalOptions = {
  allowProposedApi: true,
  scrollback: 0,
  // The one way to switch off that lines are wrapped anew at another size, which xterm itself does not do either:
  // without a scrollback that loses rows, and stumbles over them later.
  windowsPty: { backend: 'winpty', buildNumber: 1 },
  logLevel: 'off',
}

/** Draws a terminal's stream, fed in pieces of any size; whatever comes costs no more than it should. */
export class Screen {
  readonly #terminal: xterm.Terminal
  readonly #filter: ScreenFilter

  constructor({ cols, rows }: Size) {
    this.#terminal = new xterm.Terminal({ cols, rows, ...OPTIONS })
    this.#terminal.unicode.register(WIDTHS)
    this.#terminal.unicode.activeVersion = WIDTHS.version
    this.#filter = new ScreenFilter({ cols, rows })
  }

  /** The terminal has another size from here on. */
  resize({ cols, rows }: Size): void {
    if (cols === this.#terminal.cols && rows === this.#terminal.rows) return
    this.#terminal.resize(cols, rows)
    // The alternate screen, while it is off, keeps rows that are too many, over which xterm stumbles; to switch it on
    // and off makes a new one.
    const off = this.#terminal.buffer.active.type === 'normal'
    this.#filter.resize({ cols, rows }, off ? '\x1b[?47h\x1b[?47l' : '')
  }

  /**
   * Takes bytes until drawing them would touch `work` cells or more. Not to be called again before it has settled.
   * @returns how many bytes were taken, at least one piece, and how many cells they touched at most
   */
  async feed(bytes: Uint8Array, work = Number.POSITIVE_INFINITY): Promise<{ taken: number; work: number }> {
    const filter = this.#filter
    let taken = 0
    while (taken < bytes.length && filter.work < work) {
      filter.feed(bytes.subarray(taken, taken + PIECE_BYTES))
      taken = Math.min(bytes.length, taken + PIECE_BYTES)
    }
    const done = { taken, work: filter.work }
    const text = filter.take()
    if (text !== '') await this.#write(text)
    return done
  }

  /** @throws what xterm stumbles over; it is of no use any more then */
  #write(text: string): Promise<void> {
    return new Promise((resolve) => {
      // After a person's input xterm takes what is written at once, instead of later, where nobody would hear of an error.
      this.#terminal.input('')
      this.#terminal.write(text, resolve)
    })
  }

  drawn(): Drawn {
    const { cols, rows } = this.#terminal
    const { active } = this.#terminal.buffer
    const { cursorVisible: visible, titles } = this.#filter
    return {
      cols,
      rows,
      lines: Array.from({ length: rows }, (_, row) => this.#line(row)),
      cursor: { row: active.cursorY + 1, column: Math.min(active.cursorX, cols - 1) + 1, visible },
      title: titles.title,
      alternate: active.type === 'alternate',
    }
  }

  #line(row: number): string {
    const { cols, buffer } = this.#terminal
    const { active } = buffer
    const line = active.getLine(active.baseY + row)
    // Of a row that was longer once, the rest is still there; a wide character may stand on the edge.
    const end = line?.getCell(cols - 1)?.getWidth() === 2 ? cols - 1 : cols
    return line?.translateToString(false, 0, end).trimEnd() ?? ''
  }

  dispose(): void {
    this.#terminal.dispose()
  }
}
