import { JSONRPCErrorResponseSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { initialize } from '../support/http.js'
import { openFixtureDoor } from './fixture-door.js'

// An error that belongs to no request has no id: null, which JSON-RPC itself would have, is in no schema of MCP, and a
// client that goes by the schema cannot read what was refused.

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }
const INITIALIZE = JSON.stringify(initialize(1))
const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })

let door: Awaited<ReturnType<typeof openFixtureDoor>>
let session: Record<string, string>
beforeAll(async () => {
  door = await openFixtureDoor()
  const { headers } = await fetch(door.url, { method: 'POST', headers: HEADERS, body: INITIALIZE })
  session = { 'Mcp-Session-Id': headers.get('mcp-session-id') as string }
})
afterAll(() => door.close())

/** By what is wrong: the status, what is sent besides the usual headers, and the body. */
const REFUSED: readonly [wrong: string, status: number, headers: Record<string, string>, body: string][] = [
  ['a page of another site', 403, { Origin: 'http://evil.example' }, PING],
  ['no session', 400, {}, PING],
  ['a session that has ended', 404, { 'Mcp-Session-Id': 'gone' }, PING],
  ['a body that is no JSON', 400, {}, 'hello?'],
  ['a body that is no message', 400, {}, '{"foo":1}'],
  ['an answer that could not be taken', 406, { Accept: 'text/html' }, INITIALIZE],
  ['a version that nobody knows', 400, { 'MCP-Protocol-Version': '1999-01-01' }, PING],
]

it.each(REFUSED)('refuses %s in the form of the protocol', async (_, status, more, body) => {
  const known = status === 400 && 'MCP-Protocol-Version' in more ? session : {}
  const response = await fetch(door.url, { method: 'POST', headers: { ...HEADERS, ...known, ...more }, body })
  expect(response.status).toBe(status)
  expect(JSONRPCErrorResponseSchema.parse(await response.json())).not.toHaveProperty('id')
})
