import { setTimeout as pause } from 'node:timers/promises'
import { customAlphabet } from 'nanoid'
import { ToolError } from '../common/errors.js'
import { MASTER_IDLE_MS, MAX_MASTERS, SPARE_MASTER_IDLE_MS } from '../common/limits.js'
import { prepareState, type StatePaths } from '../platform/paths.js'
import {
  type ChannelCommand,
  type ChannelListener,
  ChannelRefused,
  type CommandChannel,
} from './command-channel.js'
import { type Hold, ownHold, personsHold } from './hold.js'
import { Master } from './master.js'
import { masterAnswers } from './mux-link.js'
import { givenUp, type Opening, openInTime, unlessAborted } from './opening.js'
import { passengerChannel } from './passenger.js'
import type { Asker, Questions } from './questions.js'
import { type Connection, sharingKey } from './resolve.js'

/** Where an ssh of scp's or rsync's finds a master that takes one more channel. */
export interface Seat {
  controlPath: string
  /** Whether that master is the person's own. */
  thePersons: boolean
  /** A path for that ssh's own words. */
  log: string
  /** To be called once when that ssh has ended. @param refused the server opened no channel for it */
  leave(refused: boolean): Promise<void>
}

/** Channels of one server and caller: its connections, and who waits for room on them. */
interface Pool {
  masters: Master[]
  /** Channels the server allows on one connection, once it has refused one. */
  limit: number
  waiting: (() => void)[]
}

const newId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 12)
const SWEEP_MS = 5000
/** A connection may die just when it is to be used; a second one that does is no coincidence. */
const TRIES = 3
const RETRY_MS = 100
const NOTICED_MS = 3000

/** The connections that commands, files and forwards share: one for each target, more where a server wants it so. */
export class Masters {
  readonly #paths: StatePaths
  readonly #questions: Questions
  readonly #pools = new Map<string, Pool>()
  readonly #sweeper: NodeJS.Timeout

  constructor(paths: StatePaths, questions: Questions) {
    this.#paths = paths
    this.#questions = questions
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref()
  }

  all(): Master[] {
    return [...this.#pools.values()].flatMap(({ masters }) => masters)
  }

  /** Runs a command in a channel of its own. @throws connection_failed */
  async open(
    connection: Connection,
    command: ChannelCommand,
    listener: ChannelListener,
    opening: Opening,
  ): Promise<CommandChannel> {
    if (!opening.notThePersons && (await this.isThePersons(connection)))
      return passengerChannel(connection, command, listener, `${this.#paths.controls}/${newId()}`)
    return this.#onOwnMaster(connection, opening, (master, pool) =>
      this.#openChannel({ master, pool }, command, listener, opening),
    )
  }

  /** Whether the person has a connection of their own there, which is used, and never ended. */
  async isThePersons({ resolved }: Connection): Promise<boolean> {
    return resolved.controlPath !== '' && masterAnswers(resolved.controlPath)
  }

  /** A place for an ssh that scp or rsync starts, to open one channel on a master. @throws connection_failed */
  async seat(connection: Connection, opening: Opening): Promise<Seat> {
    const log = `${this.#paths.controls}/${newId()}`
    if (!opening.notThePersons && (await this.isThePersons(connection)))
      return { controlPath: connection.resolved.controlPath, thePersons: true, log, leave: async () => {} }
    return this.#onOwnMaster(connection, opening, async (master, pool) => ({
      controlPath: master.controlPath,
      thePersons: false,
      log,
      leave: async (refused) => {
        if (!refused) return this.#leave(pool, master)
        this.#release(pool, master)
        if (master.inUse > 0) await this.#refused(pool, master)
      },
    }))
  }

  /** The connection of a target, made if there is none. @throws connection_failed */
  async connect(connection: Connection, opening: Opening): Promise<Master> {
    const pool = this.#pool(connection)
    const master = pool.masters.find(({ usable }) => usable) ?? this.#start(pool, connection, opening.asker)
    await unlessAborted(master.ready, opening.signal)
    return master
  }

  /**
   * A connection that stays while it is held. @param suits whether the master of a control socket will do
   * @throws connection_failed, or Error if the connection was lost meanwhile
   */
  async hold(connection: Connection, opening: Opening, suits: (path: string) => boolean): Promise<Hold> {
    const theirs = connection.resolved.controlPath
    if (!opening.notThePersons && suits(theirs) && (await this.isThePersons(connection)))
      return personsHold(theirs)
    const pool = this.#pool(connection)
    const known = pool.masters.find(({ usable, controlPath }) => usable && suits(controlPath))
    const master = known ?? this.#start(pool, connection, opening.asker)
    const hold = ownHold(master)
    await unlessAborted(master.ready, opening.signal).catch((error: unknown) => {
      hold.release()
      throw error
    })
    return hold
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    await Promise.all(this.all().map((master) => master.stop()))
  }

  /** @param use takes a place on the master, which it must give back; a failed one is given back here */
  async #onOwnMaster<T>(
    connection: Connection,
    opening: Opening,
    use: (master: Master, pool: Pool) => Promise<T>,
  ): Promise<T> {
    const pool = this.#pool(connection)
    for (let failures = 0; ; ) {
      const master = await this.#reserve(pool, connection, opening)
      try {
        await unlessAborted(master.ready, opening.signal)
        return await use(master, pool)
      } catch (error) {
        this.#release(pool, master)
        if (error instanceof ToolError || opening.signal.aborted) throw error
        if (error instanceof ChannelRefused && (master.inUse > 0 || closedLately(master)))
          await this.#refused(pool, master)
        else if (++failures === TRIES) throw givenUp(connection, error as Error)
        else await pause(RETRY_MS)
      }
    }
  }

  async #openChannel(
    { master, pool }: { master: Master; pool: Pool },
    command: ChannelCommand,
    listener: ChannelListener,
    opening: Opening,
  ): Promise<CommandChannel> {
    const channel = await openInTime(master, command, listener, opening)
    void channel.ended.then(() => this.#leave(pool, master))
    return channel
  }

  /** What else is open is all that the server allows; but it may be a moment behind with counting what has ended. */
  async #refused(pool: Pool, master: Master): Promise<void> {
    if (master.inUse === 0 || performance.now() - master.closedAt < RETRY_MS) await pause(RETRY_MS)
    else pool.limit = Math.min(pool.limit, master.inUse)
  }

  /** A place on a connection with room for one more channel: a new one, where a server allows few on each. */
  async #reserve(pool: Pool, connection: Connection, opening: Opening): Promise<Master> {
    for (;;) {
      const living = pool.masters.filter(({ usable }) => usable)
      const free = living.find(({ inUse }) => inUse < pool.limit)
      const more = living.length < MAX_MASTERS || opening.urgent
      const master = free ?? (more ? this.#start(pool, connection, opening.asker) : null)
      if (master) {
        // At once: of those who wait together only as many may go as there are places.
        master.inUse++
        return master
      }
      await unlessAborted(new Promise<void>((resolve) => pool.waiting.push(resolve)), opening.signal)
    }
  }

  #start(pool: Pool, connection: Connection, asker: Asker | null): Master {
    prepareState(this.#paths) // it may have been removed meanwhile
    const master = new Master(connection, `${this.#paths.controls}/${newId()}`, this.#questions, asker)
    pool.masters.push(master)
    void master.ended.then(() => {
      pool.masters = pool.masters.filter((other) => other !== master)
      wakeAll(pool)
    })
    return master
  }

  #pool(connection: Connection): Pool {
    const key = sharingKey(connection)
    const known = this.#pools.get(key)
    if (known) return known
    const pool: Pool = { masters: [], limit: Number.POSITIVE_INFINITY, waiting: [] }
    this.#pools.set(key, pool)
    return pool
  }

  /** A channel was closed. */
  #leave(pool: Pool, master: Master): void {
    master.closedAt = performance.now()
    this.#release(pool, master)
  }

  #release(pool: Pool, master: Master): void {
    master.inUse--
    master.idleSince = performance.now()
    wakeAll(pool)
  }

  /** Ends what nobody has used for a while. */
  #sweep(): void {
    const now = performance.now()
    for (const [key, pool] of this.#pools) {
      for (const master of pool.masters) {
        const patience = pool.masters[0] === master ? MASTER_IDLE_MS : SPARE_MASTER_IDLE_MS
        const idle = master.isReady && now - master.idleSince > patience
        const useless = master.hung || (master.isReady && !master.usable)
        if (master.inUse === 0 && master.forwards === 0 && (idle || useless)) void master.stop()
      }
      if (pool.masters.length === 0 && pool.limit === Number.POSITIVE_INFINITY) this.#pools.delete(key)
    }
  }
}

/** A server under load may take its time to notice that a channel has ended. */
const closedLately = (master: Master): boolean => performance.now() - master.closedAt < NOTICED_MS

function wakeAll(pool: Pool): void {
  for (const wake of pool.waiting.splice(0)) wake()
}
