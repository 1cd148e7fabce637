import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { daemonSettings } from '../../src/common/settings.js'
import { callerOf } from '../../src/connection/caller.js'
import { serveMcp } from '../../src/daemon/connection.js'
import { Hub } from '../../src/daemon/hub.js'
import { HttpDoor } from '../../src/http/door.js'
import { Gate } from '../../src/http/gate.js'
import type { OpenStream } from '../../src/http/visits.js'
import type { Offer } from '../../src/mcp/offer.js'
import { prepareState, statePaths } from '../../src/platform/paths.js'
import { END_OF_MESSAGES } from '../../src/wire/hello.js'
import { FIXTURE_PROMPTS } from './fixture-prompts.js'
import { FIXTURE_RESOURCES } from './fixture-resources.js'
import { TALKING_TOOLS } from './fixture-talking-tools.js'
import { ANSWERING_TOOLS } from './fixture-tools.js'

/** What the suite asks for, in the place of what the product offers; it alone logs to its client. */
const OFFER: Offer = {
  capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} },
  tools: () => [...ANSWERING_TOOLS, ...TALKING_TOOLS],
  resources: FIXTURE_RESOURCES,
  prompts: FIXTURE_PROMPTS,
}

/** The HTTP door and the daemon's side of its connections as they are in the product, in one process, over fixtures. */
export async function openFixtureDoor(): Promise<{ url: string; close: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'sm-'))
  const paths = statePaths({ SSH_MCP_STATE_DIR: directory })
  prepareState(paths)
  const hub = new Hub(paths, daemonSettings({}), {}, join(directory, 'none.sock'))
  const caller = callerOf({}, directory)
  const open: OpenStream = async () => {
    const [ours, theirs] = duplexPair()
    ours.on('close', () => theirs.destroy())
    theirs.on('close', () => ours.destroy())
    void serveMcp(ours, caller, hub, { goodbye: Uint8Array.of(END_OF_MESSAGES), relates: true, offer: OFFER })
    return { stream: theirs, rest: Buffer.alloc(0) }
  }
  const gate = new Gate({ path: '/mcp', hosts: [], token: null })
  const door = new HttpDoor({ gate, open, stateless: false })
  const { port } = await door.listen({ host: '127.0.0.1', port: 0 })
  const close = async (): Promise<void> => {
    door.close()
    await hub.stopAll()
    rmSync(directory, { recursive: true, force: true })
  }
  return { url: `http://127.0.0.1:${port}/mcp`, close }
}
