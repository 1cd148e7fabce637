import type { FileAttributes } from '../ssh/file-attributes.js'
import type { NamedAttributes } from '../ssh/sftp-messages.js'
import { baseOf } from './place.js'
import { NO_SUCH_FILE, remoteFailure } from './remote-failure.js'
import type { Sftp } from './sftp.js'
import { under } from './side.js'
import { atOnce } from './tree-walk.js'

export interface ListedFile {
  /** A latin1 string. */
  name: string
  attributes: FileAttributes
  /** Where a link leads, as it is written there; null for everything else. */
  linkTarget: string | null
}

export interface FileListing {
  /** The first by name. */
  entries: ListedFile[]
  /** How many there are, hidden ones counted only if they are shown. */
  count: number
}

/**
 * What is in a directory, or a file by itself. Only as many entries as are wanted are kept, however many there are.
 * @param path a latin1 string @throws remote_file_error
 */
export async function listedFiles(
  sftp: Sftp,
  path: string,
  { hidden, most, signal }: { hidden: boolean; most: number; signal: AbortSignal },
): Promise<FileListing> {
  const itself = await sftp.stat(path)
  if (itself?.type !== 'directory') return alone(sftp, path)
  const first = new FirstByName(most)
  for await (const piece of sftp.list(path)) {
    signal.throwIfAborted()
    for (const entry of piece) if (hidden || !entry.name.startsWith('.')) first.add(entry)
  }
  const entries = first.entries().map((entry) => ({ ...entry, linkTarget: null }) as ListedFile)
  await atOnce(entries, async (entry) => {
    if (entry.attributes.type === 'symlink') entry.linkTarget = await targetOf(sftp, under(path, entry.name))
  })
  return { entries, count: first.count }
}

async function alone(sftp: Sftp, path: string): Promise<FileListing> {
  const attributes = await sftp.lstat(path)
  if (!attributes) throw remoteFailure(sftp.target, path, NO_SUCH_FILE, '')
  const linkTarget = attributes.type === 'symlink' ? await targetOf(sftp, path) : null
  return { entries: [{ name: baseOf(path), attributes, linkTarget }], count: 1 }
}

/** It may have gone meanwhile. */
const targetOf = (sftp: Sftp, path: string): Promise<string | null> => sftp.readLink(path).catch(() => null)

/** Keeps the first of many entries, by name, in memory for twice as many. */
class FirstByName {
  count = 0
  readonly #most: number
  #kept: NamedAttributes[] = []

  constructor(most: number) {
    this.#most = most
  }

  add(entry: NamedAttributes): void {
    this.count++
    this.#kept.push(entry)
    if (this.#kept.length >= 2 * this.#most + 100) this.#kept = this.entries()
  }

  entries(): NamedAttributes[] {
    return this.#kept.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, this.#most)
  }
}
