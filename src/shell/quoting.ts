import { LINE_BYTES } from './feed.js'

/** How a text is fed: its lines, and whether they are encoded for printf %b. */
export interface FedText {
  lines: string[]
  encoded: boolean
}

/** What every line editor and every terminal takes as it is: printable ASCII, with tabs and line ends. */
export const isPlain = (text: string): boolean => /^[\t\n -~]*$/.test(text)

/** The lines of a text as they are where a terminal takes them so, else in a form without control characters. */
export function fedText(text: string): FedText {
  const lines = text.replace(/\n+$/, '').split('\n')
  const asIs = !hasControls(text) && lines.every((line) => Buffer.byteLength(line) <= LINE_BYTES)
  return asIs ? { lines, encoded: false } : { lines: encodedLines(text), encoded: true }
}

/** What a terminal interprets when it reads lines. */
const hasControls = (text: string): boolean => /[\0-\x08\x0b-\x1f\x7f]/.test(text)

/** Control characters and backslashes as `\0ooo`, cut into short lines between characters. */
function encodedLines(text: string): string[] {
  const lines: string[] = []
  let line = ''
  let bytes = 0
  for (const character of text) {
    const piece = /[\0-\x1f\\\x7f]/.test(character) ? octal(character) : character
    const size = Buffer.byteLength(piece)
    if (bytes + size > LINE_BYTES) {
      lines.push(line)
      line = ''
      bytes = 0
    }
    line += piece
    bytes += size
  }
  return [...lines, line]
}

const octal = (character: string): string =>
  `\\0${(character.codePointAt(0) ?? 0).toString(8).padStart(3, '0')}`

/** One word for fish: in single quotes only quote and backslash are special. */
export const fishQuoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`

/** One word for a POSIX shell. */
export const posixQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
