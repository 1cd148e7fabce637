import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import {
  HTTP_HEADERS_MS,
  HTTP_KEEP_ALIVE_MS,
  HTTP_REQUEST_MS,
  STALLED_RESPONSE_MS,
} from '../common/limits.js'
import { log } from '../common/log.js'
import { Bodies, ClientGone, HttpError } from './body.js'
import { Connections } from './connections.js'
import { Exchange } from './exchange.js'
import type { Gate, Refusal } from './gate.js'
import { Passing } from './passing.js'
import { refuse } from './refuse.js'
import { type OpenStream, Visits } from './visits.js'

/** How often idle visits and stalled responses are looked for at least, in milliseconds. */
const SWEEP_MS = 5000

interface DoorOptions {
  gate: Gate
  open: OpenStream
  stateless: boolean
  /** How long a client may take nothing of a response, in milliseconds. */
  stalledMs?: number
}

/** MCP over streamable HTTP: checks each request before it reads it, and hands it to a visit. */
export class HttpDoor {
  readonly #server: Server
  readonly #gate: Gate
  readonly #stalledMs: number
  readonly #exchange: Exchange
  readonly #connections = new Connections()
  #sweeper: NodeJS.Timeout | null = null

  constructor({ gate, open, stateless, stalledMs = STALLED_RESPONSE_MS }: DoorOptions) {
    this.#gate = gate
    this.#stalledMs = stalledMs
    this.#exchange = new Exchange({
      bodies: new Bodies(),
      visits: new Visits(open),
      passing: stateless ? new Passing(open) : null,
    })
    const handle = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#handle(request, response)
    this.#server = createServer({ noDelay: true, keepAlive: true, connectionsCheckingInterval: 1000 }, handle)
    // Who asks first whether its body is wanted is told after the checks, not before.
    this.#server.on('checkContinue', handle)
    this.#server.on('connection', (socket: Socket) => this.#connections.add(socket))
    this.#server.headersTimeout = HTTP_HEADERS_MS
    this.#server.requestTimeout = HTTP_REQUEST_MS
    this.#server.keepAliveTimeout = HTTP_KEEP_ALIVE_MS
    // No limit: what is above one is dropped, and may be the Origin. The size of all headers is bounded.
    this.#server.maxHeadersCount = 0
  }

  /** @param where an address and port, or a descriptor that listens already. @throws the system's error */
  listen(where: { host: string; port: number } | { fd: number }): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(where, () => {
        const sweep = (): void => this.#exchange.sweep(this.#stalledMs)
        this.#sweeper = setInterval(sweep, Math.min(SWEEP_MS, this.#stalledMs))
        resolve(this.#server.address() as AddressInfo)
      })
    })
  }

  close(): void {
    if (this.#sweeper) clearInterval(this.#sweeper)
    this.#server.close()
    this.#exchange.endAll()
    this.#connections.endAll()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#connections.hear(request.socket)) return
    try {
      const asked = this.#check(request)
      if (asked === 'health') return isThere(response)
      this.#connections.trust(request.socket, response)
      await this.#exchange.handle(request, response)
    } catch (error) {
      if (error instanceof ClientGone) return void response.destroy()
      refuse(request, response, refusalOf(error))
    }
  }

  /** @throws HttpError */
  #check(request: IncomingMessage): 'mcp' | 'health' {
    const { method = '', url = '', headers, rawHeaders, socket } = request
    const asked = this.#gate.check({
      method,
      url,
      headers,
      rawHeaders,
      localAddress: socket.localAddress ?? '',
    })
    if (typeof asked === 'string') return asked
    throw new HttpError(asked)
  }
}

const isThere = (response: ServerResponse): void => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 3, 'Cache-Control': 'no-store' })
  response.end('ok\n')
}

/** What went wrong with us is told in the log, not to who asked. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof HttpError) return error.refusal
  log(`http: ${(error as Error).stack}`)
  return { status: 500, message: 'The request failed here.' }
}
