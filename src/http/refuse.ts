import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from './gate.js'

/** How long a refused client may go on sending, in milliseconds: cut off at once it might not see the answer. */
const LINGER_MS = 1000

/** Answers with an error, in the form that clients of MCP read, whatever else of the request is to come. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message, headers, code = -32000 }: Refusal,
): void {
  if (response.headersSent) return void response.destroy()
  // It has no id, not even null: MCP's schema knows none.
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code, message } })
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  response.end(body)
  if (request.complete) return
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS).unref()
  request.on('end', () => clearTimeout(timer))
  request.resume()
}
