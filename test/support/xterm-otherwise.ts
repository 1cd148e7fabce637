import type { Terminal } from '@xterm/headless'
import { countOf, inputOf, screenRow } from './xterm-inside.js'

/**
 * Has a terminal treat the rows of its main screen as text does, where that differs from xterm on purpose:
 * - rows that SU takes off the top of the screen are kept, as those that a line feed takes;
 * - EL does not part a row from the one above, since zsh writes long commands so, but parts the one below from it;
 * - a row that others are put above (RI, SD, IL), or to which IND or NEL leads, goes on with none above;
 * - of a row from which another one went on that ED erases from its first column, the blanks at the end go: with
 *   these zsh finds out whether it is on a fresh line;
 * - a cursor that is put back behind a full row wraps there, as DEC's terminals do.
 */
export function actOtherwise(terminal: Terminal): void {
  const input = inputOf(terminal)
  const { eraseInLine, scrollUp, scrollDown, insertLines, reverseIndex, index, restoreCursor } = input
  const top = () => input._activeBuffer.scrollTop
  const here = () => input._activeBuffer.y
  input.eraseInLine = (params, protect) =>
    eraseRow(terminal, params.params[0] ?? 0, () => eraseInLine.call(input, params, protect))
  input.scrollUp = (params) => keepScrolled(terminal, countOf(params)) || scrollUp.call(input, params)
  input.scrollDown = (params) =>
    pushDown(terminal, top(), countOf(params), () => scrollDown.call(input, params))
  input.insertLines = (params) =>
    pushDown(terminal, here(), countOf(params), () => insertLines.call(input, params))
  input.reverseIndex = () => {
    const push = () => reverseIndex.call(input)
    return here() === top() ? pushDown(terminal, here(), 1, push) : push()
  }
  input.index = () => {
    index.call(input)
    part(terminal, here())
  }
  input.restoreCursor = () => {
    restoreCursor.call(input)
    if (input._activeBuffer.savedX === terminal.cols) input._activeBuffer.x = terminal.cols
  }
  terminal.parser.registerCsiHandler({ final: 'J' }, ([what]) => {
    if (what === 0 && onMain(terminal)) trimAbove(terminal)
    return false
  })
}

export const onMain = ({ buffer }: Terminal): boolean => buffer.active.type === 'normal'

/** A row goes on with none above it any more. */
function part(terminal: Terminal, y: number): void {
  const row = screenRow(terminal, y)
  if (row && onMain(terminal)) row.isWrapped = false
}

function keepScrolled(terminal: Terminal, count: number): boolean {
  const input = inputOf(terminal)
  const { scrollTop, scrollBottom } = input._activeBuffer
  if (!onMain(terminal) || scrollTop > 0) return false
  for (let i = 0; i < Math.min(count, scrollBottom + 1); i++)
    input._bufferService.scroll(input._eraseAttrData(), false)
  return true
}

function pushDown(terminal: Terminal, at: number, count: number, push: () => unknown): unknown {
  const { scrollTop, scrollBottom } = inputOf(terminal)._activeBuffer
  const done = push()
  if (at >= scrollTop && at <= scrollBottom) part(terminal, at + Math.min(count, scrollBottom - at + 1))
  return done
}

function eraseRow(terminal: Terminal, what: number, erase: () => unknown): unknown {
  const { cursorX, cursorY } = terminal.buffer.active
  const row = screenRow(terminal, cursorY)
  const wrapped = row?.isWrapped ?? false
  const done = erase()
  if (!onMain(terminal) || !row || what === 1) return done
  row.isWrapped = wrapped
  if (what === 2 || cursorX < terminal.cols) part(terminal, cursorY + 1)
  return done
}

function trimAbove(terminal: Terminal): void {
  const { normal } = terminal.buffer
  const { cursorX, cursorY } = normal
  const line = normal.getLine(normal.baseY + cursorY - 1)
  const above = screenRow(terminal, cursorY - 1)
  // What has scrolled off can change no more.
  if (cursorX > 0 || cursorY === 0 || !line || !above || !screenRow(terminal, cursorY)?.isWrapped) return
  const isBlank = (x: number): boolean => {
    const cell = line.getCell(x)
    return cell !== undefined && cell.getWidth() > 0 && cell.getChars().trim() === ''
  }
  let end = line.length
  while (end > 0 && isBlank(end - 1)) end--
  above.replaceCells(end, line.length, normal.getNullCell())
}
