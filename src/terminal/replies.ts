import type { Question } from './queries.js'
import type { Size } from './sizes.js'

/** A place on the screen, counted from 1. */
export interface Place {
  row: number
  column: number
}

/**
 * What we are: DA1 says a VT220 with colours, DA2 the same of no particular make and version 10, below any that
 * programs (vim, emacs) expect more of. TERM is xterm-256color; xterm's own versions would bring further questions.
 */
const ATTRIBUTES = '\x1b[?62;22c'
const VERSION = '\x1b[>1;10;0c'
/** DSR: no malfunction. */
const WELL = '\x1b[0n'

/** The answer to a question, as xterm's ctlseqs have it. @param cursor where the cursor stood when it was asked */
export function replyTo(question: Question, { cols, rows }: Size, cursor: Place): string {
  switch (question.ask) {
    case 'attributes':
      return ATTRIBUTES
    case 'version':
      return VERSION
    case 'status':
      return WELL
    case 'cursor':
      return `\x1b[${question.extended ? '?' : ''}${cursor.row};${cursor.column}R`
    case 'text-size':
      return `\x1b[8;${rows};${cols}t`
    case 'screen-size':
      return `\x1b[9;${rows};${cols}t`
    case 'colour':
      return `\x1b]${question.which};${rgb(colourOf(question.which))}${question.bell ? '\x07' : '\x1b\\'}`
  }
}

type Colour = readonly [red: number, green: number, blue: number]

/** Light on dark, as most terminals are set; nobody looks at colours here. */
const LIGHT: Colour = [0xff, 0xff, 0xff]
const DARK: Colour = [0, 0, 0]

/** The first 16 of xterm's palette (its XTerm-col.ad). */
const FIRST_COLOURS: readonly Colour[] = [
  [0x00, 0x00, 0x00],
  [0xcd, 0x00, 0x00],
  [0x00, 0xcd, 0x00],
  [0xcd, 0xcd, 0x00],
  [0x00, 0x00, 0xee],
  [0xcd, 0x00, 0xcd],
  [0x00, 0xcd, 0xcd],
  [0xe5, 0xe5, 0xe5],
  [0x7f, 0x7f, 0x7f],
  [0xff, 0x00, 0x00],
  [0x00, 0xff, 0x00],
  [0xff, 0xff, 0x00],
  [0x5c, 0x5c, 0xff],
  [0xff, 0x00, 0xff],
  [0x00, 0xff, 0xff],
  [0xff, 0xff, 0xff],
]

function colourOf(which: string): Colour {
  if (which === '11') return DARK
  return which.startsWith('4;') ? paletteColour(Number(which.slice(2))) : LIGHT
}

/** xterm's 256 colours: 16 of their own, a cube with six steps a side, and 24 greys. */
function paletteColour(number: number): Colour {
  const first = FIRST_COLOURS[number]
  if (first) return first
  const grey = 8 + 10 * (number - 232)
  if (number >= 232) return [grey, grey, grey]
  const step = (side: number): number => {
    const at = Math.floor((number - 16) / side) % 6
    return at === 0 ? 0 : 55 + 40 * at
  }
  return [step(36), step(6), step(1)]
}

/** Each part in four digits, as X11 writes colours of 16 bits. */
const rgb = (colour: Colour): string =>
  `rgb:${colour.map((part) => part.toString(16).padStart(2, '0').repeat(2)).join('/')}`
