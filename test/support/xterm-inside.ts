import { type IBufferCell, type IBufferLine, Terminal } from '@xterm/headless'
import { WIDTHS } from '../../src/terminal/screen.js'

/** One of xterm's rows, which it moves as objects when it scrolls, so that they tell rows apart. */
export interface Row {
  isWrapped: boolean
  replaceCells(from: number, to: number, cell: IBufferCell): void
  /** Columns up to the last one that was written. */
  getTrimmedLength(): number
}

interface Params {
  params: ArrayLike<number>
}

/** What acts on characters and sequences; xterm tells nobody of it from outside. */
export interface InputHandler {
  print(...args: unknown[]): unknown
  lineFeed(): unknown
  index(): unknown
  reverseIndex(): unknown
  eraseInLine(params: Params, protect?: boolean): unknown
  scrollUp(params: Params): unknown
  scrollDown(params: Params): unknown
  insertLines(params: Params): unknown
  restoreCursor(): unknown
  _activeBuffer: { x: number; y: number; savedX: number; scrollTop: number; scrollBottom: number }
  _bufferService: { scroll(attributes: unknown, wrapped: boolean): void }
  _eraseAttrData(): unknown
}

export const inputOf = (terminal: Terminal): InputHandler =>
  (terminal as unknown as { _core: { _inputHandler: InputHandler } })._core._inputHandler

export const rowOf = (line: IBufferLine | undefined): Row | undefined =>
  (line as unknown as { _line: Row } | undefined)?._line

export const countOf = ({ params }: Params): number => Math.max(params[0] ?? 0, 1)

/** A terminal that counts columns as the text views do. */
export function newTerminal(cols: number, rows: number, scrollback: number): Terminal {
  const terminal = new Terminal({ cols, rows, scrollback, allowProposedApi: true })
  terminal.unicode.register(WIDTHS)
  terminal.unicode.activeVersion = WIDTHS.version
  return terminal
}

/** A row of the main screen, counted from 0. */
export const screenRow = ({ buffer: { normal } }: Terminal, y: number): Row | undefined =>
  rowOf(normal.getLine(normal.baseY + y))
