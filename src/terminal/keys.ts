import { invalid } from '../common/errors.js'

/** Named keys as tmux spells them, and what an xterm sends for each. */
const NAMED = new Map(
  Object.entries({
    enter: '\r',
    escape: '\x1b',
    tab: '\t',
    btab: '\x1b[Z',
    space: ' ',
    bspace: '\x7f',
    up: '\x1b[A',
    down: '\x1b[B',
    right: '\x1b[C',
    left: '\x1b[D',
    home: '\x1b[H',
    end: '\x1b[F',
    ic: '\x1b[2~',
    insert: '\x1b[2~',
    dc: '\x1b[3~',
    delete: '\x1b[3~',
    pageup: '\x1b[5~',
    pgup: '\x1b[5~',
    ppage: '\x1b[5~',
    pagedown: '\x1b[6~',
    pgdn: '\x1b[6~',
    npage: '\x1b[6~',
    f1: '\x1bOP',
    f2: '\x1bOQ',
    f3: '\x1bOR',
    f4: '\x1bOS',
    f5: '\x1b[15~',
    f6: '\x1b[17~',
    f7: '\x1b[18~',
    f8: '\x1b[19~',
    f9: '\x1b[20~',
    f10: '\x1b[21~',
    f11: '\x1b[23~',
    f12: '\x1b[24~',
  }),
)

/** What a program has asked the terminal for. */
export interface KeyModes {
  /** DECCKM, CSI ? 1 h: cursor keys without modifiers begin with ESC O. */
  applicationCursor: boolean
}

/** The bytes of a list of keys: `C-c`, `^c`, `M-x`, `Enter`, `F5`, or a single character. @throws validation_error */
export const keysToInput = (keys: readonly string[], modes?: KeyModes): string =>
  keys.map((key) => keyToInput(key, modes?.applicationCursor ?? false)).join('')

function keyToInput(key: string, applicationCursor: boolean): string {
  const [, caret = '', modifiers = '', name = ''] = /^(\^(?=.))?((?:[CMScms]-)*)(.+)$/su.exec(key) ?? []
  const has = (modifier: string): boolean => modifiers.toUpperCase().includes(modifier)
  const control = has('C') || caret !== ''
  const named = NAMED.get(name.toLowerCase())
  const modifier = 1 + Number(has('S')) + 2 * Number(has('M')) + 4 * Number(control)
  const special = named === undefined ? null : specialKey(named, modifier, applicationCursor)
  if (special) return special
  const bytes = plainKey(name, named, control, has('S'))
  if (bytes === null) throw unknown(key)
  return has('M') ? `\x1b${bytes}` : bytes
}

/** Cursor and function keys carry modifiers as a parameter: Shift is 1 more, Meta 2, Control 4 (xterm). */
function specialKey(code: string, modifier: number, applicationCursor: boolean): string | null {
  const letter = /^\x1b[[O]([A-HP-S])$/.exec(code)?.[1]
  if (letter && modifier > 1) return `\x1b[1;${modifier}${letter}`
  if (letter) return applicationCursor ? `\x1bO${letter}` : code
  const number = /^\x1b\[(\d+)~$/.exec(code)?.[1]
  if (!number) return null
  return modifier > 1 ? `\x1b[${number};${modifier}~` : code
}

/** A key that is one character, or has a name for it, with Control and Shift; null if there is no such key. */
function plainKey(name: string, named: string | undefined, control: boolean, shift: boolean): string | null {
  const single = named === undefined && [...name].length === 1 ? name : null
  if (control) return controlCode(single ?? named ?? '')
  if (!shift) return named ?? single
  if (named === '\t') return '\x1b[Z'
  return single?.toUpperCase() ?? null
}

/** Control with a digit, as on a VT220, and with what tmux takes for C-_. */
const CONTROL_CODES = new Map(
  Object.entries({
    ' ': '\0',
    2: '\0',
    3: '\x1b',
    4: '\x1c',
    5: '\x1d',
    6: '\x1e',
    7: '\x1f',
    8: '\x7f',
    '?': '\x7f',
    '/': '\x1f',
    '-': '\x1f',
  }),
)

/** What Control makes of a character. */
function controlCode(character: string): string | null {
  if (!/^[@-_a-z]$/.test(character)) return CONTROL_CODES.get(character) ?? null
  return String.fromCharCode(character.toUpperCase().charCodeAt(0) & 0x1f)
}

const unknown = (key: string): Error =>
  invalid(
    `Unknown key ${JSON.stringify(key.slice(0, 40))}. Use tmux names such as C-c, M-x, Enter, Escape, Tab, Up, PageUp, F5, ` +
      'or one character; text goes into input.',
  )
