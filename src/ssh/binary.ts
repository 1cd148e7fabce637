/** SSH's binary forms (RFC 4251, section 5): uint32 and string, big-endian. */

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

export function sshString(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** Reads SSH's binary forms one after another. @throws RangeError where the bytes end too early */
export class BinaryReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++)
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  /** A view, not a copy. */
  string(): Buffer {
    const length = this.uint32()
    if (this.#at + length > this.#bytes.length) throw new RangeError('a string ends behind its message')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.string().toString('utf8')
  }
}

/**
 * Splits a stream of messages, each behind its length as a uint32, at any cut of the input. Frames are views of
 * what is pushed, valid during the call: only a message that was cut is copied.
 */
export class FrameSplitter {
  readonly #onFrame: (frame: Buffer) => void
  readonly #max: number
  /** The beginning of a message that is not complete, its length included. */
  #begun: Buffer
  #length = 0

  /** @param max longest message, in bytes: a longer one means that the other side does not speak this protocol */
  constructor(max: number, onFrame: (frame: Buffer) => void) {
    this.#max = max
    this.#onFrame = onFrame
    this.#begun = Buffer.alloc(1024)
  }

  /** @throws RangeError if a message is longer than `max` */
  push(chunk: Buffer): void {
    let rest = chunk
    while (this.#length > 0 && rest.length > 0) rest = this.#complete(rest)
    while (rest.length >= 4) {
      const end = this.#end(rest)
      if (end > rest.length) break
      const frame = rest.subarray(4, end)
      rest = rest.subarray(end)
      this.#onFrame(frame)
    }
    this.#keep(rest)
  }

  /** Adds to the message that was begun what belongs to it. @returns the rest */
  #complete(rest: Buffer): Buffer {
    const wanted = this.#length < 4 ? 4 : this.#end(this.#begun)
    const taken = Math.min(wanted - this.#length, rest.length)
    this.#keep(rest.subarray(0, taken))
    if (this.#length >= 4 && this.#length === this.#end(this.#begun)) {
      const frame = this.#begun.subarray(4, this.#length)
      this.#length = 0
      this.#onFrame(frame)
    }
    return rest.subarray(taken)
  }

  #keep(bytes: Buffer): void {
    const needed = this.#length + bytes.length
    if (needed > this.#begun.length) {
      const larger = Buffer.alloc(2 * needed)
      this.#begun.copy(larger, 0, 0, this.#length)
      this.#begun = larger
    }
    this.#length += bytes.copy(this.#begun, this.#length)
  }

  #end(bytes: Buffer): number {
    const length = bytes.readUInt32BE(0)
    if (length > this.#max) throw new RangeError(`a message of ${length} bytes`)
    return 4 + length
  }
}
