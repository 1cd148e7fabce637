import { invalid } from '../common/errors.js'
import { checkTexts } from '../ssh/remote-command.js'

/** Bytes that mean themselves in every shell and to `printf %b`. */
const PLAIN = /[A-Za-z0-9_./,+-]/

/**
 * One line of a script's input: the text for `printf %b`, in which everything unusual is `\0ooo`. It is never part
 * of a command line, so there is no quoting to get wrong, and `read -r` takes it byte for byte.
 */
export const textLine = (text: string | Buffer): string =>
  `${[...Buffer.from(text as string)].map(encodedByte).join('')}\n`

function encodedByte(byte: number): string {
  const character = String.fromCharCode(byte)
  return PLAIN.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`
}

/**
 * The line of a path. A tilde that stands as it is means the remote home directory; one that is part of a name is
 * encoded. What begins with a dash can be no option.
 * @throws validation_error for what no remote path holds
 */
export function pathLine(path: string): string {
  checkPath(path)
  if (path === '~' || path.startsWith('~/')) return `~${textLine(path.slice(1))}`
  return textLine(path.startsWith('-') ? `./${path}` : path)
}

function checkPath(path: string): void {
  if (path === '') throw invalid('path is empty.')
  checkTexts({ path })
}
