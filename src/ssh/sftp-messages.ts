import { BinaryReader, sshString, uint32 } from './binary.js'
import { type FileAttributes, typeOfMode } from './file-attributes.js'

/**
 * Messages of the SSH File Transfer Protocol, version 3 (draft-ietf-secsh-filexfer-02), with the extensions that
 * OpenSSH's PROTOCOL names. Paths and names are latin1 strings, a character a byte, for they are bytes to the server.
 */
const INIT = 1
const VERSION = 2
const STATUS = 101
const HANDLE = 102
const NAME = 104
const ATTRS = 105
const EXTENDED = 200

/** Requests that name a path and nothing else. */
const ON_PATH = {
  close: 4,
  lstat: 7,
  opendir: 11,
  readdir: 12,
  remove: 13,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  readlink: 19,
} as const
const SETSTAT = 9
const MKDIR = 14
const RENAME = 18

/** Longest message in bytes: what OpenSSH's server sends at most. */
export const MAX_SFTP_BYTES = 256 * 1024
export const EXPAND_PATH = 'expand-path@openssh.com'
export const POSIX_RENAME = 'posix-rename@openssh.com'

const HAS_SIZE = 0x1
const HAS_OWNER = 0x2
const HAS_MODE = 0x4
const HAS_TIMES = 0x8
const HAS_MORE = 0x80000000

const raw = (text: string): Buffer => sshString(Buffer.from(text, 'latin1'))
const message = (type: number, ...parts: Buffer[]): Buffer =>
  sshString(Buffer.concat([Buffer.from([type]), ...parts]))

export const sftpInit = (): Buffer => message(INIT, uint32(3))

/** @param path a path, or a handle where the request takes one */
export const onPath = (request: keyof typeof ON_PATH, id: number, path: string): Buffer =>
  message(ON_PATH[request], uint32(id), raw(path))
export const setMode = (id: number, path: string, mode: number): Buffer =>
  message(SETSTAT, uint32(id), raw(path), uint32(HAS_MODE), uint32(mode))
export const setOwner = (id: number, path: string, uid: number, gid: number): Buffer =>
  message(SETSTAT, uint32(id), raw(path), uint32(HAS_OWNER), uint32(uid), uint32(gid))
export const makeDirectory = (id: number, path: string, mode: number): Buffer =>
  message(MKDIR, uint32(id), raw(path), uint32(HAS_MODE), uint32(mode))
export const rename = (id: number, from: string, to: string): Buffer =>
  message(RENAME, uint32(id), raw(from), raw(to))
export const extended = (id: number, name: string, ...paths: string[]): Buffer =>
  message(EXTENDED, uint32(id), sshString(name), ...paths.map(raw))

export interface NamedAttributes {
  name: string
  attributes: FileAttributes
}

/** What the server says; `version` is the first, and belongs to no request. */
export type SftpAnswer =
  | { kind: 'version'; extensions: ReadonlySet<string> }
  | { kind: 'status'; id: number; code: number; text: string }
  | { kind: 'handle'; id: number; handle: string }
  | { kind: 'names'; id: number; names: NamedAttributes[] }
  | { kind: 'attributes'; id: number; attributes: FileAttributes }

/** Reads a message, its length taken off. @returns null for a kind nobody asks for @throws RangeError if it is malformed */
export function sftpAnswer(bytes: Buffer): SftpAnswer | null {
  const reader = new BinaryReader(bytes)
  const type = reader.byte()
  const id = reader.uint32()
  switch (type) {
    case VERSION:
      return { kind: 'version', extensions: extensionsIn(bytes.subarray(5)) }
    case STATUS:
      return { kind: 'status', id, code: reader.uint32(), text: bytes.length > 9 ? reader.text() : '' }
    case HANDLE:
      return { kind: 'handle', id, handle: reader.string().toString('latin1') }
    case NAME:
      return { kind: 'names', id, names: Array.from({ length: namesIn(reader) }, () => named(reader)) }
    case ATTRS:
      return { kind: 'attributes', id, attributes: attributes(reader) }
    default:
      return null
  }
}

/** Each extension is a name and a version of its own. */
function extensionsIn(bytes: Buffer): Set<string> {
  const names = new Set<string>()
  for (let rest = bytes; rest.length >= 8; ) {
    const name = new BinaryReader(rest).string()
    names.add(name.toString('latin1'))
    rest = rest.subarray(4 + name.length)
    rest = rest.subarray(4 + new BinaryReader(rest).string().length)
  }
  return names
}

/** A name takes 12 bytes at the least, so a count beyond that is a lie. */
function namesIn(reader: BinaryReader): number {
  const count = reader.uint32()
  if (count > MAX_SFTP_BYTES / 12) throw new RangeError(`a message of ${count} names`)
  return count
}

function named(reader: BinaryReader): NamedAttributes {
  const name = reader.string().toString('latin1')
  reader.string() // the same as a line of ls
  return { name, attributes: attributes(reader) }
}

function attributes(reader: BinaryReader): FileAttributes {
  const flags = reader.uint32()
  const size = flags & HAS_SIZE ? reader.uint32() * 2 ** 32 + reader.uint32() : 0
  const [uid, gid] = flags & HAS_OWNER ? [reader.uint32(), reader.uint32()] : [0, 0]
  const mode = flags & HAS_MODE ? reader.uint32() : 0
  const [, modified] = flags & HAS_TIMES ? [reader.uint32(), reader.uint32()] : [0, 0]
  if (flags & HAS_MORE) for (let left = reader.uint32(); left > 0; left--) skipExtension(reader)
  return { type: typeOfMode(mode), size, mode: mode & 0o7777, uid, gid, modified }
}

function skipExtension(reader: BinaryReader): void {
  reader.string()
  reader.string()
}
