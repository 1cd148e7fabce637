import { setImmediate as nextTurn } from 'node:timers/promises'
import { invalid } from '../common/errors.js'
import { READ_SLICE_BYTES } from '../common/limits.js'
import { log } from '../common/log.js'
import type { Drawn, Screen } from '../terminal/screen.js'
import type { Recorder } from './recorder.js'
import { type Beginning, beginnings, isExact, MOST_BYTES } from './screen-beginnings.js'
import { shownFrom } from './shown.js'

/** The screen of a session at a place of its transcript. */
export interface SessionDrawing extends Drawn {
  /** Absolute offset up to which the stream is drawn. */
  offset: number
  /** Whether what stood there before is too far back to be drawn, so that parts may be missing. */
  approximate: boolean
}

/** How long a screen that nobody asks for is kept: a program is looked at again within minutes, or not for long. */
const KEPT_MS = 120_000
/** Cells that are drawn before other work gets its turn: 2 to 10 ms. */
const TURN_WORK = 300_000
/** Cells that are drawn from one beginning, in one or two seconds; 8 MB of a log take a third of it. */
const MOST_WORK = 100_000_000

interface Kept {
  screen: Screen
  begun: Beginning
  /** Absolute offset up to which the screen was fed. */
  fedTo: number
}

/**
 * The screen of a session, drawn from its transcript when somebody asks for it, and kept for a while. For a session
 * whose screen nobody looks at nothing is drawn or held.
 */
export class SessionScreen {
  /** Absolute offset up to which the last screen that was given out is drawn; null if none was. */
  givenTo: number | null = null
  readonly #recorder: Recorder
  #kept: Kept | null = null
  #busy: Promise<unknown> = Promise.resolve()
  #expiry: NodeJS.Timeout | undefined

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /**
   * The screen as of the newest byte, or of the one before offset `to`. Calls are served one after another; what one
   * that is cancelled has drawn is there for the next.
   * @throws validation_error if the transcript has been removed
   */
  drawn(signal?: AbortSignal, to?: number): Promise<SessionDrawing> {
    return this.#afterOthers(async () => {
      clearTimeout(this.#expiry)
      try {
        return await this.#draw(signal, to)
      } finally {
        this.#expiry = setTimeout(() => this.forget(), KEPT_MS).unref()
      }
    })
  }

  /** Absolute offset up to which there is something to be drawn. */
  get shownEnd(): number {
    const { state, hidden } = this.#recorder
    return hidden.open ? hidden.shownBefore(state.offset) : state.offset
  }

  /** Lets go of what is kept. */
  forget(): void {
    clearTimeout(this.#expiry)
    void this.#afterOthers(async () => this.#drop())
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work)
    this.#busy = done.catch(() => {})
    return done
  }

  #drop(): void {
    this.#kept?.screen.dispose()
    this.#kept = null
  }

  async #draw(signal: AbortSignal | undefined, to = Number.POSITIVE_INFINITY): Promise<SessionDrawing> {
    const end = Math.min(this.shownEnd, to)
    let choice = beginnings(this.#recorder, end)
    if (this.#kept && !this.#goesOn(this.#kept, choice, end)) this.#drop()
    for (;;) {
      this.#kept ??= await this.#begin(choice[0] as Beginning)
      const { screen, begun, fedTo } = this.#kept
      const nearer = choice.filter(({ offset }) => offset > fedTo)
      if (await this.#feed(this.#kept, end, nearer.length > 0, signal)) {
        screen.resize(this.#recorder.sizes.at(end))
        return { ...screen.drawn(), offset: end, approximate: !isExact(this.#recorder, begun) }
      }
      this.#drop()
      choice = nearer
    }
  }

  /** Whether what is kept can be drawn on, or is better begun anew. */
  #goesOn({ begun, fedTo }: Kept, choice: Beginning[], end: number): boolean {
    if (end < fedTo || end - fedTo > MOST_BYTES) return false
    return isExact(this.#recorder, begun) || (!begun.alternate && !choice[0]?.exact)
  }

  /** @throws what cannot be loaded */
  async #begin(begun: Beginning): Promise<Kept> {
    // xterm is loaded when the first screen is drawn: most daemons never need it.
    const { Screen } = await import('../terminal/screen.js')
    const screen = new Screen(this.#recorder.sizes.at(begun.offset))
    await screen.feed(Buffer.from(begun.first))
    return { screen, begun, fedTo: begun.offset }
  }

  /** @returns whether all up to `end` is drawn; with `bounded`, false where that costs too much */
  async #feed(kept: Kept, end: number, bounded: boolean, signal: AbortSignal | undefined): Promise<boolean> {
    for (let left = bounded ? MOST_WORK : Number.POSITIVE_INFINITY; kept.fedTo < end; ) {
      signal?.throwIfAborted()
      const { offset, bytes } = shownFrom(this.#recorder, kept.fedTo, READ_SLICE_BYTES, end)
      if (bytes.length === 0 && offset < end)
        throw invalid('The transcript of this session has been removed, so its screen cannot be drawn.')
      kept.screen.resize(this.#recorder.sizes.at(offset))
      const { taken, work } = await this.#fed(kept.screen, bytes, bounded)
      kept.fedTo = offset + taken
      left -= work
      if (left < 0) return false
      if (kept.fedTo < end) await nextTurn()
    }
    return true
  }

  /** What the drawing stumbles over may be left out by a nearer beginning. */
  async #fed(screen: Screen, bytes: Buffer, bounded: boolean): Promise<{ taken: number; work: number }> {
    try {
      return await screen.feed(bytes, TURN_WORK)
    } catch (error) {
      log(`a screen could not be drawn: ${error instanceof Error ? error.stack : String(error)}`)
      if (!bounded) this.#drop()
      if (!bounded) throw error
      return { taken: bytes.length, work: Number.POSITIVE_INFINITY }
    }
  }
}
