import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import { MAX_LINE_BYTES, MAX_UNSENT_BYTES, MAX_VISIT_RESPONSES } from '../common/limits.js'
import { answeredId, cancelledId, requestId } from '../wire/messages.js'
import { InFlight } from './in-flight.js'
import type { Link } from './link.js'
import type { Outlet } from './outlet.js'
import { Presence } from './presence.js'

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
  readonly presence: Presence
  readonly #onEnded: () => void
  readonly #inFlight = new InFlight()
  readonly #outlets = new Set<Outlet>()

  constructor(link: Link, { makeId, now = () => performance.now(), onOpened, onEnded }: VisitOptions) {
    this.link = link
    this.presence = new Presence(now)
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

  get hasRequests(): boolean {
    return this.#inFlight.size > 0
  }

  get outlets(): Iterable<Outlet> {
    return this.#outlets
  }

  /** A request of its client has come. */
  used(): void {
    // The first request is the one that gets it its id.
    this.presence.came(this.transport.sessionId !== undefined)
  }

  /** Lets a body in. @returns what is to be released when it has been answered @throws HttpError */
  admit(body: unknown): readonly RequestId[] {
    return this.#inFlight.admit(body, this.#outlets.size < MAX_VISIT_RESPONSES)
  }

  release(admitted: readonly RequestId[]): void {
    this.#inFlight.release(admitted)
  }

  /** @param isNews whether it is the stream for what belongs to no request */
  addOutlet(outlet: Outlet, isNews: boolean): void {
    this.presence.streamBegan(isNews)
    this.#outlets.add(outlet)
  }

  removeOutlet(outlet: Outlet): void {
    this.#outlets.delete(outlet)
    this.presence.streamEnded()
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
    if (cancelled !== undefined && this.#inFlight.settle(cancelled)) this.#forget(cancelled)
  }

  #unsendable(id: RequestId | undefined): void {
    if (id === undefined) return
    this.#inFlight.settle(id)
    const message = `A message may have ${MAX_LINE_BYTES} bytes at most, numbers written out, and some thousand levels.`
    this.#send({ jsonrpc: '2.0', id, error: { code: -32600, message } })
  }

  /** A cancelled request gets no answer, so nothing else would end its stream; that of a batch is for others too. */
  #forget(id: RequestId): void {
    if (!this.#inFlight.isInBatch(id)) this.transport.closeSSEStream(id)
    // With no stream left this goes nowhere; but by it the transport forgets the request.
    this.#send({ jsonrpc: '2.0', id, error: { code: -32800, message: 'Cancelled.' } })
  }

  #fromDaemon(message: JSONRPCMessage, related: RequestId | undefined): void {
    const answered = answeredId(message)
    if (answered === undefined || this.#inFlight.settle(answered)) this.#send(message, related)
  }

  /** Fails where the client no longer waits for it, and then nobody does. */
  #send(message: JSONRPCMessage, related?: RequestId): void {
    const options = related === undefined ? undefined : { relatedRequestId: related }
    this.transport.send(message, options).catch(() => {})
  }

  #daemonGone(): void {
    const error = { code: -32000, message: 'The daemon has ended. Initialize anew to go on.' }
    for (const id of this.#inFlight.takeAll()) this.#send({ jsonrpc: '2.0', id, error })
    void this.transport.close()
  }

  #closed(): void {
    this.link.user = null
    this.link.close()
    this.#onEnded()
  }
}
