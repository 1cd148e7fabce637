import type { TextGrid } from './text-grid.js'
import type { TextRow } from './text-row.js'

/** Erasures as ECMA-48 has them: part 0 is from the cursor on, 1 up to and with it, 2 all. */

export function eraseInRow(grid: TextGrid, part: number): void {
  const row = grid.rows[grid.row]
  if (!row) return
  if (part === 1) row.erase(0, grid.column + 1)
  else if (part === 2 || part === 0) eraseFrom(grid, row, part === 2 ? 0 : grid.column)
}

/** A row that is erased from its beginning on goes on with no line any more. */
function eraseFrom(grid: TextGrid, row: TextRow, column: number): void {
  row.cut(column)
  if (column > 0 || !row.wrapped) return
  row.wrapped = false
  // Blanks up to the margin that nothing follows are how a shell finds out whether it is on a fresh line.
  grid.rows[grid.row - 1]?.trimEnd()
}

export function eraseBelow(grid: TextGrid): void {
  eraseInRow(grid, 0)
  grid.drop(grid.row + 1)
}

export function eraseAbove(grid: TextGrid): void {
  eraseInRow(grid, 1)
  const below = grid.rows[grid.row + 1]
  if (below && grid.column + 1 >= grid.cols) below.wrapped = false
  for (const row of grid.rows.slice(0, grid.row)) {
    row.cut(0)
    row.wrapped = false
    row.used = false
  }
  const row = grid.rows[grid.row]
  if (row) row.wrapped = false
}

export function eraseCharacters(grid: TextGrid, count: number): void {
  const column = Math.min(grid.column, grid.cols - 1)
  grid.rows[grid.row]?.erase(column, column + count)
}

export function deleteCharacters(grid: TextGrid, count: number): void {
  grid.column = Math.min(grid.column, grid.cols - 1)
  grid.rows[grid.row]?.remove(grid.column, count)
}

export function insertBlanks(grid: TextGrid, count: number): void {
  grid.column = Math.min(grid.column, grid.cols - 1)
  grid.rows[grid.row]?.insert(grid.column, count, grid.cols)
}
