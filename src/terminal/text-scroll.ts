import type { Place, TextGrid } from './text-grid.js'
import { TextRow } from './text-row.js'

/** The first rows of the scrolling part go, and empty ones come in as its last. */
export function scrollUp(grid: TextGrid, count: number, place: Place): void {
  const { top, bottom } = grid
  grid.at(bottom)
  const gone = Math.min(count, bottom - top + 1)
  if (top > 0) grid.drop(top, gone)
  else for (let i = 0; i < gone; i++) grid.scrollOff()
  openRows(grid, bottom + 1 - gone, gone, place)
}

export const scrollDown = (grid: TextGrid, count: number, place: Place): void =>
  pushDown(grid, grid.top, count, place)

export function insertRows(grid: TextGrid, count: number, place: Place): void {
  if (isOutside(grid)) return
  pushDown(grid, grid.row, count, place)
  grid.column = 0
}

export function deleteRows(grid: TextGrid, count: number, place: Place): void {
  if (isOutside(grid)) return
  const { row, bottom } = grid
  grid.at(bottom)
  const gone = Math.min(count, bottom - row + 1)
  grid.drop(row, gone)
  openRows(grid, bottom + 1 - gone, gone, place)
  grid.column = 0
}

/** Whether the cursor is not in the part that scrolls. */
const isOutside = ({ row, top, bottom }: TextGrid): boolean => row < top || row > bottom

/** Empty rows come in; as many go at the end of the scrolling part. */
function pushDown(grid: TextGrid, at: number, count: number, place: Place): void {
  const { bottom } = grid
  grid.at(bottom)
  const gone = Math.min(count, bottom - at + 1)
  grid.drop(bottom + 1 - gone, gone)
  openRows(grid, at, gone, place)
  const next = grid.rows[at + gone]
  next?.part()
}

function openRows({ rows }: TextGrid, at: number, count: number, { offset, units }: Place): void {
  if (count === 1) rows.splice(at, 0, new TextRow(offset, units))
  else rows.splice(at, 0, ...Array.from({ length: count }, () => new TextRow(offset, units)))
}
