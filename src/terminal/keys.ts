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

/** The bytes of a list of keys: `C-c`, `M-x`, `Enter`, `F5`, or a single character. @throws validation_error */
export const keysToInput = (keys: readonly string[]): string => keys.map(keyToInput).join('')

function keyToInput(key: string): string {
  const [, modifiers = '', rest = ''] = /^((?:[CMScms]-)*)(.+)$/su.exec(key) ?? []
  const has = (modifier: string): boolean => modifiers.toUpperCase().includes(modifier)
  const bytes = keyWith(rest, has('C'), has('S'))
  if (bytes === null) throw unknown(key)
  return has('M') ? `\x1b${bytes}` : bytes
}

/** The bytes of a key with Control and Shift, null if there is no such key. */
function keyWith(name: string, control: boolean, shift: boolean): string | null {
  const named = NAMED.get(name.toLowerCase())
  const single = named === undefined && [...name].length === 1 ? name : null
  if (control) return controlCode(single ?? named ?? '') ?? modified(named, shift ? 6 : 5)
  if (!shift) return named ?? single
  if (named === '\t') return '\x1b[Z'
  return single?.toUpperCase() ?? modified(named, 2)
}

/** What Control makes of a character: as on a VT220, with tmux's C-/ for C-_. */
function controlCode(character: string): string | null {
  if (character === ' ') return '\0'
  if (character === '?') return '\x7f'
  if (character === '/') return '\x1f'
  return /^[@-_a-z]$/.test(character)
    ? String.fromCharCode(character.toUpperCase().charCodeAt(0) & 0x1f)
    : null
}

/** Cursor and function keys carry modifiers as a parameter: 2 is Shift, 5 Control, 6 both (xterm). */
function modified(code: string | undefined, modifier: number): string | null {
  const letter = /^\x1b[[O]([A-HP-S])$/.exec(code ?? '')
  if (letter) return `\x1b[1;${modifier}${letter[1]}`
  const number = /^\x1b\[(\d+)~$/.exec(code ?? '')
  return number ? `\x1b[${number[1]};${modifier}~` : null
}

const unknown = (key: string): Error =>
  invalid(
    `Unknown key ${JSON.stringify(key.slice(0, 40))}. Use tmux names such as C-c, M-x, Enter, Escape, Tab, Up, PageUp, F5, ` +
      'or one character; text goes into input.',
  )
