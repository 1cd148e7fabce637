/** Runs something later; @returns a function that takes that back. */
export type Later = (run: () => void, ms: number) => () => void

/** How often a client is told of one thing at most: a model looks more seldom, and a person sees no difference. */
const EVERY_MS = 1000

/**
 * Tells of changes: of the first at once, then of all that come within a second, or while the client has not taken
 * what it was told, once behind it. So the last change is always told, and nothing piles up.
 */
export class Coalesced {
  readonly #tell: (closed: AbortSignal) => Promise<void>
  readonly #closed = new AbortController()
  readonly #later: Later
  #takeBack = (): void => {}
  #state: 'idle' | 'busy' | 'behind' | 'closed' = 'idle'

  /** @param tell settles when the client has taken it; whether it failed does not matter. `closed` is aborted by `close` */
  constructor(tell: (closed: AbortSignal) => Promise<void>, later: Later = afterTimer) {
    this.#tell = tell
    this.#later = later
  }

  changed(): void {
    if (this.#state === 'idle') this.#run()
    else if (this.#state === 'busy') this.#state = 'behind'
  }

  close(): void {
    this.#state = 'closed'
    this.#takeBack()
    this.#closed.abort()
  }

  #run(): void {
    this.#state = 'busy'
    const rest = (): void => {
      if (this.#state !== 'closed') this.#takeBack = this.#later(() => this.#rested(), EVERY_MS)
    }
    this.#tell(this.#closed.signal).then(rest, rest)
  }

  #rested(): void {
    if (this.#state === 'behind') this.#run()
    else if (this.#state === 'busy') this.#state = 'idle'
  }
}

function afterTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms).unref()
  return () => clearTimeout(timer)
}
