import {
  deleteCharacters,
  eraseAbove,
  eraseBelow,
  eraseCharacters,
  eraseInRow,
  insertBlanks,
} from './text-erase.js'
import type { Place, TextGrid } from './text-grid.js'
import { deleteRows, insertRows, scrollDown, scrollUp } from './text-scroll.js'

/** What a control sequence does, with its parameters, the first of them as a count, and where it ends in the stream. */
type Edit = (grid: TextGrid, params: readonly number[], count: number, place: Place) => void

const oneBased = (param: number | undefined): number => (param || 1) - 1

const goTo: Edit = (grid, params) => {
  grid.goTo(oneBased(params[0]), oneBased(params[1]))
  grid.homed = grid.row === 0 && grid.column === 0
}
const toColumn: Edit = (grid, _, count) => grid.goToColumn(count - 1)
const right: Edit = (grid, _, count) => grid.move(0, count)

/** Control sequences without prefix and intermediates that act on the text, by their final byte (ECMA-48, xterm's ctlseqs). */
export const EDITS: Readonly<Record<string, Edit>> = {
  A: (grid, _, count) => grid.move(-count, 0),
  B: (grid, _, count) => grid.move(count, 0),
  e: (grid, _, count) => grid.goTo(grid.row - (grid.fromTop ? grid.top : 0) + count, grid.column),
  C: right,
  a: right,
  D: (grid, _, count) => grid.move(0, -count),
  E: (grid, _, count) => {
    grid.move(count, 0)
    grid.column = 0
  },
  F: (grid, _, count) => {
    grid.move(-count, 0)
    grid.column = 0
  },
  G: toColumn,
  '`': toColumn,
  H: goTo,
  f: goTo,
  d: (grid, _, count) => grid.goTo(count - 1, grid.column),
  I: (grid, _, count) => {
    for (let i = 0; i < Math.min(count, grid.cols); i++) grid.tab()
  },
  Z: (grid, _, count) => {
    if (grid.column >= grid.cols) return
    for (let i = 0; i < Math.min(count, grid.cols); i++) grid.column = grid.tabs.before(grid.column)
  },
  J: (grid, [part = 0], _, place) => {
    const home = grid.homed && grid.row === 0 && grid.column === 0
    if (part === 2 || (part === 0 && home)) grid.flush(place)
    else if (part === 0) eraseBelow(grid)
    else if (part === 1) eraseAbove(grid)
  },
  K: (grid, [part = 0]) => eraseInRow(grid, part),
  L: (grid, _, count, place) => insertRows(grid, count, place),
  M: (grid, _, count, place) => deleteRows(grid, count, place),
  P: (grid, _, count) => deleteCharacters(grid, count),
  S: (grid, _, count, place) => scrollUp(grid, count, place),
  T: (grid, _, count, place) => scrollDown(grid, count, place),
  X: (grid, _, count) => eraseCharacters(grid, count),
  '@': (grid, _, count) => insertBlanks(grid, count),
  g: ({ tabs, column, cols }, [what = 0]) => {
    if (what === 0) tabs.clear(column, cols)
    else if (what === 3) tabs.clearAll()
  },
  r: (grid, params) => grid.setMargins(oneBased(params[0]), (params[1] || grid.height) - 1),
}
