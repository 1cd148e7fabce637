import type { LineEditor } from './line-editor.js'

/** A count in a sequence beyond this moves no further on any terminal. */
export const MAX_COUNT = 1000

/** Control sequences that act within a line, by their final byte: with the first parameter, and as a count. */
export const EDITS: Readonly<Record<string, (line: LineEditor, first: number, count: number) => void>> = {
  A: (line, _, count) => line.moveRows(-count),
  B: (line, _, count) => line.moveRows(count),
  C: (line, _, count) => line.moveColumns(count),
  D: (line, _, count) => line.moveColumns(-count),
  F: (line, _, count) => {
    line.column = 0
    line.moveRows(-count)
  },
  G: (line, _, count) => line.toColumn(count - 1),
  '`': (line, _, count) => line.toColumn(count - 1),
  K: (line, part) => line.eraseInRow(part),
  P: (line, _, count) => line.deleteCharacters(count),
  X: (line, _, count) => line.eraseCharacters(count),
  '@': (line, _, count) => line.insertBlanks(count),
  s: (line) => line.save(),
  u: (line) => line.restore(),
}
