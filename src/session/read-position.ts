import { setImmediate as nextTurn } from 'node:timers/promises'
import { invalid } from '../common/errors.js'
import { READ_SLICE_BYTES } from '../common/limits.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import { withoutMarks } from '../terminal/marks.js'
import { partOfLine } from '../terminal/offset-in-line.js'
import { rawCut } from '../terminal/raw-cut.js'
import { type GivenTo, TextView } from '../terminal/text-view.js'
import type { Recorder } from './recorder.js'
import { shownFrom, shownParts } from './shown.js'

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
  /** The place that was worked out last, and for which state of the view. */
  #placed: { givenTo: GivenTo; place: Checkpoint }
  #busy: Promise<void> = Promise.resolve()

  constructor(recorder: Recorder, offset = 0, units = 0) {
    this.#recorder = recorder
    this.#view = viewFrom(recorder, offset, units)
    this.#placed = { givenTo: this.#view.givenTo, place: { offset, units } }
  }

  /** A reader's own place, at any offset that exists. @throws validation_error */
  static async at(recorder: Recorder, offset: number): Promise<ReadPosition> {
    const end = recorder.state.offset
    if (offset > end) throw invalid(`offset ${offset} is past the end of the transcript, which is at ${end}.`)
    const { offset: from, units } = recorder.checkpoints.before(offset)
    const position = new ReadPosition(recorder, from, units)
    await position.#skipTo(offset)
    return position
  }

  /** Text units that lie after this place. */
  get pending(): number {
    return Math.max(0, this.#recorder.state.units - this.place.units)
  }

  get offset(): number {
    return this.place.offset
  }

  /**
   * Where this place is: an offset and the text units before it. It never goes back, though a line above what was
   * given may have changed, and be cut.
   */
  get place(): Checkpoint {
    const { givenTo } = this.#view
    if (this.#placed.givenTo !== givenTo) {
      const place = givenTo.given === 0 ? givenTo : this.#within(givenTo)
      const { offset, units } = place.offset >= this.#placed.place.offset ? place : this.#placed.place
      this.#placed = { givenTo, place: { offset, units } }
    }
    return this.#placed.place
  }

  /** The place behind what was given of a line. */
  #within({ offset, units, given, indent }: GivenTo): Checkpoint {
    const end = Math.min(this.#recorder.state.offset, offset + given * 4 + MARGIN_BYTES)
    const parts = [...shownParts(this.#recorder, offset, end, READ_SLICE_BYTES)]
    const { cols } = this.#recorder.sizes.at(offset)
    const part = partOfLine(Buffer.concat(parts.map(({ bytes }) => bytes)), { cols, indent, units: given })
    let left = part.bytes
    for (const { offset, bytes } of parts) {
      if (left <= bytes.length) return { offset: offset + left, units: units + part.units }
      left -= bytes.length
    }
    return { offset: end, units: units + part.units }
  }

  /** Goes to another place, between characters and sequences; what lies before it counts as given. */
  async jumpTo({ offset, units }: Checkpoint): Promise<void> {
    await this.#exclusively(async () => {
      this.#begin(offset, units)
    })
  }

  #begin(offset: number, units: number): void {
    this.#view = viewFrom(this.#recorder, offset, units)
    this.#placed = { givenTo: this.#view.givenTo, place: { offset, units } }
  }

  /** Counts all up to an offset as given. */
  async skipTo(offset: number): Promise<void> {
    await this.#exclusively(() => this.#skipTo(offset))
  }

  /** The same at once, for a place that is at most a slice away; farther it does nothing. */
  skipShortTo(offset: number): void {
    if (offset - this.#view.fedTo > READ_SLICE_BYTES) return
    while (this.#view.fedTo < offset && this.#feedSlice(offset)) {}
    if (this.#view.fedTo === offset) this.#view.skip()
  }

  /** Where this place is, for a later daemon: an offset and the text units before it. */
  get saved(): { offset: number; units: number } {
    return { offset: this.#view.position, units: this.#view.unitsBefore }
  }

  /** Interprets what has arrived, as far as a reading of that size needs it; takes nothing. */
  async prepare({ format, max, until }: Omit<ReadOptions, 'ended'>): Promise<void> {
    if (format === 'text') await this.#exclusively(() => this.#feedUntil(max, this.#end(until)))
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    const before = this.#busy
    let release = (): void => {}
    this.#busy = new Promise((resolve) => {
      release = resolve
    })
    await before
    try {
      await work()
    } finally {
      release()
    }
  }

  /** Where what is shown ends for now. */
  #end(until = Number.MAX_SAFE_INTEGER): number {
    const end = Math.min(until, this.#recorder.state.offset)
    return this.#recorder.hidden.open ? this.#recorder.hidden.shownBefore(end) : end
  }

  /** Takes what was prepared. */
  take(options: ReadOptions): Reading {
    const { offset } = this
    const { output, truncated } = options.format === 'raw' ? this.#takeRaw(options) : this.#takeText(options)
    // Who reads on from here must get on, even behind a line that was written over.
    if (output !== '' && this.offset <= offset) this.#placed.place = this.#view.end
    return { output, truncated, offset, next_offset: this.offset, pending: this.pending }
  }

  #takeText({ max, until }: ReadOptions): { output: string; truncated: boolean } {
    const end = this.#end(until)
    if (end - this.#view.fedTo <= READ_SLICE_BYTES) while (this.#view.fedTo < end && this.#feedSlice(end)) {}
    const all = this.#view.fedTo >= end
    // While more is to be looked at, the open line may still change, so only ended lines are given.
    const limit = all ? max : Math.min(max, this.#view.ready)
    const { text, truncated } = limit > 0 ? this.#view.take(limit) : { text: '', truncated: true }
    return { output: text, truncated: truncated || !all }
  }

  #takeRaw({ max, ended, until }: ReadOptions): { output: string; truncated: boolean } {
    const end = this.#end(until)
    const from = this.offset
    if (this.#view.fedTo > from) this.#begin(from, this.place.units)
    let output = ''
    for (let more = true; more && this.#view.fedTo < end && output.length < max; ) {
      // A unit is at most three bytes, and one sequence more may have to be seen whole.
      const room = max - output.length
      const { offset, bytes } = shownFrom(this.#recorder, this.#view.fedTo, room * 3 + 8192, end)
      this.#view.skipTo(offset)
      const last = ended && offset + bytes.length === end
      const cut = bytes.subarray(0, rawCut(bytes, room, last))
      this.#view.feed(cut)
      this.#view.skip()
      output += withoutMarks(cut.toString('utf8'), this.#recorder.nonces)
      more = cut.length > 0
    }
    return { output, truncated: this.#view.fedTo < end && this.pending > 0 }
  }

  /** Feeds until `max` units of ended lines are ready, or until what had arrived when it began. */
  async #feedUntil(max: number, end: number): Promise<void> {
    while (this.#view.ready < max && this.#view.fedTo < end) {
      if (!this.#feedSlice(end)) return
      if (this.#view.fedTo < end) await nextTurn()
    }
  }

  /** Goes on to an offset without keeping what lies before it, however much that is. */
  async #skipTo(offset: number): Promise<void> {
    while (this.#view.fedTo < offset && this.#feedSlice(offset)) {
      this.#view.skip()
      await nextTurn()
    }
  }

  /** @returns whether something was fed; false where nothing more is shown before `end` */
  #feedSlice(end: number): boolean {
    const { offset, bytes } = shownFrom(this.#recorder, this.#view.fedTo, READ_SLICE_BYTES, end)
    this.#view.skipTo(offset)
    if (bytes.length === 0 && offset < end)
      throw invalid('The transcript of this session has been removed, so it cannot be read back.')
    this.#view.resize(this.#recorder.sizes.at(offset))
    this.#view.feed(bytes)
    return bytes.length > 0
  }
}

const viewFrom = ({ sizes, fullScreens }: Recorder, offset: number, units: number): TextView =>
  new TextView(sizes.at(offset), offset, units, fullScreens)
