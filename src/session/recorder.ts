import { errnoOf } from '../common/errors.js'
import {
  DEFAULT_COLS,
  DEFAULT_ROWS,
  DISK_GIVE_UP_MS,
  DISK_RETRY_MS,
  MAX_BACKLOG_BYTES,
} from '../common/limits.js'
import { log } from '../common/log.js'
import type { TranscriptFile } from '../platform/transcript-file.js'
import { Checkpoints } from '../terminal/checkpoints.js'
import { FullScreens } from '../terminal/full-screens.js'
import { HiddenRanges } from '../terminal/hidden-ranges.js'
import { LiveStream, type StreamState } from '../terminal/live-stream.js'
import type { Mark } from '../terminal/marks.js'
import { TerminalParser } from '../terminal/parser.js'
import type { Query } from '../terminal/queries.js'
import { SizeHistory } from '../terminal/sizes.js'

/** Output that could not be written: how many bytes are missing before the byte at `offset`. */
export interface Gap {
  offset: number
  lost_bytes: number
}

export interface RecorderOptions {
  file: TranscriptFile
  /** Bytes have been written; only now anyone may know of them. Valid only during the call, without what is hidden. */
  onRecorded: (bytes: Buffer) => void
  /** Bytes have been written, shown or not, with these marks and queries among them; told before that. */
  onFed?: (marks: readonly Mark[], queries: readonly Query[]) => void
  /** Asked for the name of a program that has taken the whole screen, after its bytes' marks were told. */
  programName?: () => string | null
  /** The disk takes no more, or takes again: the source of bytes must wait, or may go on. */
  onBlocked: (blocked: boolean) => void
  retryMs?: number
  giveUpMs?: number
}

/**
 * Writes a session's bytes to its transcript in the tick in which they came, before any reader learns of them.
 * What a full disk does not take is kept and tried again, while the source waits; what still cannot be written
 * after a minute is dropped and its amount remembered as a gap.
 */
export class Recorder {
  readonly file: TranscriptFile
  readonly gaps: Gap[] = []
  readonly checkpoints = new Checkpoints()
  readonly hidden: HiddenRanges
  readonly sizes: SizeHistory
  readonly fullScreens: FullScreens
  /** Of the marks that no reader is shown. */
  readonly nonces: string[] = []
  readonly #live: LiveStream
  readonly #options: RecorderOptions
  #backlog: Buffer[] = []
  #backlogBytes = 0
  #blockedSince = 0
  #dropping = false
  #timer: NodeJS.Timeout | null = null

  constructor(
    options: RecorderOptions,
    live = new LiveStream(),
    hidden = new HiddenRanges(),
    sizes = new SizeHistory({ cols: DEFAULT_COLS, rows: DEFAULT_ROWS }),
    fullScreens = new FullScreens(),
  ) {
    this.#options = options
    this.file = options.file
    this.#live = live
    this.hidden = hidden
    this.sizes = sizes
    this.fullScreens = fullScreens
  }

  /** Whether nothing is incomplete at the newest byte, so that what comes next may be hidden. */
  get atBoundary(): boolean {
    return this.#live.atBoundary
  }

  /** From now on all that comes is recorded but not shown. */
  hide(): void {
    this.hidden.begin(this.#live.state.offset)
    this.#live.mute()
  }

  /** Shows again what came from this offset on. */
  show(from: number): void {
    if (!this.hidden.open) return
    this.hidden.end(from)
    this.#live.unmute(unitsOf(this.file.read(from, this.#live.state.offset - from)))
  }

  get state(): StreamState {
    return this.#live.state
  }

  record(bytes: Buffer): void {
    if (this.#backlogBytes > 0) return this.#keep(bytes)
    const rest = this.#append(bytes)
    if (rest.length === 0) this.#dropping = false
    else if (this.#dropping) this.#lose(rest.length)
    else this.#block(rest)
  }

  /** Gives up at once on what the disk did not take; for the daemon's end. */
  giveUp(): void {
    if (this.#backlogBytes === 0) return
    this.#dropping = true
    this.#lose(this.#backlogBytes)
    this.#unblock()
  }

  /** Writes what the disk takes. @returns the rest */
  #append(bytes: Buffer): Buffer {
    let rest = bytes
    try {
      while (rest.length > 0) {
        const written = this.file.append(rest)
        this.#wrote(rest.subarray(0, written))
        rest = rest.subarray(written)
      }
    } catch (error) {
      if (!this.#dropping && this.#backlogBytes === 0)
        log(`transcript ${this.file.path}: ${errnoOf(error) || error}`)
    }
    return rest
  }

  #wrote(bytes: Buffer): void {
    this.#live.feed(bytes)
    const { marks, queries, switches } = this.#live.takeNews()
    this.#options.onFed?.(marks, queries)
    for (const { on, offset } of switches) {
      if (on) this.fullScreens.begin(offset, this.#options.programName?.() ?? null)
      else this.fullScreens.end(offset)
    }
    const { offset, units } = this.#live.state
    const from = Math.max(0, this.hidden.shownFrom(offset - bytes.length) - (offset - bytes.length))
    if (this.#live.atBoundary && !this.hidden.open) this.checkpoints.offer(offset, units)
    if (from < bytes.length) this.#options.onRecorded(from === 0 ? bytes : bytes.subarray(from))
  }

  #block(rest: Buffer): void {
    this.#blockedSince = performance.now()
    this.#options.onBlocked(true)
    this.#retryLater()
    this.#keep(rest)
  }

  /** Keeps a copy, for the buffer is the reader's; beyond the bound there is only a count. */
  #keep(bytes: Buffer): void {
    if (this.#backlogBytes + bytes.length > MAX_BACKLOG_BYTES) {
      this.giveUp()
      this.#lose(bytes.length)
      this.#dropping = true
      return this.#unblock()
    }
    this.#backlog.push(Buffer.from(bytes))
    this.#backlogBytes += bytes.length
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => this.#retry(), this.#options.retryMs ?? DISK_RETRY_MS)
  }

  #retry(): void {
    const rest = this.#append(Buffer.concat(this.#backlog))
    this.#backlog = rest.length > 0 ? [Buffer.from(rest)] : []
    this.#backlogBytes = rest.length
    if (rest.length === 0) return this.#unblock()
    if (performance.now() - this.#blockedSince > (this.#options.giveUpMs ?? DISK_GIVE_UP_MS)) this.giveUp()
    else this.#retryLater()
  }

  #unblock(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#backlog = []
    this.#backlogBytes = 0
    this.#options.onBlocked(false)
  }

  #lose(bytes: number): void {
    const last = this.gaps.at(-1)
    if (last && last.offset === this.file.size) last.lost_bytes += bytes
    else this.gaps.push({ offset: this.file.size, lost_bytes: bytes })
  }
}

/** Text units of bytes that begin between characters and sequences. */
export function unitsOf(bytes: Buffer): number {
  const parser = new TerminalParser({})
  parser.feed(bytes)
  return parser.units
}
