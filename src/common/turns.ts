/** Runs work one after another: each piece begins when the one before is done and `ready` says so. */
export class Turns {
  readonly #ready: () => boolean
  readonly #waiting = new Set<() => void>()
  #busy = false

  constructor(ready: () => boolean) {
    this.#ready = ready
  }

  /**
   * @param signal aborted when nobody waits for it any more: work whose turn has not come is then never begun
   * @throws the signal's reason
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(signal)
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

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(begin)
        reject(signal?.reason)
      }
      const begin = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      if (signal?.aborted) return giveUp()
      signal?.addEventListener('abort', giveUp)
      this.#waiting.add(begin)
      this.next()
    })
  }

  /** Lets the next one begin if it may; to be called when `ready` may have changed. */
  next(): void {
    const [begin] = this.#waiting
    if (this.#busy || !begin || !this.#ready()) return
    this.#busy = true
    this.#waiting.delete(begin)
    begin()
  }
}
