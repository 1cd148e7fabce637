import { setTimeout as pause } from 'node:timers/promises'
import { type Look, Looker } from '../connection/look.js'
import { SIDE_STATUS, type SideShell } from '../connection/side-shell.js'
import { LookSchedule } from './look-schedule.js'

/** What decides whether, when and how to look. */
export interface WatchHost {
  /** What must stand still while we look: where the transcript ends, and how much was typed. */
  place(): string
  interested(): boolean
  /** How long the terminal has to be silent before a look is worth its while, in milliseconds. */
  silenceMs(): number
  /** Whether text stands on a line that has not ended, which may be a question. */
  openLine(): boolean
  /** Whether a mark may be on its way that a look would overtake. */
  awaitsMark(): boolean
  /** A look is over; null where nothing was to be seen. */
  looked(look: Look | null): Promise<void>
  /** All that came of it is done. */
  done(): void
}

/** Longest time between two looks while somebody waits: on an unfinished line there may be a question. */
const SPACING_MS = 5000
const QUESTION_SPACING_MS = 700
/** How much later than a look its terminal's output may come. */
const MARK_MS = 20
/** How long after a look began the session's end may bear its status: a side shell lives for 3 s at most. */
const SPOILT_MS = 5000
/** Looks in a row during which something came, after which the next one has to wait. */
const MAX_AT_ONCE = 3
/** Looks in a row that tell nothing, after which there is taken to be nothing to be seen. */
const BLIND_LOOKS = 2

/** Looks at who is in front of a terminal, whenever it falls silent and somebody is interested; one look at a time. */
export class FrontWatch {
  /** Whether the side shell is to stay open between looks, since more are to come soon. */
  keep = true
  readonly #host: WatchHost
  readonly #schedule = new LookSchedule(() => this.look())
  #looker: Looker | null = null
  #blindLooks = 0
  #inVain = 0
  #work: Promise<void> | null = null
  #ended = false

  constructor(host: WatchHost) {
    this.#host = host
  }

  /** From now on there may be something to be seen. @param warm whether a look will be needed soon */
  begin(open: (signal: AbortSignal) => Promise<SideShell | null>, warm: boolean): void {
    this.#looker = new Looker(open)
    // The first look costs a start of the remote's shell; so begin before the prompt is there.
    if (warm) void this.#looker.warm()
  }

  /** Whether a second channel leads to something that is no shell. */
  get foreign(): boolean {
    return this.#looker?.foreign ?? false
  }

  /** Whether an exit status may be that of a look, which hides the session's own. */
  spoils(status: number): boolean {
    return status === SIDE_STATUS && performance.now() - (this.#looker?.openedAt ?? 0) < SPOILT_MS
  }

  /** A look that is under way, with all that comes of it. */
  get work(): Promise<void> | null {
    return this.#work
  }

  /** Something has happened on the terminal. */
  poke(): void {
    if (this.#ended || this.#work || !this.#host.interested()) return
    this.#schedule.poke(this.#host.silenceMs(), this.#host.openLine() ? QUESTION_SPACING_MS : SPACING_MS)
  }

  /** What comes next may be something else: look soon again. */
  reset(): void {
    this.#schedule.reset()
  }

  rest(): void {
    this.#schedule.stop()
  }

  async look(): Promise<void> {
    if (this.#ended || this.#work || !this.#host.interested()) return
    this.#work = this.#lookOnce().finally(() => {
      this.#work = null
      this.#host.done()
      this.poke()
    })
    await this.#work
  }

  /** A look out of turn, of which nothing else comes. @returns null where there is nothing to be seen */
  async glance(): Promise<Look | null> {
    for (let tries = 0; tries < BLIND_LOOKS && this.#looker && !this.#looker.hopeless; tries++) {
      // One that another look's end has closed tells nothing.
      const look = await this.#looker.look()
      if (look) return look
    }
    return null
  }

  /** Signals the group in front, past all input that was not taken. @returns whether it was sent */
  async interrupt(signal: 'INT' | 'QUIT'): Promise<boolean> {
    const look = (await this.#looker?.look()) ?? null
    const { evidence } = look ?? {}
    if (!look || !evidence?.interruptible || !evidence.canonical || !evidence.echo) return false
    return (await this.#looker?.interrupt(look, signal)) ?? false
  }

  end(): void {
    this.#ended = true
    this.#schedule.stop()
    this.#looker?.close()
  }

  async #lookOnce(): Promise<void> {
    const place = this.#host.place()
    const look = (await this.#looker?.look({ keep: this.keep })) ?? null
    if (this.#host.awaitsMark()) await pause(MARK_MS)
    this.#blindLooks = look ? 0 : this.#blindLooks + 1
    if (this.#ended || !this.#host.interested()) return
    // What was seen may be over: only what stands still counts. A prompt that comes in parts is looked at again at once.
    if (place !== this.#host.place()) {
      if (++this.#inVain <= MAX_AT_ONCE) this.#schedule.reset()
      return
    }
    this.#inVain = 0
    if (!look && this.#blindLooks < BLIND_LOOKS) return
    await this.#host.looked(look)
    if (!this.keep) this.#looker?.close()
  }
}
