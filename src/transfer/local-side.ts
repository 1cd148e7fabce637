import type { Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { errnoOf, ToolError } from '../common/errors.js'
import { type FileAttributes, typeOfMode } from '../ssh/file-attributes.js'
import type { NamedAttributes } from '../ssh/sftp-messages.js'
import { Forbidden } from './forbidden.js'
import { bytesOf, hasText, toText } from './raw-path.js'
import { shownName } from './shown-name.js'
import { type Side, under } from './side.js'
import { stagingName } from './staging-name.js'

/** Entries given at a time. */
const PIECE = 200
const SLASH = Buffer.from('/')

/** The files of this machine. */
export const localSide: Side = {
  stat: (path) => attributesOf(path, fs.stat),
  lstat: (path) => attributesOf(path, fs.lstat),
  realPath: (path) =>
    doing(path, async () => (await fs.realpath(bytesOf(path), 'buffer')).toString('latin1')),
  list: listed,
  makeDirectory: (path, mode) => doing(path, () => fs.mkdir(bytesOf(path), { mode })),
  removeFile: (path) => doing(path, () => fs.unlink(bytesOf(path))),
  removeDirectory: (path) => doing(path, () => fs.rmdir(bytesOf(path))),
  rename: (from, to, replace) => doing(to, () => moved(from, to, replace)),
  setMode: (path, mode) => doing(path, () => fs.chmod(bytesOf(path), mode)),
  setOwner: (path, uid, gid) => doing(path, () => fs.chown(bytesOf(path), uid, gid)),
}

async function attributesOf(
  path: string,
  look: (path: Buffer) => Promise<Stats>,
): Promise<FileAttributes | null> {
  try {
    const { size, mode, uid, gid, mtimeMs } = await look(bytesOf(path))
    return { type: typeOfMode(mode), size, mode: mode & 0o7777, uid, gid, modified: mtimeMs / 1000 }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error))) return null
    throw failure(path, error)
  }
}

async function* listed(path: string): AsyncGenerator<NamedAttributes[]> {
  const names = await doing(path, () => fs.readdir(bytesOf(path), 'buffer'))
  for (let at = 0; at < names.length; at += PIECE) {
    const piece = names.slice(at, at + PIECE).map((name) => name.toString('latin1'))
    const found = await Promise.all(
      piece.map(async (name) => ({ name, attributes: await attributesOf(under(path, name), fs.lstat) })),
    )
    yield found.filter((entry): entry is NamedAttributes => entry.attributes !== null)
  }
}

async function moved(from: string, to: string, replace: boolean): Promise<void> {
  try {
    if (replace || (await fs.lstat(bytesOf(from))).isDirectory()) await fs.rename(bytesOf(from), bytesOf(to))
    else await linked(from, to)
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error
    await movedAcross(from, to, replace)
  }
}

/** By link(2) a file gets a new name that no other process can come before; not every file system knows it. */
async function linked(from: string, to: string): Promise<void> {
  try {
    await fs.link(bytesOf(from), bytesOf(to))
    await fs.unlink(bytesOf(from))
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(errnoOf(error))) throw error
    if (await attributesOf(to, fs.lstat)) throw error
    await fs.rename(bytesOf(from), bytesOf(to))
  }
}

/** Something in the tree is another file system: what goes there is copied beside its place first. */
async function movedAcross(from: string, to: string, replace: boolean): Promise<void> {
  const beside = under(to.slice(0, to.lastIndexOf('/')), stagingName())
  try {
    await fs.cp(text(from), text(beside), { recursive: true, preserveTimestamps: true, errorOnExist: true })
    await directoryTimesKept(bytesOf(from), bytesOf(beside))
    await moved(beside, to, replace)
  } finally {
    await fs.rm(bytesOf(beside), { recursive: true, force: true })
  }
  await fs.rm(bytesOf(from), { recursive: true, force: true })
}

/** fs.cp keeps the times of files only. The innermost come first: what is done in a directory changes its own. */
async function directoryTimesKept(from: Buffer, to: Buffer): Promise<void> {
  const found = await fs.lstat(from)
  if (!found.isDirectory()) return
  for (const name of await fs.readdir(from, 'buffer'))
    await directoryTimesKept(Buffer.concat([from, SLASH, name]), Buffer.concat([to, SLASH, name]))
  await fs.utimes(to, found.atime, found.mtime)
}

/** fs.cp takes no bytes. */
function text(path: string): string {
  if (hasText(path)) return toText(path)
  throw new Error('EILSEQ: a name that is no UTF-8 cannot go to another file system')
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
  const Kind = ['EACCES', 'EPERM'].includes(errnoOf(error)) ? Forbidden : ToolError
  return new Kind('validation_error', `${shownName(path)} on this machine: ${why}.`)
}
