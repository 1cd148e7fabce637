/** Shortest and longest time between two looks at a terminal on which nothing changes, in milliseconds. */
const FIRST_SPACING_MS = 150
const LAST_SPACING_MS = 5000

/** When to look: after a time of silence, and the more seldom the longer nothing comes of it. */
export class LookSchedule {
  readonly #look: () => Promise<void>
  #timer: NodeJS.Timeout | null = null
  /** On the monotonic clock: when silence will have lasted, and the earliest time for the next look. */
  #silentAt = 0
  #earliest = 0
  #dueAt = 0
  #lookedAt = 0
  #spacing = FIRST_SPACING_MS

  constructor(look: () => Promise<void>) {
    this.#look = look
  }

  /**
   * The terminal was heard now.
   * @param silenceMs how long it has to be silent from now on @param most longest time between two looks
   */
  poke(silenceMs: number, most: number): void {
    this.#silentAt = performance.now() + silenceMs
    this.#spacing = Math.min(this.#spacing, most)
    this.#earliest = Math.min(this.#earliest, this.#lookedAt + most)
    // One timer for any number of pieces of output: it looks at the time when it goes off.
    if (!this.#timer || this.#dueAt > Math.max(this.#silentAt, this.#earliest)) this.#arm()
  }

  /** What comes next may be something else: look soon again. */
  reset(): void {
    this.#spacing = FIRST_SPACING_MS
    this.#earliest = 0
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #arm(): void {
    this.stop()
    this.#dueAt = Math.max(this.#silentAt, this.#earliest)
    this.#timer = setTimeout(() => this.#due(), Math.max(0, this.#dueAt - performance.now()))
  }

  #due(): void {
    this.#timer = null
    const now = performance.now()
    if (now < Math.max(this.#silentAt, this.#earliest) - 1) return this.#arm()
    this.#lookedAt = now
    this.#earliest = now + this.#spacing
    this.#spacing = Math.min(this.#spacing * 1.7, LAST_SPACING_MS)
    void this.#look()
  }
}
