import type { Caller } from '../connection/caller.js'
import { fenceOf } from './fence.js'
import { LocalTurns } from './local-turns.js'

/** The transfers that are under way, so that the daemon's end can end them. */
export class Transfers {
  readonly #ending = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  readonly #turns = new LocalTurns()

  /**
   * @param alone whether it lays links on this machine, so that no other transfer may go on in the caller's places
   * @param work is to end when the signal it gets is aborted
   */
  async during<T>(
    { caller, signal }: { caller: Caller; signal: AbortSignal },
    alone: boolean,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const either = AbortSignal.any([signal, this.#ending.signal])
    const claim = { places: fenceOf(caller).places, alone }
    const running = this.#turns.during(claim, either, () => work(either))
    this.#running.add(running)
    return running.finally(() => this.#running.delete(running))
  }

  /** Ends what is running. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the daemon is ending'))
    await Promise.allSettled(this.#running)
  }
}
