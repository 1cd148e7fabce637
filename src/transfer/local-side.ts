import type { Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { errnoOf, ToolError } from '../common/errors.js'
import { type FileAttributes, typeOfMode } from '../ssh/file-attributes.js'
import type { NamedAttributes } from '../ssh/sftp-messages.js'
import { shownName } from './shown-name.js'
import { type Side, under } from './side.js'

/** Entries given at a time. */
const PIECE = 200

/** The files of this machine. */
export const localSide: Side = {
  stat: (path) => attributesOf(path, fs.stat),
  lstat: (path) => attributesOf(path, fs.lstat),
  realPath: (path) => doing(path, async () => (await fs.realpath(bytes(path), 'buffer')).toString('latin1')),
  list: listed,
  makeDirectory: (path, mode) => doing(path, () => fs.mkdir(bytes(path), { mode })),
  removeFile: (path) => doing(path, () => fs.unlink(bytes(path))),
  removeDirectory: (path) => doing(path, () => fs.rmdir(bytes(path))),
  rename: (from, to, replace) => doing(to, () => moved(from, to, replace)),
  setMode: (path, mode) => doing(path, () => fs.chmod(bytes(path), mode)),
  setOwner: (path, uid, gid) => doing(path, () => fs.chown(bytes(path), uid, gid)),
}

const bytes = (path: string): Buffer => Buffer.from(path, 'latin1')

async function attributesOf(
  path: string,
  look: (path: Buffer) => Promise<Stats>,
): Promise<FileAttributes | null> {
  try {
    const { size, mode, uid, gid, mtimeMs } = await look(bytes(path))
    return { type: typeOfMode(mode), size, mode: mode & 0o7777, uid, gid, modified: mtimeMs / 1000 }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error))) return null
    throw failure(path, error)
  }
}

async function* listed(path: string): AsyncGenerator<NamedAttributes[]> {
  const names = await doing(path, () => fs.readdir(bytes(path), 'buffer'))
  for (let at = 0; at < names.length; at += PIECE) {
    const piece = names.slice(at, at + PIECE).map((name) => name.toString('latin1'))
    const found = await Promise.all(
      piece.map(async (name) => ({ name, attributes: await attributesOf(under(path, name), fs.lstat) })),
    )
    yield found.filter((entry): entry is NamedAttributes => entry.attributes !== null)
  }
}

/** Without `replace` a file gets its new name by link(2), which no other process can come before. */
async function moved(from: string, to: string, replace: boolean): Promise<void> {
  if (replace || (await fs.lstat(bytes(from))).isDirectory()) return fs.rename(bytes(from), bytes(to))
  await fs.link(bytes(from), bytes(to))
  await fs.unlink(bytes(from))
}

async function doing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw failure(path, error)
  }
}

/** The system's words, without the paths that Node puts into them: those are shown as they are, or marked. */
function failure(path: string, error: unknown): ToolError {
  const why = /^[A-Z0-9]+: ([^,]+)/.exec((error as Error).message)?.[1] ?? (error as Error).message
  return new ToolError('validation_error', `${shownName(path)} on this machine: ${why}.`)
}
