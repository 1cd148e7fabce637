import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { invalid, ToolError } from '../common/errors.js'
import type { Fence } from './fence.js'
import { bytesOf, join, type RawPath, toText } from './raw-path.js'
import { realPath } from './real-path.js'

export interface TreeSize {
  files: number
  bytes: number
}

/** A directory that is to be walked, by where it is and by how it was reached. */
interface Directory {
  real: RawPath
  shown: RawPath
  /** The directories it was reached through, itself included. */
  chain: ReadonlySet<RawPath>
}

/** A few links to directories beside each other can make a tree endless without any loop. */
const MAX_ENTRIES = 1_000_000

/**
 * Walks what a program that follows links would send of a file or directory. Links may lead to anything inside the
 * fence. @param root a real path
 * @throws policy_denied for what is outside of the fence or protected; validation_error for what would hang that program
 */
export async function checkTree(fence: Fence, root: RawPath, signal?: AbortSignal): Promise<TreeSize> {
  const size = { files: 0, bytes: 0 }
  const open: Directory[] = []
  const start = { real: '', shown: '', chain: new Set<RawPath>() }
  await enter({ fence, size, open }, root, root, start)
  for (let seen = 0; ; ) {
    const directory = open.pop()
    if (!directory) return size
    const entries = await readdir(bytesOf(directory.real), { withFileTypes: true, encoding: 'buffer' })
    seen += entries.length
    if (seen > MAX_ENTRIES) throw tooMany(root)
    for (const entry of entries) {
      signal?.throwIfAborted()
      const name = entry.name.toString('latin1')
      const real = realEntry(directory.real, name, entry)
      await enter({ fence, size, open }, real, join(directory.shown, name), directory)
    }
  }
}

interface Walk {
  fence: Fence
  size: TreeSize
  open: Directory[]
}

async function enter(walk: Walk, real: RawPath, shown: RawPath, from: Directory): Promise<void> {
  if (!walk.fence.mayRead(real)) throw refused(shown)
  const stat = await lstat(bytesOf(real)).catch(() => null)
  // It has gone, or leads nowhere: the program will say so.
  if (stat === null) return
  if (stat.isDirectory()) {
    if (from.chain.has(real)) throw loop(shown)
    walk.open.push({ real, shown, chain: new Set(from.chain).add(real) })
  } else if (stat.isFile()) {
    walk.size.files++
    walk.size.bytes += stat.size
  } else throw special(shown)
}

const realEntry = (directory: RawPath, name: RawPath, entry: Dirent<Buffer>): RawPath =>
  entry.isSymbolicLink() ? realPath(join(directory, name)).real : join(directory, name)

const refused = (path: RawPath): ToolError =>
  new ToolError(
    'policy_denied',
    `'${toText(path)}' is protected or leads out of the places that transfers may use, and links are followed. ` +
      'Leave it out, or copy with ssh_sync, which copies links as links.',
  )

const loop = (path: RawPath): ToolError =>
  invalid(`'${toText(path)}' leads back to a directory it lies in, so the copy would not end. Use ssh_sync.`)

const special = (path: RawPath): ToolError =>
  invalid(
    `'${toText(path)}' is no file or directory but a pipe, socket or device, which cannot be copied. Leave it out, ` +
      'or use ssh_sync, which leaves such out by itself.',
  )

const tooMany = (root: RawPath): ToolError =>
  invalid(`'${toText(root)}' leads to more than ${MAX_ENTRIES} files. Copy parts of it, or use ssh_sync.`)
