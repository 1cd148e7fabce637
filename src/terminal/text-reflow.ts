import type { Size } from './sizes.js'
import type { TextGrid } from './text-grid.js'
import { TextRow } from './text-row.js'
import { columnsOf } from './width.js'

/** Gives the screen another size: lines are wrapped anew, and what does not fit scrolls off. */
export function resizeGrid(grid: TextGrid, { cols, rows }: Size): void {
  if (cols === grid.cols && rows === grid.height) return
  if (cols !== grid.cols) rewrap(grid, cols)
  while (grid.rows.length > rows && isEmptyBelow(grid)) grid.rows.pop()
  while (grid.rows.length > rows) {
    grid.scrollOff()
    grid.row = Math.max(0, grid.row - 1)
  }
  grid.height = rows
  grid.row = Math.min(grid.row, rows - 1)
  grid.top = 0
  grid.bottom = rows - 1
}

const isEmptyBelow = ({ rows, row }: TextGrid): boolean =>
  rows.length - 1 > row && (rows.at(-1) as TextRow).blank && (rows.at(-1) as TextRow).above.length === 0

/** The cursor stays at the character it was at. */
function rewrap(grid: TextGrid, cols: number): void {
  const cursor = grid.current
  const rows: TextRow[] = []
  for (const line of linesOf(grid.rows)) {
    const fresh = wrappedAt(line, cols)
    const at = line.indexOf(cursor)
    if (at >= 0) {
      const before = line.slice(0, at).reduce((sum, row) => sum + row.width, 0) + grid.column
      grid.row = rows.length + Math.min(Math.floor(before / cols), fresh.length - 1)
      grid.column = Math.min(before - (grid.row - rows.length) * cols, cols)
    }
    rows.push(...fresh)
  }
  grid.rows = rows
  grid.cols = cols
}

function linesOf(rows: readonly TextRow[]): TextRow[][] {
  const lines: TextRow[][] = []
  for (const row of rows) {
    if (row.wrapped && lines.length > 0) (lines.at(-1) as TextRow[]).push(row)
    else lines.push([row])
  }
  return lines
}

function wrappedAt(line: readonly TextRow[], cols: number): TextRow[] {
  const head = line[0] as TextRow
  if (line.length === 1 && head.width <= cols) return [head]
  const fresh = [likeHead(head)]
  let last = fresh[0] as TextRow
  for (const character of line.map(({ text }) => text).join('')) {
    const width = columnsOf(character.codePointAt(0) as number)
    if (width === 0) last.combine(last.width, character)
    else {
      if (last.width + width > cols) {
        last = likeHead(head)
        last.wrapped = true
        fresh.push(last)
      }
      last.put(last.width, character, width)
    }
  }
  Object.assign(fresh[0] as TextRow, { above: line.flatMap(({ above }) => above) })
  Object.assign(fresh[0] as TextRow, { wrapped: head.wrapped, given: head.given })
  return fresh
}

function likeHead({ offset, units, used }: TextRow): TextRow {
  const row = new TextRow(offset, units)
  row.used = used
  return row
}
