import { unlessAborted } from '../connection/opening.js'
import { isWithin, type RawPath } from './raw-path.js'

/** What a transfer may touch on this machine while it goes on. */
interface Claim {
  places: readonly RawPath[]
  /** Whether nothing else may go on there meanwhile. */
  alone: boolean
}

/**
 * What may be read and written is checked before a program reads and writes it. rsync lays links, also within the
 * fence to what is protected in it; while it does, nothing else may be between its check and its end. So a download
 * by rsync has its places for itself; everything else goes on side by side.
 */
export class LocalTurns {
  readonly #held = new Set<Claim>()
  #waiting: { claim: Claim; begin: () => void }[] = []

  /** Waits for its turn, which comes in the order of asking. */
  async during<T>(claim: Claim, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      await unlessAborted(this.#turn(claim), signal)
      return await work()
    } finally {
      this.#held.delete(claim)
      this.#waiting = this.#waiting.filter((one) => one.claim !== claim)
      this.#next()
    }
  }

  #turn(claim: Claim): Promise<void> {
    return new Promise((begin) => {
      this.#waiting.push({ claim, begin })
      this.#next()
    })
  }

  /** Nobody overtakes one that asked before, or a download might wait for ever. */
  #next(): void {
    const before = [...this.#held]
    this.#waiting = this.#waiting.filter(({ claim, begin }) => {
      const free = !before.some((other) => inTheWay(claim, other))
      before.push(claim)
      if (!free) return true
      this.#held.add(claim)
      begin()
      return false
    })
  }
}

const inTheWay = (one: Claim, other: Claim): boolean =>
  (one.alone || other.alone) &&
  one.places.some((place) => other.places.some((there) => isWithin(place, there) || isWithin(there, place)))
