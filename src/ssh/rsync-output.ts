/** What rsync's standard output told so far. */
export interface RsyncCounts {
  /** Regular files whose contents were sent. */
  files: number
  /** The sizes of those. */
  bytes: number
  deleted: number
}

const NEWLINE = 0x0a
const RETURN = 0x0d
/** `  12,345,678  45%   10.00MB/s    0:00:12 (xfr#3, to-chk=5/8)` */
const PROGRESS = /^ *([\d.,]+[KMGTP]?) +(\d{1,3})% +([\d.]+[kMGTP]?B\/s)/

/**
 * Reads rsync's standard output: the list of changes, and how far it is. Names hold no line ends there, for rsync
 * writes those as `\#012`, and each line of the list begins with a mark that no other line has.
 */
export class RsyncOutput {
  readonly counts: RsyncCounts = { files: 0, bytes: 0, deleted: 0 }
  /** How far it is, in words; null before it began. */
  progress: string | null = null
  readonly #mark: string
  readonly #take: (line: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)

  /** @param take gets each line to be shown, with its end; one that was cut off is none */
  constructor(mark: string, take: (line: Buffer) => void) {
    this.#mark = `${mark} `
    this.#take = take
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let from = 0
    for (let at = this.#rest.length; at < bytes.length; at++) {
      if (bytes[at] !== NEWLINE && bytes[at] !== RETURN) continue
      this.#line(bytes.toString('latin1', from, at))
      from = at + 1
    }
    this.#rest = Buffer.from(bytes.subarray(from))
  }

  #line(line: string): void {
    if (line.startsWith(this.#mark)) return this.#change(line.slice(this.#mark.length))
    const [, bytes, percent, rate] = PROGRESS.exec(line) ?? []
    if (bytes !== undefined) this.progress = `${bytes} bytes, ${percent} %, ${rate}`
    else if (line !== '') this.#show(line)
  }

  /** Eleven characters of what changes, the size, the bytes that were sent, and the name with what a link points to. */
  #change(line: string): void {
    const [, change = '', size = '', name] = /^(.{11}) (\d+) \d+ (.*)$/s.exec(line) ?? []
    if (name === undefined) return this.#show(line)
    if (change.startsWith('*deleting')) this.counts.deleted++
    else if (/^[<>]f/.test(change)) {
      this.counts.files++
      this.counts.bytes += Number(size)
    }
    this.#show(`${change} ${name}`)
  }

  #show(line: string): void {
    this.#take(Buffer.from(`${line}\n`, 'latin1'))
  }
}
