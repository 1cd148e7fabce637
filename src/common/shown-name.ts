import { isUtf8 } from 'node:buffer'

/** What would end a line, act on a terminal or not be seen. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u

/**
 * A name as it is shown on a line of its own: as it is, or, where it holds a line end, bytes that are not UTF-8 or
 * anything else that cannot be seen, as `$'…'` with escapes, which bash, zsh and ksh read. A name that looks like
 * that is shown so, too.
 */
export function shownName(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  const plain = isUtf8(bytes) && !UNSEEN.test(text) && !text.startsWith("$'")
  return plain ? text : `$'${isUtf8(bytes) ? [...text].map(escaped).join('') : escapedBytes(bytes)}'`
}

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === "'" || character === '\\') return `\\${character}`
  return UNSEEN.test(character) ? [...Buffer.from(character)].map(octal).join('') : character
}

const escapedBytes = (bytes: Buffer): string =>
  [...bytes].map((byte) => (byte < 0x80 ? escaped(String.fromCharCode(byte)) : octal(byte))).join('')

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`
