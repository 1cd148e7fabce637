import { VISIT_IDLE_MS, VISIT_KEPT_MS, VISIT_LEFT_MS, VISIT_UNRETURNED_MS } from '../common/limits.js'

/** When the client of a visit was last heard of, and what follows from that. Most go without a word. */
export class Presence {
  readonly #now: () => number
  #heardAt: number
  #streams = 0
  #cameAgain = false
  #hadNews = false

  /** @param now the time in milliseconds, from any beginning */
  constructor(now: () => number) {
    this.#now = now
    this.#heardAt = now()
  }

  /** @param again whether it comes with the id that it was given */
  came(again: boolean): void {
    this.#heardAt = this.#now()
    this.#cameAgain ||= again
  }

  /** @param isNews whether it is the stream for what belongs to no request */
  streamBegan(isNews: boolean): void {
    this.#streams++
    this.#hadNews ||= isNews
  }

  streamEnded(): void {
    this.#streams--
    this.#heardAt = this.#now()
  }

  /** Milliseconds for which its visit might have made way for another; below 0 it may not yet. */
  get spareFor(): number {
    return this.#silentFor - (this.#cameAgain ? VISIT_KEPT_MS : VISIT_UNRETURNED_MS)
  }

  /** Whether nobody is to be expected any more. */
  get isOver(): boolean {
    return this.#silentFor > (this.#hadNews ? VISIT_LEFT_MS : VISIT_IDLE_MS)
  }

  /** Milliseconds; 0 while one of its streams is open. */
  get #silentFor(): number {
    return this.#streams > 0 ? 0 : this.#now() - this.#heardAt
  }
}
