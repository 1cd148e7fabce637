import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import { bytesOf, join, parent, type RawPath } from './raw-path.js'

/** Where a path leads: every link followed as the system would, as far as anything is there. */
export interface RealPath {
  real: RawPath
  /** Null where nothing is, or nothing can be seen. */
  stat: Stats | null
  /** Directories that `..` led out of. */
  left: RawPath[]
}

/** As many as Linux follows. */
const MAX_LINKS = 40

/**
 * Follows a path name by name. Unlike realpath(3) it also says where a path leads at whose end nothing is, and so
 * where a dangling link would write to. Names behind the first that is missing are put on as they are.
 * @param path absolute
 */
export function realPath(path: RawPath): RealPath {
  const names = path.split('/').reverse()
  const left: RawPath[] = []
  let real: RawPath = '/'
  let stat = look('/')
  for (let links = 0; names.length > 0; ) {
    const name = names.pop() as string
    if (name === '' || name === '.') continue
    if (!stat?.isDirectory()) return { ...missing(join(real, name), names), left }
    if (name === '..') {
      left.push(real)
      real = parent(real)
      stat = look(real)
      continue
    }
    const next = join(real, name)
    const found = look(next)
    if (!found?.isSymbolicLink()) {
      real = next
      stat = found
      continue
    }
    const target = readLink(next)
    if (target === null || ++links > MAX_LINKS) return { ...missing(next, names), left }
    names.push(...target.split('/').reverse())
    if (!target.startsWith('/')) continue
    real = '/'
    stat = look(real)
  }
  return { real, stat, left }
}

/** The rest as it is: a `..` in it stays there, so that nothing takes it for a place that can be used. */
const missing = (real: RawPath, rest: string[]): Omit<RealPath, 'left'> => ({
  real: rest
    .filter((name) => name !== '' && name !== '.')
    .reduceRight((path, name) => join(path, name), real),
  stat: null,
})

function look(path: RawPath): Stats | null {
  try {
    return lstatSync(bytesOf(path))
  } catch {
    return null
  }
}

function readLink(path: RawPath): RawPath | null {
  try {
    return readlinkSync(bytesOf(path), 'buffer').toString('latin1')
  } catch {
    return null
  }
}
