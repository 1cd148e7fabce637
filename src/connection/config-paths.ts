import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { namePattern } from '../ssh/name-pattern.js'

/** Paths that are followed from one piece of a pattern to the next. */
const MAX_PATHS = 200

/** Longest pattern: no path is longer (Linux's PATH_MAX), and a name is compared with all of it. */
const MAX_CHARS = 4096

/** Directories that may still be read, for all patterns of one configuration together. */
export interface ReadingRoom {
  directories: number
}

/** The paths that an absolute pattern stands for, sorted as a shell does; one without anything special need not exist. */
export async function pathsOf(pattern: string, room: ReadingRoom): Promise<string[]> {
  if (pattern.length > MAX_CHARS) return []
  let paths = ['/']
  for (const piece of pattern.split('/').filter((part) => part !== '')) {
    const found = await Promise.all(paths.map((directory) => entries(directory, piece, room)))
    paths = found.flat().slice(0, MAX_PATHS)
  }
  return paths
}

async function entries(directory: string, piece: string, room: ReadingRoom): Promise<string[]> {
  if (!/[*?[\\]/.test(piece)) return [join(directory, piece)]
  if (room.directories <= 0) return []
  room.directories--
  const names = await readdir(directory).catch(() => [])
  return names
    .filter(namePattern(piece))
    .sort()
    .map((name) => join(directory, name))
}
