import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Reply, send } from './question-reply.js'
import { ADDRESS } from './question-request.js'

export interface PageTimeouts {
  headersMs: number
  requestMs: number
}

export interface Listening {
  server: Server
  /** Kept, for a server that was closed in the meantime has forgotten it. */
  port: number
}

/** How often connections are looked through for late ones, in milliseconds. */
const LOOK_MS = 500
/** How long a last page may be on its way once the server takes no more connections, in milliseconds. */
const LINGER_MS = 500
const MAX_CONNECTIONS = 64

/** Listens on a port that the system chooses. */
export function listen(
  { headersMs, requestMs }: PageTimeouts,
  reply: (request: IncomingMessage) => Promise<Reply>,
): Promise<Listening> {
  const options = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: LOOK_MS,
  }
  const server = createServer(options, (request, response) => {
    void reply(request).then((made) => send(response, made))
  })
  server.maxConnections = MAX_CONNECTIONS
  return new Promise((resolve, reject) => {
    // It stays: a connection that cannot be accepted later must not end the process.
    server.on('error', reject)
    server.listen(0, ADDRESS, () => resolve({ server, port: (server.address() as AddressInfo).port }))
  })
}

export function stop({ server }: Listening): void {
  server.close()
  setTimeout(() => server.closeAllConnections(), LINGER_MS).unref()
}
