/** Runs work one after another: each piece begins when the one before is done and `ready` says so. */
export class Turns {
  readonly #ready: () => boolean
  #waiting: (() => void)[] = []
  #busy = false

  constructor(ready: () => boolean) {
    this.#ready = ready
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
      this.next()
    })
    try {
      return await work()
    } finally {
      // In a turn of its own, so that what the work has returned is on its way, and others come in between.
      setImmediate(() => {
        this.#busy = false
        this.next()
      })
    }
  }

  /** Lets the next one begin if it may; to be called when `ready` may have changed. */
  next(): void {
    if (this.#busy || this.#waiting.length === 0 || !this.#ready()) return
    this.#busy = true
    this.#waiting.shift()?.()
  }
}
