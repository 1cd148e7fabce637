import { unlessAborted } from '../connection/opening.js'
import type { MuxForward } from '../ssh/mux-forward-messages.js'
import { ForwardRefused, Listener } from './listener.js'

/** Refusals that are remembered; the connections of the oldest have long ended. */
const MAX_REFUSALS = 1000

/** Opens listeners on masters, and takes back those that nobody waited for. */
export class Listeners {
  readonly #undoing = new Map<string, Promise<unknown>>()
  readonly #refused = new Map<string, string>()

  /** @throws the signal's reason, ForwardRefused, or Error if the master is gone */
  async open(path: string, forward: MuxForward, signal: AbortSignal): Promise<Listener> {
    const opening = Listener.open(path, forward)
    try {
      return await unlessAborted(opening, signal)
    } catch (error) {
      if (error instanceof ForwardRefused && forward.direction === 'remote') this.#note(path, forward)
      if (signal.aborted) this.#undo(forward, opening)
      throw error
    }
  }

  /** Waits for what is being taken back of that port. */
  async undone(forward: MuxForward): Promise<void> {
    await this.#undoing.get(portOf(forward))
  }

  async allUndone(): Promise<void> {
    await Promise.all(this.#undoing.values())
  }

  /**
   * Whether a master will do. OpenSSH keeps where a forward was to lead that the server refused, and would lead a later
   * one from the same port there.
   */
  suits(path: string, forward: MuxForward): boolean {
    const other = this.#refused.get(path + portOf(forward))
    return forward.direction === 'local' || other === undefined || other === destinationOf(forward)
  }

  #note(path: string, forward: MuxForward): void {
    this.#refused.set(path + portOf(forward), destinationOf(forward))
    const [oldest] = this.#refused.keys()
    if (this.#refused.size > MAX_REFUSALS && oldest !== undefined) this.#refused.delete(oldest)
  }

  #undo(forward: MuxForward, opening: Promise<Listener>): void {
    const key = portOf(forward)
    const undoing = opening
      .then(
        (listener) => listener.close(),
        () => {},
      )
      .then(() => {
        if (this.#undoing.get(key) === undoing) this.#undoing.delete(key)
      })
    this.#undoing.set(key, undoing)
  }
}

const portOf = ({ direction, listenHost, listenPort }: MuxForward): string =>
  ` ${direction} ${listenHost} ${listenPort}`
const destinationOf = ({ connectHost, connectPort }: MuxForward): string => `${connectHost} ${connectPort}`
