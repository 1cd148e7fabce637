import type { TextGrid } from './text-grid.js'

/** Erasures as ECMA-48 has them: part 0 is from the cursor on, 1 up to and with it, 2 all. */

/**
 * The row still goes on with the line above: that is how zsh writes a command that is wider than the screen. But
 * what does not reach the margin any more does not go on below.
 */
export function eraseInRow(grid: TextGrid, part: number): void {
  const row = grid.rows[grid.row]
  if (part === 1) row?.erase(0, grid.column + 1)
  else if (part === 0 || part === 2) {
    const column = part === 0 ? grid.column : 0
    row?.cut(column)
    const below = grid.rows[grid.row + 1]
    if (column < grid.cols) below?.part()
  }
}

export function eraseBelow(grid: TextGrid): void {
  eraseInRow(grid, 0)
  if (grid.column === 0) unwrap(grid)
  grid.drop(grid.row + 1)
}

/** The cursor's row goes on with no line any more. */
function unwrap({ rows, row }: TextGrid): void {
  const current = rows[row]
  if (!current?.wrapped) return
  current.part()
  // Blanks up to the margin that nothing follows are how a shell finds out whether it is on a fresh line.
  rows[row - 1]?.trimEnd()
}

export function eraseAbove(grid: TextGrid): void {
  eraseInRow(grid, 1)
  const below = grid.rows[grid.row + 1]
  if (grid.column + 1 >= grid.cols) below?.part()
  for (const row of grid.rows.slice(0, grid.row)) {
    row.cut(0)
    row.part()
    row.used = false
  }
  const row = grid.rows[grid.row]
  row?.part()
}

export function eraseCharacters(grid: TextGrid, count: number): void {
  grid.column = Math.min(grid.column, grid.cols - 1)
  grid.rows[grid.row]?.erase(grid.column, grid.column + count)
}

export function deleteCharacters(grid: TextGrid, count: number): void {
  grid.column = Math.min(grid.column, grid.cols - 1)
  grid.rows[grid.row]?.remove(grid.column, count)
}

export function insertBlanks(grid: TextGrid, count: number): void {
  grid.column = Math.min(grid.column, grid.cols - 1)
  grid.rows[grid.row]?.insert(grid.column, count, grid.cols)
}
