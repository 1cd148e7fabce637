import type { Size } from './sizes.js'

/** A control sequence that draws: how far its parameters reach, and what it costs. */
interface Drawing {
  /** More than this is the same as this; what a terminal has no end of, it repeats as often as it is told. */
  most: (size: Size) => number
  /** How many parameters are passed on, and how many it may be given at all to be this sequence. */
  params: number
  /** Cells that it touches at most, with this first parameter. */
  work: (size: Size, first: number) => number
}

const columns = ({ cols }: Size): number => cols
const lines = ({ rows }: Size): number => rows
/** What is not done cell by cell takes as long as some thirty cells. */
const STEP = 30

const line = ({ cols }: Size): number => cols + STEP
const screen = ({ cols, rows }: Size): number => (cols + STEP) * rows
/** A line is moved by its reference, a new one is made of cells. */
const linesMoved = ({ cols, rows }: Size, count: number): number => Math.max(1, count) * (cols + rows + STEP)

const MOVE: Drawing = { most: ({ cols, rows }) => Math.max(cols, rows), params: 2, work: () => STEP }
const IN_LINE: Drawing = { most: columns, params: 1, work: line }
const LINES: Drawing = { most: lines, params: 1, work: linesMoved }
const ALL_LINES: Drawing = { most: columns, params: 1, work: screen }
const ERASE_SCREEN: Drawing = { most: () => 3, params: 1, work: screen }
const ERASE_LINE: Drawing = { most: () => 3, params: 1, work: line }

const each = (names: string, drawing: Drawing): [string, Drawing][] =>
  [...names].map((name) => [name, drawing])

/** By prefix, intermediates and final byte. What is not here draws nothing: colours, reports, the mouse, the window. */
export const DRAWING: ReadonlyMap<string, Drawing> = new Map([
  ...each('ABCDEFGHade`frsu', MOVE),
  ...each('@PXIZ', IN_LINE),
  ...each('LMST', LINES),
  ['J', ERASE_SCREEN],
  ['?J', ERASE_SCREEN],
  ['K', ERASE_LINE],
  ['?K', ERASE_LINE],
  ['g', { most: () => 4, params: 1, work: () => STEP }],
  [' @', ALL_LINES],
  [' A', ALL_LINES],
  ["'}", ALL_LINES],
  ["'~", ALL_LINES],
  ['"q', { most: () => 3, params: 1, work: () => STEP }],
  ['!p', { most: () => 0, params: 0, work: () => STEP }],
])

/** Modes that change how is drawn, by the prefix of h and l: insert, line feed; charsets, origin, wrapping, the cursor's way back. */
export const MODES: Readonly<Record<string, readonly number[]>> = {
  '': [4, 20],
  '?': [2, 6, 7, 45, 1048],
}

/** Modes that switch to the alternate screen. */
export const ALTERNATE_MODES: readonly number[] = [47, 1047, 1049]

const RESET = 1500
/** Escape sequences that draw or change how is drawn, by intermediates and final byte, but for the character sets. */
const ESCAPES = new Set(['7', '8', 'D', 'E', 'H', 'M', 'n', 'o', '|', '}', '~', '%@', '%G', 'c', '#8'])
const CHARSETS = /^[()*+\-.][0-9A-HKQRYZ=]$/

export const drawsAsEscape = (name: string): boolean => ESCAPES.has(name) || CHARSETS.test(name)

/** Cells that an escape sequence touches at most. */
export function workOfEscape(name: string, { cols, rows }: Size): number {
  // A reset makes a new screen.
  if (name === 'c') return RESET + 2 * cols * rows
  if (name === '#8') return screen({ cols, rows })
  return name === 'D' || name === 'E' || name === 'M' ? cols + rows : STEP
}
