import { setImmediate as nextTurn } from 'node:timers/promises'
import { invalid } from '../common/errors.js'
import { READ_SLICE_BYTES } from '../common/limits.js'
import { bytesOfText } from '../terminal/offset-in-line.js'
import { rawCut } from '../terminal/raw-cut.js'
import { TextView } from '../terminal/text-view.js'
import type { Recorder } from './recorder.js'

type Format = 'text' | 'raw'

/** Bytes beyond its text in which a line's own sequences are looked for. */
const MARGIN_BYTES = 4096

export interface Reading {
  output: string
  truncated: boolean
  /** Absolute offsets in the transcript: where this began, and where the next reading does. */
  offset: number
  next_offset: number
  pending: number
}

export interface ReadOptions {
  format: Format
  /** UTF-16 units of output at most. */
  max: number
  /** Whether the session has ended, so that what is incomplete at the end will not be completed. */
  ended: boolean
  /** Where to stop, an absolute offset; what came later is as if it had not. */
  until?: number
}

/**
 * A place in a transcript from which output is read, as text or raw; what was given once is not given again.
 * Reading is in two steps, so that a call that is cancelled in between has taken nothing.
 */
export class ReadPosition {
  readonly #recorder: Recorder
  #view: TextView
  #cols: number
  #busy: Promise<void> = Promise.resolve()

  constructor(recorder: Recorder, cols: number, offset = 0, units = 0) {
    this.#recorder = recorder
    this.#cols = cols
    this.#view = new TextView(cols, offset, units)
  }

  /** A reader's own place, at any offset that exists. @throws validation_error */
  static async at(recorder: Recorder, cols: number, offset: number): Promise<ReadPosition> {
    const end = recorder.state.offset
    if (offset > end) throw invalid(`offset ${offset} is past the end of the transcript, which is at ${end}.`)
    const { offset: from, units } = recorder.checkpoints.before(offset)
    const position = new ReadPosition(recorder, cols, from, units)
    await position.#skipTo(offset)
    return position
  }

  /** Text units that lie after this place. */
  get pending(): number {
    return Math.max(0, this.#recorder.state.units - this.#view.unitsGiven)
  }

  get offset(): number {
    const { position, givenThere } = this.#view
    if (givenThere === 0) return position
    return (
      position + bytesOfText(this.#recorder.file.read(position, givenThere * 4 + MARGIN_BYTES), givenThere)
    )
  }

  /** Where this place is, for a later daemon: an offset and the text units before it. */
  get saved(): { offset: number; units: number } {
    return { offset: this.#view.position, units: this.#view.unitsBefore }
  }

  resize(cols: number): void {
    this.#cols = cols
    this.#view.resize(cols)
  }

  /** Interprets what has arrived, as far as a reading of that size needs it; takes nothing. */
  async prepare({ format, max, until }: Omit<ReadOptions, 'ended'>): Promise<void> {
    const before = this.#busy
    let release = (): void => {}
    this.#busy = new Promise((resolve) => {
      release = resolve
    })
    await before
    try {
      if (format === 'text') await this.#feedUntil(max, this.#end(until))
    } finally {
      release()
    }
  }

  #end(until = Number.MAX_SAFE_INTEGER): number {
    return Math.min(until, this.#recorder.state.offset)
  }

  /** Takes what was prepared. */
  take(options: ReadOptions): Reading {
    const offset = this.offset
    const { output, truncated } = options.format === 'raw' ? this.#takeRaw(options) : this.#takeText(options)
    return { output, truncated, offset, next_offset: this.offset, pending: this.pending }
  }

  #takeText({ max, until }: ReadOptions): { output: string; truncated: boolean } {
    const end = this.#end(until)
    if (this.#view.fedTo < end && end - this.#view.fedTo <= READ_SLICE_BYTES) this.#feedSlice(end)
    const all = this.#view.fedTo === end
    // While more is to be looked at, the open line may still change, so only ended lines are given.
    const limit = all ? max : Math.min(max, this.#view.ready)
    const { text, truncated } = limit > 0 ? this.#view.take(limit) : { text: '', truncated: true }
    return { output: text, truncated: truncated || !all }
  }

  #takeRaw({ max, ended, until }: ReadOptions): { output: string; truncated: boolean } {
    const { offset } = this
    const units = this.#view.unitsGiven
    const end = this.#end(until)
    // A unit is at most three bytes, and one sequence more may have to be seen whole.
    const bytes = this.#recorder.file.read(offset, Math.min(end - offset, max * 3 + 8192))
    const last = ended && offset + bytes.length === end
    const cut = bytes.subarray(0, rawCut(bytes, max, last))
    if (this.#view.fedTo > offset) this.#view = new TextView(this.#cols, offset, units)
    this.#view.feed(cut)
    this.#view.skip()
    const held = bytes.length - cut.length
    return { output: cut.toString('utf8'), truncated: held > 0 && this.pending > 0 }
  }

  /** Feeds until `max` units of ended lines are ready, or until what had arrived when it began. */
  async #feedUntil(max: number, end: number): Promise<void> {
    while (this.#view.ready < max && this.#view.fedTo < end) {
      this.#feedSlice(end)
      if (this.#view.fedTo < end) await nextTurn()
    }
  }

  /** Goes on to an offset without keeping what lies before it, however much that is. */
  async #skipTo(offset: number): Promise<void> {
    while (this.#view.fedTo < offset) {
      this.#feedSlice(offset)
      this.#view.skip()
      await nextTurn()
    }
  }

  #feedSlice(end: number): void {
    const from = this.#view.fedTo
    const bytes = this.#recorder.file.read(from, Math.min(READ_SLICE_BYTES, end - from))
    if (bytes.length === 0)
      throw invalid('The transcript of this session has been removed, so it cannot be read back.')
    this.#view.feed(bytes)
  }
}
