import { closeSync, constants, fchmodSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/**
 * A transcript on disk: raw bytes, appended only. Made with O_EXCL and O_NOFOLLOW so that nothing laid
 * there beforehand is written to, and 0600 whatever the umask.
 */
export class TranscriptFile {
  readonly path: string
  #fd: number | null
  #size: number

  private constructor(path: string, fd: number | null, size: number) {
    this.path = path
    this.#fd = fd
    this.#size = size
  }

  static create(path: string): TranscriptFile {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    fchmodSync(fd, 0o600)
    return new TranscriptFile(path, fd, 0)
  }

  /** A transcript of an earlier daemon, for reading; one that is gone reads as empty. */
  static reopen(path: string): TranscriptFile {
    const file = new TranscriptFile(path, null, 0)
    file.#withDescriptor((fd) => {
      file.#size = fstatSync(fd).size
    })
    return file
  }

  /** Bytes in the file; also the offset of the next byte. */
  get size(): number {
    return this.#size
  }

  /**
   * Appends as much as the disk takes. @returns the number of bytes written, which may be fewer than given
   * @throws the system's error when it takes nothing (ENOSPC, EDQUOT, EIO, EFBIG)
   */
  append(bytes: Buffer): number {
    if (this.#fd === null) throw new Error('The transcript is closed.')
    // At its offset, not at the end of the file: should a person cut the file short, offsets still hold.
    const written = writeSync(this.#fd, bytes, 0, bytes.length, this.#size)
    this.#size += written
    return written
  }

  /** Reads at most `length` bytes from `offset`; fewer at the end, none where the file cannot be read. */
  read(offset: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.#size - offset))
    const buffer = Buffer.allocUnsafe(wanted)
    let filled = 0
    this.#withDescriptor((fd) => {
      while (filled < wanted) {
        const count = readSync(fd, buffer, filled, wanted - filled, offset + filled)
        if (count === 0) break
        filled += count
      }
    })
    return buffer.subarray(0, filled)
  }

  /** Ends appending; reading goes on, by opening the file for each read. */
  close(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
  }

  #withDescriptor(use: (fd: number) => void): void {
    if (this.#fd !== null) return use(this.#fd)
    let fd: number
    try {
      fd = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW)
    } catch {
      return // removed by the person: there is nothing to show any more
    }
    try {
      use(fd)
    } finally {
      closeSync(fd)
    }
  }
}
