import { bytesOf, type RawPath, toText } from './raw-path.js'

/** What scp says of a file of which a part could not be written. It goes on with the next, and the size may be right. */
const WRITE_FAILED = /\bwrite\b/gi

/**
 * Which of the files that scp wrote are named in what it says, and so may hold anything; all of them where it says
 * more than can be told apart. @param cut whether not everything that it said is there
 */
export function blamedFiles(said: string, cut: boolean, written: readonly RawPath[]): ReadonlySet<RawPath> {
  const blamed = new Set(written.filter((path) => forms(path).some((form) => said.includes(`"${form}"`))))
  const failures = said.match(WRITE_FAILED)?.length ?? 0
  return cut || failures > blamed.size ? new Set(written) : blamed
}

/** A path as it is, and in the ways in which OpenSSH's programs write what cannot be shown (vis(3), VIS_OCTAL). */
function forms(path: RawPath): string[] {
  const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
  const bytes = bytesOf(path).toString('latin1')
  const plain = toText(path)
  return [
    plain,
    plain.replaceAll('\\', '\\\\'),
    bytes.replaceAll('\\', '\\\\').replace(/[^\x07-\x0a\r -~]/g, octal),
    plain.replace(/[\0-\x1f\x7f]/g, octal),
  ]
}
