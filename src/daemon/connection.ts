import type { Duplex } from 'node:stream'
import { log } from '../common/log.js'
import type { Caller } from '../connection/caller.js'
import { createServer } from '../mcp/server.js'
import type { Hub } from './hub.js'
import { StreamTransport } from './stream-transport.js'

/**
 * Serves MCP on a stream until its input has ended and every request is answered, or the stream is closed.
 * @param early bytes of the stream that were read before
 * @param goodbye written last, after the answers, where the other side waits for such a word
 */
export async function serveMcp(
  stream: Duplex,
  early: Buffer,
  caller: Caller,
  hub: Hub,
  goodbye: Uint8Array | null,
): Promise<void> {
  const transport = new StreamTransport(stream, goodbye !== null)
  const server = createServer({ caller, services: hub, turns: transport.turns })
  server.onerror = (error) => log(`mcp: ${error.message}`)
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve
  })
  const drained = new Promise<void>((resolve) => {
    transport.onDrained = resolve
  })
  await server.connect(transport)
  transport.inject(early)
  await Promise.race([closed, drained])
  if (goodbye) stream.end(goodbye)
}
