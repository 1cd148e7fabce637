/** Something is typed that nothing else may come into. */
export class TypingTurn {
  #under: Promise<void> | null = null

  /** Settles when it is over; null while there is none. */
  get over(): Promise<void> | null {
    return this.#under
  }

  /** Nothing else is typed until this is done. */
  async while<T>(work: () => Promise<T>): Promise<T> {
    let done = (): void => {}
    this.#under = new Promise<void>((resolve) => {
      done = resolve
    })
    try {
      return await work()
    } finally {
      this.#under = null
      done()
    }
  }
}
