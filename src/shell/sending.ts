import { payloadOf } from './feed.js'
import type { ShellKind } from './kinds.js'
import { fedText, fishQuoted, isPlain, posixQuoted } from './quoting.js'

/** How a command text reaches the shell. `fed`: the line is typed, the payload follows once its I mark came. */
export type Sending =
  | { form: 'typed'; bytes: string }
  | { form: 'fed'; line: string; payload: string }
  | { form: 'refused'; why: string }

type Traits = readonly string[]

/** Beyond this a line editor that draws what it is given is slower than reading lines. */
const PASTE_BYTES = 2000
/** A line typed at once; fish draws each key, a canonical terminal and busybox take about a thousand bytes. */
const TYPED_BYTES = { fish: 200, other: 700 }

/**
 * The bytes that run a text in an armed shell, in the shell itself, with `$?` as it was.
 * @param traits the words of the shell's S mark
 * @param incomplete the text has an open quote or here-document, and the shell is to ask for the rest, which fish
 *   and ksh do not do with a mark: they get it as it is, a syntax error
 */
export function sendingOf(
  kind: ShellKind,
  traits: Traits,
  text: string,
  _nonce: string,
  incomplete = false,
): Sending {
  if (text.includes('\0')) return { form: 'refused', why: 'It holds a NUL character, which no shell takes.' }
  const command = text.replace(/\n+$/, '')
  if (incomplete && kind !== 'fish' && kind !== 'ksh') return openSending(kind, traits, command)
  const typed = typedBytes(kind, traits, command)
  return typed === null ? fed(kind, command) : { form: 'typed', bytes: typed }
}

/** How the text is typed where typing is exact, else null. */
function typedBytes(kind: ShellKind, traits: Traits, text: string): string | null {
  if (!isPlain(text)) return null
  if (kind === 'bash') return bashBytes(traits, text)
  if (kind === 'zsh') return zshBytes(traits, text)
  if (/[\n\t]/.test(text)) return null
  if (kind === 'fish') return short(` __sm_c;eval ${fishQuoted(text)}`, TYPED_BYTES.fish)
  // dash has the terminal's own line mode, in which a line feed ends a line whatever the terminal is set to.
  return expandsHistory(text) ? null : evaluated(text, kind === 'dash' ? '\n' : '\r')
}

/** By eval, with the call on a line of its own: a syntax error would undo it, and set -x show the eval behind it. */
const evaluated = (text: string, end = '\r'): string | null =>
  short(` \\eval "__sm_c$__sm_l"${posixQuoted(text)}`, TYPED_BYTES.other, end)

const short = (line: string, most: number, end = '\r'): string | null =>
  line.length <= most ? line + end : null

function bashBytes(traits: Traits, text: string): string | null {
  if (expandsHistory(text) || text.length > PASTE_BYTES) return null
  if (traits.includes('nops0')) return isOneLine(text) ? evaluated(text) : null
  if (!traits.includes('nopaste')) return pasted(text)
  return isOneLine(text) ? short(text, TYPED_BYTES.other) : null
}

/** Without INTERACTIVE_COMMENTS a `#` at zsh's prompt is an ordinary character; in eval it begins a comment. */
function zshBytes(traits: Traits, text: string): string | null {
  if (expandsHistory(text) || text.includes('#') || text.length > PASTE_BYTES) return null
  return traits.includes('magic') || traits.includes('correct') ? null : pasted(text)
}

const isOneLine = (text: string): boolean => !/[\n\t]/.test(text)
const expandsHistory = (text: string): boolean => text.includes('!') || text.startsWith('^')
const pasted = (text: string): string => `\x1b[200~${text}\x1b[201~\r`

function fed(kind: ShellKind, text: string): Sending {
  const { lines, encoded } = fedText(text)
  const call = `__sm_in ${lines.length}${encoded ? ' e' : ''}`
  const end = kind === 'dash' ? '\n' : '\r'
  return { form: 'fed', line: fedLine(kind, call) + end, payload: payloadOf(lines) }
}

/** By a variable where the person's traps could print into a substitution. */
function fedLine(kind: ShellKind, call: string): string {
  if (kind === 'fish') return ` eval (${call}|string collect)`
  return kind === 'bash' || kind === 'zsh' ? ` ${call};\\eval "$__sm_v"` : ` \\eval "$(${call})"`
}

/** Typed as it is, so that the shell itself asks for the rest; in dash and ash each finished line ends with a D. */
function openSending(kind: ShellKind, traits: Traits, text: string): Sending {
  const why = whyNotTyped(kind, traits, text)
  if (why !== null) return { form: 'refused', why: `It is incomplete, so it has to be typed, but ${why}.` }
  const pastes = (kind === 'bash' && !traits.includes('nopaste')) || kind === 'zsh'
  const called = kind === 'zsh' || (kind === 'bash' && !traits.includes('nops0')) ? text : ` __sm_c;${text}`
  return { form: 'typed', bytes: pastes ? pasted(called) : `${called.replaceAll('\n', '\r')}\r` }
}

function whyNotTyped(kind: ShellKind, traits: Traits, text: string): string | null {
  if (!isPlain(text)) return 'it holds characters beyond printable ASCII'
  if (text.split('\n').some((line) => line.length > TYPED_BYTES.other)) return 'one of its lines is too long'
  const completes = kind === 'ash' || traits.includes('nopaste')
  if (completes && text.includes('\t')) return 'a tab would complete a name'
  if ((kind === 'bash' || kind === 'zsh') && expandsHistory(text))
    return 'an exclamation mark would recall history'
  return null
}
