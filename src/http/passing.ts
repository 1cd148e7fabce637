import { MAX_STATELESS } from '../common/limits.js'
import type { Link } from './link.js'
import { Visit } from './visit.js'
import { type OpenStream, openLink, tooManyClients } from './visits.js'

/** Connections to the daemon that are kept for the next who pass by. */
const MAX_SPARE = 16

/**
 * What would leave something behind on a connection that the next one finds. The answer to what was cancelled may
 * be on its way, and would be taken for that to the next one's request of the same id.
 */
const LEAVES_TRACES = ['resources/subscribe', 'resources/unsubscribe', 'notifications/cancelled']

/** Clients that do not stay (stateless): each request has a connection to the daemon to itself, and leaves it to the next. */
export class Passing {
  readonly #open: OpenStream
  #spare: Link[] = []
  #underWay = new Set<Visit>()

  constructor(open: OpenStream) {
    this.#open = open
  }

  get visits(): Iterable<Visit> {
    return this.#underWay
  }

  /** @throws HttpError 503 */
  async begin(): Promise<Visit> {
    if (this.#underWay.size >= MAX_STATELESS) throw tooManyClients()
    this.#spare = this.#spare.filter((link) => !link.ended)
    const link = this.#spare.pop() ?? (await openLink(this.#open))
    const visit: Visit = new Visit(link, { makeId: null, onEnded: () => void this.#underWay.delete(visit) })
    this.#underWay.add(visit)
    return visit
  }

  /** What was not answered is cancelled with its connection: nobody could say so later. */
  end(visit: Visit, body: unknown): void {
    if (!this.#underWay.delete(visit)) return
    const reusable = !visit.hasRequests && !leavesTraces(body) && this.#spare.length < MAX_SPARE
    if (reusable) this.#spare.push(visit.leave())
    else void visit.end()
  }

  endAll(): void {
    for (const visit of this.#underWay) void visit.end()
    for (const link of this.#spare) link.close()
  }
}

/**
 * What is handed on of a request. A client that does not stay cannot be asked anything in the middle of one, so
 * what it could answer is not told.
 */
export function withoutPromises(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutPromises)
  const { method, params } = (body ?? {}) as { method?: unknown; params?: object }
  if (method !== 'initialize' || typeof params !== 'object') return body
  return { ...(body as object), params: { ...params, capabilities: {} } }
}

const leavesTraces = (body: unknown): boolean =>
  (Array.isArray(body) ? body : [body]).some((message) =>
    LEAVES_TRACES.includes(String((message as { method?: unknown } | null)?.method)),
  )
