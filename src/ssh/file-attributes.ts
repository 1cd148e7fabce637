export type FileType = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'device'

/** What is known of a file, here or on a remote. */
export interface FileAttributes {
  type: FileType
  /** Bytes. */
  size: number
  /** The permission bits, those of setuid, setgid and sticky among them. */
  mode: number
  uid: number
  gid: number
  /** Seconds since 1970. */
  modified: number
}

// A list of pairs, for formatters have been seen to change octal keys of an object.
const TYPES: ReadonlyMap<number, FileType> = new Map([
  [0o010000, 'fifo'],
  [0o020000, 'device'],
  [0o040000, 'directory'],
  [0o060000, 'device'],
  [0o100000, 'file'],
  [0o120000, 'symlink'],
  [0o140000, 'socket'],
])

/** The type in a mode as stat(2) gives it. What has none is a file: some servers tell no type. */
export const typeOfMode = (mode: number): FileType => TYPES.get(mode & 0o170000) ?? 'file'
