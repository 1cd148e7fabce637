import { invalid } from '../common/errors.js'
import { shownName } from './shown-name.js'
import { type Side, under } from './side.js'

/** Where a copy is to go. */
export interface Place {
  directory: string
  /** What the one thing that is copied is to be called there; null where all keep their names. */
  name: string | null
}

/** A path without the slashes at its end, and its last part. */
const trimmed = (path: string): string => path.replace(/(?<=.)\/+$/, '')
export const baseOf = (path: string): string => trimmed(path).replace(/^.*\//s, '')
export function parentOf(path: string): string {
  const whole = trimmed(path)
  const at = whole.lastIndexOf('/')
  if (at < 0) return '.'
  return at === 0 ? '/' : whole.slice(0, at)
}

/** Whether what is in a directory is meant, and not the directory: `.`, `dir/.` and the like. */
export const meansContents = (path: string): boolean => /(?:^|\/)\.{1,2}\/*$|^\/+$/.test(path)

/**
 * The place that a destination means, as cp reads it: a directory takes what is copied into it, anything else is the
 * new name. @param several whether more than one thing is to be copied @throws validation_error
 */
export async function placeOf(side: Side, path: string, several: boolean): Promise<Place> {
  const found = await side.stat(path)
  if (found?.type === 'directory') return { directory: trimmed(path), name: null }
  if (several || path.endsWith('/')) {
    const why = (await side.stat(trimmed(path))) ? 'is no directory' : 'does not exist'
    const need = several
      ? 'Several sources need a directory'
      : 'Leave out the slash, or make the directory first'
    throw invalid(`The destination ${shownName(trimmed(path))} ${why}. ${need}; nothing was copied.`)
  }
  const directory = parentOf(path)
  if ((await side.stat(directory))?.type !== 'directory')
    throw invalid(
      `The destination's directory ${shownName(directory)} does not exist. Make it first; nothing was copied.`,
    )
  if (!found) return { directory, name: baseOf(path) }
  const real = await realOf(side, path)
  return { directory: parentOf(real), name: baseOf(real) }
}

/** A link to a file stays one: what it leads to is replaced. */
async function realOf(side: Side, path: string): Promise<string> {
  return (await side.lstat(path))?.type === 'symlink' ? side.realPath(path) : path
}

export const finalPath = ({ directory, name }: Place, own: string): string => under(directory, name ?? own)
