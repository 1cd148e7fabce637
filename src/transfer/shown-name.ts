import { isUtf8 } from 'node:buffer'

/** What a line or a terminal would not show as it is, or show as something else. */
const UNSHOWABLE = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/u

/**
 * A name for people and models. One that holds control characters or is no UTF-8 stands in `$'…'`, as ls writes it
 * and shells read it; so does one that looks like that.
 * @param name a latin1 string, a character a byte
 */
export function shownName(name: string): string {
  const bytes = Buffer.from(name, 'latin1')
  const text = bytes.toString('utf8')
  if (isUtf8(bytes) && !UNSHOWABLE.test(text) && !text.startsWith("$'")) return text
  return `$'${isUtf8(bytes) ? [...text].map(escaped).join('') : [...name].map(escapedByte).join('')}'`
}

/** Whether a name can be given as text without loss. */
export const isText = (name: string): boolean => isUtf8(Buffer.from(name, 'latin1'))

function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  return UNSHOWABLE.test(character) ? [...Buffer.from(character)].map(hex).join('') : character
}

const escapedByte = (character: string): string =>
  /[ -~]/.test(character) ? escaped(character) : hex(character.charCodeAt(0))

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`
