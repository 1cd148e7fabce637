import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Turns } from '../../../src/common/turns.js'
import { callerOf } from '../../../src/connection/caller.js'
import { INSTRUCTIONS } from '../../../src/mcp/instructions.js'
import type { Offer, OfferedTool } from '../../../src/mcp/offer.js'
import { createServer } from '../../../src/mcp/server.js'
import type { Services } from '../../../src/mcp/tool.js'

const listed = (name: string): OfferedTool['listed'] => ({
  ...{ name, title: name, description: name, annotations: {} },
  inputSchema: { type: 'object', properties: {} },
})

const PIXEL = { data: 'AAAA', mimeType: 'image/png' }
const BLOB = { uri: 'test://blob', mimeType: 'image/png', blob: 'AAAA' }

let client: Client
let heard: string[]
/** Whether the client takes what it is sent. */
let takes: boolean
let turns: Turns
let watched: Map<string, () => void>

/** Another server over the same methods: whatever the protocol has, an offer can hold. */
const other: Offer = {
  capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} },
  tools: () => [
    {
      listed: listed('everything'),
      call: async (given, { server, extra }) => {
        const progressToken = extra._meta?.progressToken ?? 0
        for (const progress of [1, 2])
          await extra.sendNotification({
            method: 'notifications/progress',
            params: { progressToken, progress },
          })
        await extra.sendNotification({
          method: 'notifications/message',
          params: { level: 'info', data: given },
        })
        const { action } = await server.elicitInput(
          { message: 'sure?', requestedSchema: { type: 'object', properties: {} } },
          { relatedRequestId: extra.requestId },
        )
        return {
          content: [
            { type: 'image', ...PIXEL },
            { type: 'audio', ...PIXEL },
            { type: 'resource', resource: BLOB },
            { type: 'text', text: action },
          ],
        }
      },
    },
    { listed: listed('hidden'), hidden: true, call: async () => ({ content: [], isError: true }) },
  ],
  resources: {
    templates: [
      { listed: { uriTemplate: 'test://{any}/{id}', name: 'any' }, completers: { id: () => ['one', 'two'] } },
    ],
    list: () => [{ key: '1', listed: { uri: BLOB.uri, name: 'blob' } }],
    open: (uri) =>
      uri.startsWith('test://')
        ? {
            read: async () => [{ ...BLOB, uri }],
            watch: (changed) => {
              watched.set(uri, changed)
              return () => watched.delete(uri)
            },
          }
        : null,
    watchList: (_, changed) => {
      watched.set('list', changed)
      return () => watched.delete('list')
    },
  },
  prompts: [
    {
      listed: { name: 'picture', arguments: [{ name: 'of', required: true }] },
      completers: { of: () => ['a', 'b'] },
      get: async ({ of = '' }) => ({
        messages: [
          { role: 'user', content: { type: 'image', ...PIXEL } },
          { role: 'assistant', content: { type: 'resource', resource: BLOB } },
          { role: 'user', content: { type: 'text', text: of } },
        ],
      }),
    },
  ],
}

beforeEach(async () => {
  heard = []
  watched = new Map()
  const [near, far] = InMemoryTransport.createLinkedPair()
  takes = true
  turns = new Turns(() => takes)
  const shared = { caller: callerOf({}, '/'), services: {} as Services, turns }
  client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: { form: {} } } })
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    heard.push(params.message)
    return { action: 'decline' }
  })
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    heard.push(JSON.stringify(params.data))
  })
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    heard.push(params.uri)
  })
  client.setNotificationHandler(ResourceListChangedNotificationSchema, () => {
    heard.push('list')
  })
  await createServer(shared, other).connect(far)
  await client.connect(near)
})

const missing = (code: number) => expect.objectContaining({ code })

describe('a server over another offer', () => {
  it('has tools that give, send and ask whatever there is', async () => {
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['everything'])
    const reports: number[] = []
    const { content } = await client.callTool({ name: 'everything', arguments: { x: 1 } }, undefined, {
      onprogress: ({ progress }) => reports.push(progress),
    })
    expect((content as { type: string }[]).map(({ type }) => type)).toEqual([
      'image',
      'audio',
      'resource',
      'text',
    ])
    expect(reports).toEqual([1, 2])
    expect(heard).toEqual(['{"x":1}', 'sure?'])
    expect(await client.callTool({ name: 'hidden' })).toMatchObject({ isError: true })
    await expect(client.callTool({ name: 'none' })).rejects.toEqual(missing(-32602))
  })

  it('has resources of any kind, and says when they change', async () => {
    expect(await client.listResources()).toEqual({ resources: [{ uri: BLOB.uri, name: 'blob' }] })
    expect(await client.readResource({ uri: 'test://x/y' })).toEqual({
      contents: [{ ...BLOB, uri: 'test://x/y' }],
    })
    await expect(client.readResource({ uri: 'x:' })).rejects.toEqual(missing(-32002))
    await client.subscribeResource({ uri: BLOB.uri })
    watched.get(BLOB.uri)?.()
    watched.get('list')?.()
    await vi.waitFor(() => expect(heard).toEqual([BLOB.uri, 'list']))
    const ref = { type: 'ref/resource', uri: 'test://{any}/{id}' } as const
    const { completion } = await client.complete({ ref, argument: { name: 'id', value: 't' } })
    expect(completion.values).toEqual(['two'])
  })

  it('holds one notice of each resource back from a client that does not read', async () => {
    await client.subscribeResource({ uri: BLOB.uri })
    takes = false
    for (let i = 0; i < 100; i++) watched.get(BLOB.uri)?.()
    await client.ping()
    expect(heard).toEqual([])
    takes = true
    turns.next()
    await vi.waitFor(() => expect(heard).toEqual([BLOB.uri]))
  })

  it('watches nothing any more for a client that has gone', async () => {
    await client.subscribeResource({ uri: BLOB.uri })
    expect([...watched.keys()]).toEqual(['list', BLOB.uri])
    await client.close()
    expect([...watched.keys()]).toEqual([])
  })

  it('has prompts with pictures, and says which arguments they need', async () => {
    const { messages } = await client.getPrompt({ name: 'picture', arguments: { of: 'it' } })
    expect(messages.map(({ content }) => content.type)).toEqual(['image', 'resource', 'text'])
    await expect(client.getPrompt({ name: 'picture' })).rejects.toEqual(missing(-32602))
  })
})

describe('the instructions', () => {
  it('fit where clients cut them', () => {
    expect(Buffer.byteLength(INSTRUCTIONS)).toBeLessThan(2048)
  })
})
