import { invalid } from '../common/errors.js'

/** Named keys as tmux spells them, and what an xterm sends for each. */
const NAMED: Readonly<Record<string, string>> = {
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
}

/** The bytes of a list of keys: `C-c`, `M-x`, `Enter`, `F5`, or a single character. @throws validation_error */
export const keysToInput = (keys: readonly string[]): string => keys.map(keyToInput).join('')

function keyToInput(key: string): string {
  const modified = /^([CMScms])-(.+)$/.exec(key)
  if (!modified) return plain(key)
  const modifier = (modified[1] as string).toUpperCase()
  const rest = modified[2] as string
  if (modifier === 'M') return `\x1b${keyToInput(rest)}`
  if (modifier === 'C') return control(key, rest)
  if (rest.toLowerCase() === 'tab') return NAMED.btab as string
  return [...rest].length === 1 ? rest.toUpperCase() : shifted(key, rest, 2)
}

function plain(key: string): string {
  const named = NAMED[key.toLowerCase()]
  if (named !== undefined) return named
  if ([...key].length === 1) return key
  throw unknown(key)
}

function control(key: string, rest: string): string {
  if (rest.toLowerCase() === 'space') return '\0'
  if (rest === '?') return '\x7f'
  if (/^[@-_a-z]$/.test(rest)) return String.fromCharCode(rest.toUpperCase().charCodeAt(0) & 0x1f)
  return shifted(key, rest, 5)
}

/** Cursor and function keys carry a modifier as a parameter: 2 is Shift, 5 is Control. */
function shifted(key: string, rest: string, modifier: number): string {
  const code = NAMED[rest.toLowerCase()] ?? ''
  const letter = /^\x1b[[O]([A-HP-S])$/.exec(code)
  if (letter) return `\x1b[1;${modifier}${letter[1]}`
  const number = /^\x1b\[(\d+)~$/.exec(code)
  if (number) return `\x1b[${number[1]};${modifier}~`
  throw unknown(key)
}

const unknown = (key: string): Error =>
  invalid(
    `Unknown key ${JSON.stringify(key.slice(0, 40))}. Use tmux names such as C-c, M-x, Enter, Escape, Tab, Up, PageUp, F5, ` +
      'or one character; text goes into input.',
  )
