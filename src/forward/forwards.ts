import { customAlphabet } from 'nanoid'
import { invalid, ToolError } from '../common/errors.js'
import { LISTED_MS, MAX_FORWARDS, MAX_STOPPED_FORWARDS } from '../common/limits.js'
import type { Caller } from '../connection/caller.js'
import type { Masters } from '../connection/masters.js'
import type { Opening } from '../connection/opening.js'
import { checkHosts, mayReach } from '../connection/policy.js'
import { type Connection, sharingKey } from '../connection/resolve.js'
import { overlap, place } from './addresses.js'
import { Forward } from './forward.js'
import { Listeners } from './listeners.js'
import { checkPrivileged, type ForwardRequest } from './request.js'

const newId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 12)

/** All forwards of the daemon: those that are kept up, and those that were stopped not long ago. */
export class Forwards {
  readonly #masters: Masters
  readonly #listeners = new Listeners()
  readonly #forwards = new Map<string, Forward>()
  /** Not there yet: their ports are taken already, but nobody is told of them. */
  readonly #starting = new Set<Forward>()

  constructor(masters: Masters) {
    this.#masters = masters
  }

  /** Settles once its port is listened on. @throws validation_error, connection_failed or limit_reached */
  async open(
    request: ForwardRequest,
    connection: Connection,
    caller: Caller,
    opening: Opening,
  ): Promise<Forward> {
    this.#forgetOld()
    this.#checkLimit()
    checkPrivileged(request, connection.ssh.version)
    this.#checkDuplicate(request, connection, caller)
    const both = { masters: this.#masters, listeners: this.#listeners }
    const forward = new Forward(newId(), request, connection, both)
    this.#starting.add(forward)
    try {
      await forward.start(opening)
      if (opening.signal.aborted) void forward.stop()
      this.#forwards.set(forward.id, forward)
      return forward
    } finally {
      this.#starting.delete(forward)
    }
  }

  /** Oldest first, without those whose time on the list is over. */
  all(): Forward[] {
    this.#forgetOld()
    return [...this.#forwards.values()]
  }

  /** Those that were not stopped, and what is being made. */
  get activeCount(): number {
    return this.#active().length
  }

  /** @throws forward_not_found or policy_denied */
  find(id: string, { policy }: Caller): Forward {
    const forward = this.#forwards.get(id)
    if (!forward) throw notFound(id)
    checkHosts(forward.connection.hosts, policy)
    return forward
  }

  /** Ends them all; on the person's own connections, which go on, each is taken back. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#active().map((forward) => forward.stop()))
    await this.#listeners.allUndone()
  }

  #active(): Forward[] {
    return [...this.#forwards.values(), ...this.#starting].filter(({ active }) => active)
  }

  #checkLimit(): void {
    if (this.activeCount < MAX_FORWARDS) return
    throw new ToolError(
      'limit_reached',
      `${MAX_FORWARDS} forwards are kept up, which is the limit. Stop one with ssh_stop_forward; ssh_list_forwards shows them.`,
    )
  }

  /** A master says yes to a second equal forward and does nothing: the first to be stopped would end both. */
  #checkDuplicate(request: ForwardRequest, connection: Connection, { policy }: Caller): void {
    const { direction, listenHost, listenPort } = request.mux
    const other = [...this.#forwards.values(), ...this.#starting].find(
      (forward) =>
        forward.stoppedAt === null &&
        forward.request.mux.direction === direction &&
        forward.request.mux.listenPort === listenPort &&
        overlap(forward.request.mux.listenHost, listenHost) &&
        (direction === 'local' || sameServer(forward.connection, connection)),
    )
    if (!other) return
    const { mux, asked } = other.request
    const which = mayReach(other.connection.hosts, policy)
      ? `Forward ${other.id} (to ${place(mux.connectHost, mux.connectPort)}, ${other.connection.target.typed})`
      : 'Another forward'
    const parameter = asked.direction === 'local' ? 'local_port' : 'remote_port'
    throw invalid(
      `${which} has port ${listenPort} on ${listenHost} already. Use that one, end it with ssh_stop_forward, or give ` +
        `another ${parameter}.`,
    )
  }

  #forgetOld(): void {
    const stopped = [...this.#forwards.values()].filter(({ stoppedAt }) => stoppedAt !== null)
    const old = ({ stoppedAt }: Forward): boolean => Date.now() - (stoppedAt ?? 0) > LISTED_MS
    const tooMany = stopped.length - MAX_STOPPED_FORWARDS
    for (const [i, forward] of stopped.entries())
      if (i < tooMany || old(forward)) this.#forwards.delete(forward.id)
  }
}

/** Whether they could go over the same master. */
const sameServer = (one: Connection, other: Connection): boolean =>
  sharingKey(one) === sharingKey(other) ||
  (one.resolved.controlPath !== '' && one.resolved.controlPath === other.resolved.controlPath)

const notFound = (id: string): ToolError =>
  new ToolError(
    'forward_not_found',
    `There is no forward ${JSON.stringify(id.slice(0, 100))}. See ssh_list_forwards, or make one with ssh_forward.`,
  )
