import type { Duplex } from 'node:stream'
import { log } from '../common/log.js'
import type { Caller } from '../connection/caller.js'
import type { Offer } from '../mcp/offer.js'
import { createServer } from '../mcp/server.js'
import type { Hub } from './hub.js'
import { StreamTransport } from './stream-transport.js'

/** How one connection differs from others. */
interface Manner {
  /** Bytes of the stream that were read before. */
  early?: Buffer
  /** Written last, after the answers, where the other side waits for such a word. */
  goodbye?: Uint8Array
  /** Whether messages say to which request they belong. */
  relates?: boolean
  /** What is offered, where it is not the sessions. */
  offer?: Offer
}

/** Serves MCP on a stream until its input has ended and every request is answered, or the stream is closed. */
export async function serveMcp(
  stream: Duplex,
  caller: Caller,
  hub: Hub,
  { early, goodbye, relates = false, offer }: Manner,
): Promise<void> {
  const transport = new StreamTransport(stream, { announcesEnd: goodbye !== undefined, relates })
  const server = createServer({ caller, services: hub, turns: transport.turns }, offer)
  server.onerror = (error) => log(`mcp: ${error.message}`)
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve
  })
  const drained = new Promise<void>((resolve) => {
    transport.onDrained = resolve
  })
  await server.connect(transport)
  if (early) transport.inject(early)
  await Promise.race([closed, drained])
  if (goodbye) stream.end(goodbye)
}
