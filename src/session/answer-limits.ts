/** Answers at once, and per second in the long run: a program may ask for each of 256 colours, and more is a flood. */
const MAX_ANSWERS = 300
const ANSWERS_PER_SECOND = 30
/** Time between two looks: at first, and at most, in milliseconds; and how it grows. */
const FIRST_SPACING_MS = 30
const MAX_SPACING_MS = 2000
const GROWTH = 1.7

/** How many answers may be given. Pure; times are milliseconds on one clock. */
export class AnswerBudget {
  #left = MAX_ANSWERS
  #at = 0

  /** Whether so many more may be given now; they count as given either way, so that a flood gets none. */
  affords(count: number, now: number): boolean {
    const grown = this.#left + ((now - this.#at) * ANSWERS_PER_SECOND) / 1000
    const left = Math.min(MAX_ANSWERS, grown) - count
    this.#left = Math.max(0, left)
    this.#at = now
    return left >= 0
  }
}

/** When to look at who asks: at once where things have changed, and ever more seldom while nothing comes of it. Pure. */
export class LookPace {
  #place = ''
  #spacing = 0
  #next = 0

  /** Milliseconds until the next look. @param place what has to be the same for the last look to count */
  left(place: string, now: number): number {
    if (place !== this.#place) {
      this.#place = place
      this.#spacing = 0
      this.#next = 0
    }
    return Math.max(0, this.#next - now)
  }

  looked(now: number): void {
    this.#spacing = Math.min(MAX_SPACING_MS, this.#spacing * GROWTH + FIRST_SPACING_MS)
    this.#next = now + this.#spacing
  }

  /** Somebody was waiting, and may ask more. */
  answered(): void {
    this.#spacing = 0
  }
}
