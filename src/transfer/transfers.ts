/** The transfers that are under way, so that the daemon's end can end them. */
export class Transfers {
  readonly #ending = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  /** @param signal the caller's @param work is to end when the signal it gets is aborted */
  async during<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = work(AbortSignal.any([signal, this.#ending.signal]))
    this.#running.add(running)
    return running.finally(() => this.#running.delete(running))
  }

  /** Ends what is running. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the daemon is ending'))
    await Promise.allSettled(this.#running)
  }
}
