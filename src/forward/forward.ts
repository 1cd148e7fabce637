import { setTimeout as pause } from 'node:timers/promises'
import { ToolError } from '../common/errors.js'
import { FORWARD_RETRY_MOST_MS, FORWARD_RETRY_MS } from '../common/limits.js'
import type { Hold } from '../connection/hold.js'
import type { Masters } from '../connection/masters.js'
import { type Opening, unlessAborted } from '../connection/opening.js'
import type { Connection } from '../connection/resolve.js'
import { couldNotListen, masterLost, noAnswer } from './failures.js'
import { ForwardRefused, type Listener } from './listener.js'
import type { Listeners } from './listeners.js'
import { becomesFree, checkPort } from './local-port.js'
import type { ForwardRequest } from './request.js'

/** A connection may be lost just when it is to be used; a second one that is is no coincidence. */
const TRIES = 3
/** How long the server is waited for that a port there is given back, in milliseconds. */
const SETTLE_MS = 1000

interface Ends {
  hold: Hold
  listener: Listener
  since: number
}

/** A port that is forwarded over a shared connection, until it is stopped: a lost one is made again. */
export class Forward {
  readonly id: string
  readonly request: ForwardRequest
  readonly connection: Connection
  readonly startedAt = Date.now()
  stoppedAt: number | null = null
  /** How often it came back. */
  restarts = 0
  /** Why it does not listen. */
  lastError: string | null = null
  readonly #masters: Masters
  readonly #listeners: Listeners
  readonly #ending = new AbortController()
  #ends: Ends | null = null
  #kept: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | null = null
  #notThePersons = false

  constructor(
    id: string,
    request: ForwardRequest,
    connection: Connection,
    { masters, listeners }: { masters: Masters; listeners: Listeners },
  ) {
    this.id = id
    this.request = request
    this.connection = connection
    this.#masters = masters
    this.#listeners = listeners
  }

  /** Whether its port is listened on. */
  get running(): boolean {
    return this.#ends !== null
  }

  /** Whether it was not stopped: it listens, or tries to. */
  get active(): boolean {
    return this.stoppedAt === null && !this.#ending.signal.aborted
  }

  /** Settles once it listens. @throws validation_error, connection_failed, or the signal's reason */
  async start(opening: Opening): Promise<void> {
    const first = this.#first(opening)
    this.#kept = first.then(
      () => this.#keep(),
      () => {},
    )
    await first
  }

  async #first({ asker, signal }: Opening): Promise<void> {
    const either = AbortSignal.any([signal, this.#ending.signal])
    for (let failures = 0; ; ) {
      try {
        return await this.#listen({ asker, signal: either })
      } catch (error) {
        if (error instanceof ToolError || either.aborted) throw error
        if (++failures === TRIES) throw masterLost(this.connection, error as Error)
        await pause(FORWARD_RETRY_MS)
      }
    }
  }

  /** Ends it; its port is free then. Connections through it go on, as long as the connection under them does. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#ending.abort(new ToolError('connection_failed', 'The forward was stopped.'))
    await this.#kept
    const ends = this.#ends
    this.#ends = null
    if (ends) await this.#close(ends)
    await Promise.race([
      this.#listeners.undone(this.request.mux),
      pause(SETTLE_MS, undefined, { ref: false }),
    ])
    this.stoppedAt = Date.now()
  }

  async #close({ hold, listener }: Ends): Promise<void> {
    const { direction, listenHost, listenPort } = this.request.mux
    this.lastError = null
    if (!(await listener.close())) {
      hold.distrust()
      this.lastError = `ssh did not answer when it was told to give port ${listenPort} back.`
    } else if (direction === 'remote') {
      await Promise.race([hold.settled(), pause(SETTLE_MS, undefined, { ref: false })])
    } else if (!(await becomesFree(listenHost, listenPort))) {
      this.lastError = `Port ${listenPort} on this machine is in use by something else now.`
    }
    hold.release()
  }

  /** Makes it again whenever it is lost, until it is stopped. Nobody is asked then. */
  async #keep(): Promise<void> {
    const { signal } = this.#ending
    let delay = FORWARD_RETRY_MS
    while (this.#ends && !signal.aborted) {
      const { listener, hold, since } = this.#ends
      const lost = await unlessAborted(listener.lost, signal).catch(() => null)
      if (lost === null) return
      this.#ends = null
      this.lastError = 'The connection was lost.' // until ssh's last words are there
      this.lastError = `The connection was lost: ${await hold.whyLost()}`
      hold.distrust() // should it live yet, its listener goes with it
      hold.release()
      // One that is lost again and again is made ever more seldom.
      if (performance.now() - since > FORWARD_RETRY_MOST_MS) delay = FORWARD_RETRY_MS
      delay = await this.#comeBack(delay, signal)
    }
  }

  async #comeBack(first: number, signal: AbortSignal): Promise<number> {
    for (let delay = first; ; delay = longer(delay)) {
      await pause(delay, undefined, { signal }).catch(() => {})
      if (signal.aborted) return delay
      try {
        await this.#listen({ asker: null, signal })
        this.restarts++
        this.lastError = null
        return longer(delay)
      } catch (error) {
        if (!signal.aborted) this.lastError = whyNot(error as Error)
      }
    }
  }

  async #listen({ asker, signal }: Opening): Promise<void> {
    const { mux } = this.request
    await this.#inTime((either) => unlessAborted(this.#listeners.undone(mux), either), signal)
    if (mux.direction === 'local') await checkPort(mux.listenHost, mux.listenPort)
    const opening = { asker, signal, notThePersons: this.#notThePersons }
    const suits = (path: string): boolean => this.#listeners.suits(path, mux)
    const hold = await this.#masters.hold(this.connection, opening, suits)
    try {
      const listener = await this.#ask(hold, signal)
      this.#ends = { hold, listener, since: performance.now() }
    } catch (error) {
      hold.release()
      throw error
    }
  }

  async #ask(hold: Hold, signal: AbortSignal): Promise<Listener> {
    const { controlPath, thePersons } = hold
    const open = (either: AbortSignal) => this.#listeners.open(controlPath, this.request.mux, either)
    const late = (): void => {
      hold.distrust()
      this.#notThePersons ||= thePersons
    }
    return this.#inTime(open, signal, late).catch((error: unknown) => {
      if (error instanceof ForwardRefused) throw couldNotListen(this.connection, this.request, hold, error)
      throw error
    })
  }

  /** @throws connection_failed, once `onLate` was told, if the server takes longer than it may to connect */
  async #inTime<T>(
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    onLate: () => void = () => {},
  ): Promise<T> {
    const late = AbortSignal.timeout(this.connection.connectSeconds * 1000)
    try {
      return await work(AbortSignal.any([signal, late]))
    } catch (error) {
      if (!late.aborted || signal.aborted) throw error
      onLate()
      throw noAnswer(this.connection)
    }
  }
}

const whyNot = (error: Error): string =>
  error instanceof ToolError ? error.message : `The connection was lost: ${error.message}`

const longer = (delay: number): number => Math.min(2 * delay, FORWARD_RETRY_MOST_MS)
