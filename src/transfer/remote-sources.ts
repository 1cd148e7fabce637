import { ToolError } from '../common/errors.js'
import type { FileAttributes } from '../ssh/file-attributes.js'
import { nameMatches } from '../ssh/name-pattern.js'
import { isPattern, withoutEscapes } from './pattern.js'
import { hasText, toText } from './raw-path.js'
import type { Sftp } from './sftp.js'
import { shownName } from './shown-name.js'
import { under } from './side.js'

/** Matches of one pattern; more is a directory that should be copied as a whole. */
const MAX_MATCHES = 10_000

export interface RemoteSource {
  path: string
  attributes: FileAttributes
}

/**
 * What a remote source means: itself if there is such a file, whatever its name; else what it matches as a pattern,
 * in order. @param path a latin1 string @returns nothing if there is nothing @throws remote_file_error
 */
export async function remoteSources(sftp: Sftp, path: string): Promise<RemoteSource[]> {
  const itself = await sftp.stat(path)
  if (itself) return [{ path, attributes: itself }]
  if (!isPattern(path)) return []
  const pieces = path.split('/')
  const found: string[] = []
  await expand(
    sftp,
    path.startsWith('/') ? '/' : '',
    pieces.filter((piece) => piece !== ''),
    found,
  )
  const all = await Promise.all(
    found.sort().map(async (one) => ({ path: one, attributes: await sftp.stat(one) })),
  )
  return all.filter((source): source is RemoteSource => source.attributes !== null)
}

async function expand(
  sftp: Sftp,
  directory: string,
  pieces: readonly string[],
  found: string[],
): Promise<void> {
  const [piece, ...rest] = pieces
  if (piece === undefined) return
  for (const name of isPattern(piece) ? await matches(sftp, directory, piece) : [withoutEscapes(piece)]) {
    const path = directory === '' ? name : under(directory, name)
    if (rest.length > 0) await expand(sftp, path, rest, found)
    else found.push(path)
    if (found.length > MAX_MATCHES)
      throw new ToolError(
        'remote_file_error',
        `More than ${MAX_MATCHES} files match. Copy their directory with recursive: true, or use ssh_sync.`,
      )
  }
}

async function matches(sftp: Sftp, directory: string, piece: string): Promise<string[]> {
  const path = directory || '.'
  if ((await sftp.stat(path))?.type !== 'directory') return []
  const names: string[] = []
  for await (const entries of sftp.list(path))
    for (const { name } of entries) if (fits(piece, name)) names.push(name)
  return names
}

/** As text where the name is some, for `?` stands for a character; else byte by byte. */
const fits = (piece: string, name: string): boolean =>
  hasText(name) ? nameMatches(toText(piece), toText(name)) : nameMatches(piece, name)

/** A path as a program's argument, which must be text. @throws remote_file_error */
export function asArgument(path: string): string {
  if (hasText(path)) return toText(path)
  throw new ToolError(
    'remote_file_error',
    `The name ${shownName(path)} is no UTF-8, so scp cannot be given it. Copy its directory with recursive: true, or use ssh_sync.`,
  )
}
