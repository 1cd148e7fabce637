import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Facts } from '../support/harness.js'
import { initialize } from '../support/http.js'
import { openFixtureDoor } from './fixture-door.js'

// The suite's client takes what belongs to a call from any stream; a client may read that of the call alone.

let door: Awaited<ReturnType<typeof openFixtureDoor>>
let session: string
beforeAll(async () => {
  door = await openFixtureDoor()
  const { headers } = await post(initialize(1, { elicitation: {}, sampling: {} }))
  session = headers.get('mcp-session-id') as string
  await post({ method: 'notifications/initialized' })
})
afterAll(() => door.close())

const post = (message: Facts): Promise<Response> =>
  fetch(door.url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(session ? { 'Mcp-Session-Id': session } : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })

/** Calls a tool, answers what it asks. @returns the methods of what came on the call's stream, and the result */
async function call(id: number, name: string, args: Facts, answer?: Facts): Promise<Facts> {
  const _meta = { progressToken: `progress of ${id}` }
  const response = await post({ id, method: 'tools/call', params: { name, arguments: args, _meta } })
  const methods: string[] = []
  let rest = ''
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (rest + text).split('\n\n')
    rest = events.pop() ?? ''
    for (const data of events.flatMap((event) => /^data: (\{.*)$/m.exec(event)?.[1] ?? [])) {
      const message = JSON.parse(data)
      if (message.id === id && message.result) return { methods, result: message.result }
      methods.push(message.method)
      if (message.id !== undefined) await post({ id: message.id, result: answer })
    }
  }
  throw new Error(`the stream ended after ${methods}`)
}

it('what a call tells comes on its own stream, of two at once too', async () => {
  const [progress, logging] = await Promise.all([
    call(2, 'test_tool_with_progress', {}),
    call(3, 'test_tool_with_logging', {}),
  ])
  expect(progress.methods).toEqual(Array(3).fill('notifications/progress'))
  expect(logging.methods).toEqual(Array(3).fill('notifications/message'))
})

it.each([
  ['test_elicitation', 'elicitation/create', { action: 'decline' }],
  [
    'test_sampling',
    'sampling/createMessage',
    { role: 'user', model: 'x', content: { type: 'text', text: 'x' } },
  ],
])('what a call of %s asks comes on its own stream', async (name, method, answer) => {
  const { methods, result } = await call(4, name, { message: 'Who?', prompt: 'Who?' }, answer)
  expect(methods).toEqual([method])
  expect(result.isError).toBeUndefined()
})
