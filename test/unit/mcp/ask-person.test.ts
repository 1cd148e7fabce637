import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { QuestionPages } from '../../../src/connection/question-page.js'
import { askerOf } from '../../../src/mcp/ask-person.js'

let pages: QuestionPages
let server: Server
/** Each message that was sent, with the request it belongs to. */
let sent: [method: unknown, relatedTo: unknown][]

beforeEach(() => {
  pages = new QuestionPages()
  server = new Server({ name: 'test', version: '1' })
  sent = []
})

afterEach(() => pages.close())

async function connect(elicitation: { url?: Record<string, never>; form?: Record<string, never> }) {
  const [near, far] = InMemoryTransport.createLinkedPair()
  const send = far.send.bind(far)
  far.send = (message, options) => {
    if ('method' in message) sent.push([message.method, options?.relatedRequestId])
    return send(message, options)
  }
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation } })
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'decline' }))
  await server.connect(far)
  await client.connect(near)
}

describe('askerOf', () => {
  it('asks on the stream of the call that the question belongs to', async () => {
    await connect({ url: {} })
    const question = { kind: 'secret', prompt: 'Password:', target: 'web', onOpened: () => {} } as const
    const ssh = new AbortController()
    expect(await askerOf(server, pages, 7)?.({ ...question, signal: ssh.signal })).toBeNull()
    // What was answered is not cancelled, when it is declined or when ssh ends.
    ssh.abort()
    expect(sent).toEqual([
      ['elicitation/create', 7],
      ['notifications/elicitation/complete', 7],
    ])
  })

  it('asks nobody whose client would see the answer', async () => {
    await connect({ form: {} })
    expect(askerOf(server, pages, 7)).toBeNull()
  })
})
