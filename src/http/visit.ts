import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import {
  MAX_LINE_BYTES,
  MAX_REQUESTS_IN_FLIGHT,
  MAX_UNSENT_BYTES,
  MAX_VISIT_RESPONSES,
  VISIT_KEPT_MS,
  VISIT_UNRETURNED_MS,
} from '../common/limits.js'
import { HttpError } from './body.js'
import type { Link } from './link.js'
import { answeredId, cancelledId, requestId, requestIds } from './messages.js'
import type { Outlet } from './outlet.js'

interface VisitOptions {
  /** Makes the id under which the client comes again; null for a client that does not (stateless). */
  makeId: (() => string) | null
  now?: () => number
  onOpened?: (id: string) => void
  onEnded?: () => void
}

/**
 * One client over HTTP, for as long as it stays (what MCP calls a session): the SDK's transport on this side, a
 * connection to the daemon on the other, which knows it as it knows a client over stdio.
 */
export class Visit {
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly link: Link
  readonly #onEnded: () => void
  /** Requests that the daemon has yet to answer. */
  readonly #inFlight = new Set<RequestId>()
  /** Ids of requests that came in one body, and whose answers go out in one stream. */
  readonly #batches = new Set<readonly RequestId[]>()
  readonly #outlets = new Set<Outlet>()
  readonly #now: () => number
  #usedAt: number
  #cameAgain = false

  constructor(link: Link, { makeId, now = () => performance.now(), onOpened, onEnded }: VisitOptions) {
    this.link = link
    this.#now = now
    this.#usedAt = now()
    this.#onEnded = onEnded ?? (() => {})
    this.transport = new WebStandardStreamableHTTPServerTransport({
      ...(makeId ? { sessionIdGenerator: makeId } : {}),
      ...(onOpened ? { onsessioninitialized: onOpened } : {}),
    })
    this.transport.onmessage = (message) => this.#fromClient(message)
    this.transport.onclose = () => this.#closed()
    link.user = {
      onMessage: (message, related) => this.#fromDaemon(message, related),
      onEnd: () => this.#daemonGone(),
    }
  }

  /** Milliseconds since it was last used; 0 while one of its streams is open. */
  get idleFor(): number {
    return this.#outlets.size > 0 ? 0 : this.#now() - this.#usedAt
  }

  /** Milliseconds for which it might have made way for another; below 0 it may not yet. */
  get spareFor(): number {
    return this.idleFor - (this.#cameAgain ? VISIT_KEPT_MS : VISIT_UNRETURNED_MS)
  }

  get hasRequests(): boolean {
    return this.#inFlight.size > 0
  }

  get outlets(): Iterable<Outlet> {
    return this.#outlets
  }

  used(): void {
    this.#usedAt = this.#now()
    // The first request is the one that gets it its id.
    this.#cameAgain = this.transport.sessionId !== undefined
  }

  /**
   * Lets a body in; what asks for nothing always, for by it there comes to be less to do.
   * @returns what is to be released when it has been answered
   * @throws HttpError where there is enough to do, or an id is taken: the answers of both would go to one
   */
  admit(body: unknown): readonly RequestId[] {
    const ids = requestIds(body)
    const full =
      this.#outlets.size >= MAX_VISIT_RESPONSES || this.#inFlight.size + ids.length >= MAX_REQUESTS_IN_FLIGHT
    if (ids.length > 0 && full) throw tooManyRequests()
    const taken = new Set(this.#inFlight)
    for (const id of ids) {
      if (taken.has(id)) throw idTaken(id)
      taken.add(id)
    }
    if (ids.length > 1) this.#batches.add(ids)
    return ids
  }

  release(admitted: readonly RequestId[]): void {
    this.#batches.delete(admitted)
  }

  addOutlet(outlet: Outlet): void {
    this.#outlets.add(outlet)
  }

  removeOutlet(outlet: Outlet): void {
    this.#outlets.delete(outlet)
    this.#usedAt = this.#now()
    this.pace()
  }

  /** The daemon is heard only while its output is taken, so that a client that does not read costs no memory here. */
  pace(): void {
    let unsent = 0
    for (const outlet of this.#outlets) unsent += outlet.unsent
    this.link.listen(unsent <= MAX_UNSENT_BYTES)
  }

  /** Ends the visit without ending its connection to the daemon. */
  leave(): Link {
    this.link.user = null
    this.link.listen(true)
    return this.link
  }

  async end(): Promise<void> {
    await this.transport.close()
  }

  #fromClient(message: JSONRPCMessage): void {
    const id = requestId(message)
    if (id !== undefined) this.#inFlight.add(id)
    if (!this.link.send(message)) return this.#unsendable(id)
    const cancelled = cancelledId(message)
    if (cancelled !== undefined && this.#inFlight.delete(cancelled)) this.#forget(cancelled)
  }

  #unsendable(id: RequestId | undefined): void {
    if (id === undefined) return
    this.#inFlight.delete(id)
    const message = `A message may have ${MAX_LINE_BYTES} bytes at most, numbers written out, and some thousand levels.`
    this.#send({ jsonrpc: '2.0', id, error: { code: -32600, message } })
  }

  /** A cancelled request gets no answer, so nothing else would end its stream; that of a batch is for others too. */
  #forget(id: RequestId): void {
    if (![...this.#batches].some((ids) => ids.includes(id))) this.transport.closeSSEStream(id)
    // With no stream left this goes nowhere; but by it the transport forgets the request.
    this.#send({ jsonrpc: '2.0', id, error: { code: -32800, message: 'Cancelled.' } })
  }

  #fromDaemon(message: JSONRPCMessage, related: RequestId | undefined): void {
    const answered = answeredId(message)
    if (answered === undefined || this.#inFlight.delete(answered)) this.#send(message, related)
  }

  /** Fails where the client no longer waits for it, and then nobody does. */
  #send(message: JSONRPCMessage, related?: RequestId): void {
    const options = related === undefined ? undefined : { relatedRequestId: related }
    this.transport.send(message, options).catch(() => {})
  }

  #daemonGone(): void {
    const error = { code: -32000, message: 'The daemon has ended. Initialize anew to go on.' }
    for (const id of this.#inFlight) this.#send({ jsonrpc: '2.0', id, error })
    this.#inFlight.clear()
    void this.transport.close()
  }

  #closed(): void {
    this.link.user = null
    this.link.close()
    this.#onEnded()
  }
}

const tooManyRequests = (): HttpError =>
  new HttpError({
    status: 503,
    message: 'Too many requests of this client are under way; wait for answers.',
    headers: { 'Retry-After': '1' },
  })

const idTaken = (id: RequestId): HttpError =>
  new HttpError({
    status: 400,
    message: `The id ${JSON.stringify(id)} is that of a request under way.`,
    code: -32600,
  })
