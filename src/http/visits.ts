import { randomUUID } from 'node:crypto'
import { MAX_VISITS } from '../common/limits.js'
import { HttpError } from './body.js'
import { type DaemonStream, Link } from './link.js'
import type { Outlet } from './outlet.js'
import { Visit } from './visit.js'

/** Opens a connection to the daemon. @throws if there is none, and none can be started */
export type OpenStream = () => Promise<DaemonStream>

/** The clients that come again, by the id they were given. */
export class Visits {
  readonly #open: OpenStream
  readonly #now: () => number
  readonly #visits = new Map<string, Visit>()
  /** Those whose first request is being answered, and who have no id yet. */
  #arriving = 0

  /** @param now the time in milliseconds, from any beginning */
  constructor(open: OpenStream, now: () => number = () => performance.now()) {
    this.#open = open
    this.#now = now
  }

  /** @throws HttpError 404, upon which a client begins anew */
  find(id: string): Visit {
    const visit = this.#visits.get(id)
    if (!visit) throw unknownVisit()
    return visit
  }

  /** Begins a visit, which has an id once its first request, `initialize`, was taken. @throws HttpError 503 */
  async begin(): Promise<Visit> {
    this.#makeRoom()
    this.#arriving++
    try {
      const link = await openLink(this.#open)
      const visit: Visit = new Visit(link, {
        makeId: randomUUID,
        now: this.#now,
        onOpened: (id) => void this.#visits.set(id, visit),
        onEnded: () => void this.#visits.delete(visit.transport.sessionId ?? ''),
      })
      return visit
    } finally {
      this.#arriving--
    }
  }

  /** Ends those that nobody has used for long. */
  endIdle(): void {
    for (const visit of this.#visits.values()) if (visit.presence.isOver) void visit.end()
  }

  endAll(): void {
    for (const visit of this.#visits.values()) void visit.end()
  }

  *outlets(): Iterable<Outlet> {
    for (const visit of this.#visits.values()) yield* visit.outlets
  }

  /** Where there are too many, the one that could be spared for longest goes, but none that was used lately. */
  #makeRoom(): void {
    if (this.#visits.size + this.#arriving < MAX_VISITS) return
    const [longest] = [...this.#visits.values()].sort((a, b) => b.presence.spareFor - a.presence.spareFor)
    if (!longest || longest.presence.spareFor <= 0) throw tooManyClients()
    void longest.end()
  }
}

/** @throws HttpError 503 that says why the daemon does not serve us */
export async function openLink(open: OpenStream): Promise<Link> {
  try {
    return new Link(await open())
  } catch (error) {
    throw new HttpError({ status: 503, message: (error as Error).message })
  }
}

const unknownVisit = (): HttpError =>
  new HttpError({
    status: 404,
    message: 'This Mcp-Session-Id is not known here, or not any more. Initialize anew; SSH sessions run on.',
    code: -32001,
  })

export const tooManyClients = (): HttpError =>
  new HttpError({
    status: 503,
    message: 'There are too many clients at once; try again later.',
    headers: { 'Retry-After': '10' },
  })
