import type { FileAttributes } from '../ssh/file-attributes.js'
import type { NamedAttributes } from '../ssh/sftp-messages.js'

/**
 * Files of one side, here or on the remote: whatever is put in place goes the same way on both. Paths are latin1
 * strings, a character a byte. What is not there is null; everything else that fails is a ToolError.
 */
export interface Side {
  /** Links followed. */
  stat(path: string): Promise<FileAttributes | null>
  lstat(path: string): Promise<FileAttributes | null>
  realPath(path: string): Promise<string>
  /** Entries without `.` and `..`, in pieces and in no order. */
  list(path: string): AsyncGenerator<NamedAttributes[]>
  makeDirectory(path: string, mode: number): Promise<void>
  removeFile(path: string): Promise<void>
  removeDirectory(path: string): Promise<void>
  rename(from: string, to: string, replace: boolean): Promise<void>
  setMode(path: string, mode: number): Promise<void>
  setOwner(path: string, uid: number, gid: number): Promise<void>
}

/** The name of an entry of a directory. */
export const under = (directory: string, name: string): string =>
  directory === '/' ? `/${name}` : `${directory}/${name}`
