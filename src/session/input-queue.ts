/** A write under way: what of it the terminal has taken, and how to take the rest back. */
export interface PendingInput {
  readonly taken: number
  readonly done: boolean
  /** When the terminal last took something of it, on the monotonic clock in milliseconds. */
  readonly progressAt: number
  /** Takes back what was not taken. @returns the number of bytes that were */
  withdraw(): number
}

/** How long to wait before a full terminal is tried again, in milliseconds: at first, and at most. */
const FIRST_RETRY_MS = 2
const LAST_RETRY_MS = 50
/** Bytes sent before other work gets its turn. */
const TURN_BYTES = 64 * 1024

/** How long an answer may wait to be begun; who asked for it has given it up then, in milliseconds. */
const ANSWER_MS = 1000

interface Entry {
  isInput: boolean
  rest: Buffer
  taken: number
  progressAt: number
  onTaken: () => void
}

/** Sends input in order, at the pace of the other side. A write that nobody takes waits without using the processor. */
export class InputQueue {
  readonly #write: (bytes: Buffer, isInput: boolean) => number
  #entries: Entry[] = []
  #timer: NodeJS.Timeout | null = null
  #immediate: NodeJS.Immediate | null = null
  #retryMs = FIRST_RETRY_MS

  /**
   * @param write hands bytes to the terminal and returns how many it took, 0 if it is full; `isInput` is false for
   *   the terminal's own answers
   */
  constructor(write: (bytes: Buffer, isInput: boolean) => number) {
    this.#write = write
  }

  /** Whether there is input that was not taken yet. */
  get waits(): boolean {
    return this.#entries.some(({ isInput }) => isInput)
  }

  /**
   * Queues bytes.
   * @param urgent ahead of all that was not taken yet, as Ctrl-C must be
   * @param onTaken called when the last byte has been taken
   */
  send(bytes: Buffer, urgent: boolean, onTaken: () => void): PendingInput {
    const entry = newEntry(bytes, true, onTaken)
    // An answer that has begun must not be broken off.
    const first = this.#entries.findIndex(({ isInput, taken }) => isInput || taken === 0)
    if (urgent && first >= 0) this.#entries.splice(first, 0, entry)
    else this.#entries.push(entry)
    if (urgent || this.#entries.length === 1) this.#pump()
    return this.#pending(entry)
  }

  /** Sends an answer of the terminal's ahead of all input that has not begun, and whole, unless it has to wait long. */
  answer(bytes: Buffer): void {
    const entry = newEntry(bytes, false, () => clearTimeout(timer))
    const timer = setTimeout(() => entry.taken === 0 && this.#withdraw(entry), ANSWER_MS).unref()
    const first = this.#entries.findIndex(({ isInput, taken }) => isInput && taken === 0)
    this.#entries.splice(first < 0 ? this.#entries.length : first, 0, entry)
    if (this.#entries[0] === entry) this.#pump()
  }

  #pending(entry: Entry): PendingInput {
    return {
      get taken() {
        return entry.taken
      },
      get done() {
        return entry.rest.length === 0
      },
      get progressAt() {
        return entry.progressAt
      },
      withdraw: () => this.#withdraw(entry),
    }
  }

  #withdraw(entry: Entry): number {
    this.#entries = this.#entries.filter((other) => other !== entry)
    if (this.#entries.length === 0) {
      this.#rest()
      this.#retryMs = FIRST_RETRY_MS
    }
    return entry.taken
  }

  #pump(): void {
    this.#rest()
    let turn = TURN_BYTES
    for (let entry = this.#entries[0]; entry; entry = this.#entries[0]) {
      if (turn <= 0) {
        this.#immediate = setImmediate(() => this.#pump())
        return
      }
      const taken = this.#write(entry.rest, entry.isInput)
      if (taken === 0 && entry.rest.length > 0) return this.#retryLater()
      turn -= taken
      this.#retryMs = FIRST_RETRY_MS
      this.#took(entry, taken)
    }
  }

  #took(entry: Entry, taken: number): void {
    entry.rest = entry.rest.subarray(taken)
    entry.taken += taken
    entry.progressAt = performance.now()
    if (entry.rest.length > 0) return
    this.#entries.shift()
    entry.onTaken()
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => this.#pump(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }

  #rest(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#immediate) clearImmediate(this.#immediate)
    this.#timer = null
    this.#immediate = null
  }
}

const newEntry = (rest: Buffer, isInput: boolean, onTaken: () => void): Entry => ({
  isInput,
  rest,
  taken: 0,
  progressAt: performance.now(),
  onTaken,
})
