import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeSessions, type Facts, type TestClient, Workplace } from '../support/harness.js'
import { RawClient } from '../support/raw-client.js'

const resume = { type: 'ref/prompt', name: 'resume' } as const

async function textOf(client: TestClient, args: Record<string, string> = {}): Promise<string> {
  const { messages } = await client.mcp.getPrompt({ name: 'resume', arguments: args })
  expect(messages).toMatchObject([{ role: 'user', content: { type: 'text' } }])
  return (messages as { content: { text: string } }[])[0]?.content.text ?? ''
}

describeSessions('the prompt resume', (bench) => {
  let home: string
  let client: TestClient
  const target = (): string => bench.sshd.connection.target

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'sm-'))
    mkdirSync(join(home, '.ssh'))
    writeFileSync(
      join(home, '.ssh/config'),
      'Include more/*\nHost web Web2 *.x !db\n HostName web.example.com\n',
    )
    mkdirSync(join(home, '.ssh/more'))
    writeFileSync(join(home, '.ssh/more/a'), Array.from({ length: 150 }, (_, i) => `Host n${i}\n`).join(''))
    client = await bench.place.client({ HOME: home })
    await bench.client.ensure({ ...bench.sshd.connection, session_name: 'api' })
    await bench.client.ensure({ ...bench.sshd.connection, session_name: 'App' })
    await bench.client.ensure({ ...bench.sshd.connection, session_name: 'build' })
    await bench.client.call('ssh_stop_session', { session_id: 'App' })
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  const values = async (name: string, value: string, more: Facts = {}): Promise<Facts> =>
    (await client.mcp.complete({ ref: resume, argument: { name, value }, ...more })).completion

  it('is listed', async () => {
    const { prompts } = await bench.client.mcp.listPrompts()
    expect(prompts).toMatchObject([
      { name: 'resume', title: expect.any(String), description: expect.any(String) },
    ])
    expect(prompts[0]?.arguments?.map(({ name, required }) => [name, required])).toEqual([
      ['session_name', false],
      ['target', false],
    ])
  })

  it('tells what runs, and how to go on', async () => {
    const text = await textOf(client)
    expect(text).toMatch(/^api on .*, up \d+ s: at its prompt$/m)
    expect(text).toMatch(/^App on .*, exited \(/m)
    expect(text).toContain('Go on by session name')
    await bench.client.write('api', 'echo hi\n', { wait_for: 'prompt', max_output_chars: 1 })
    // What is told is not read.
    for (let i = 0; i < 2; i++) expect(await textOf(client)).toMatch(/^api on .* unread$/m)
  })

  it('can be narrowed', async () => {
    const one = await textOf(client, { session_name: 'api', target: '' })
    expect(one).toMatch(/^api on/m)
    expect(one).not.toMatch(/^build on/m)
    expect(await textOf(client, { target: target() })).toMatch(/^build on/m)
    expect(await textOf(client, { session_name: 'api', target: 'elsewhere' })).toMatch(/^No SSH session fits/)
  })

  it('completes names of sessions, those that run first', async () => {
    expect(await values('session_name', 'A')).toEqual({ values: ['api', 'App'], total: 2, hasMore: false })
    expect(await values('session_name', '')).toMatchObject({ values: ['build', 'api', 'App'] })
    const elsewhere = { context: { arguments: { target: 'elsewhere' } } }
    expect(await values('session_name', 'A', elsewhere)).toMatchObject({ values: [], total: 0 })
  })

  it('completes targets of sessions and hosts of the configuration', async () => {
    expect(await values('target', 'WEB')).toEqual({ values: ['web', 'Web2'], total: 2, hasMore: false })
    expect(await values('target', target())).toMatchObject({ values: [target()] })
    const many = await values('target', 'n')
    expect(many).toMatchObject({ total: 150, hasMore: true })
    expect(many.values).toHaveLength(100)
    client = await bench.place.client({ HOME: home, SSH_MCP_ALLOWED_HOSTS: 'n1*,*.example.com' })
    expect(await values('target', '')).toMatchObject({ values: expect.not.arrayContaining([target(), 'n2']) })
    expect(await values('target', 'w')).toMatchObject({ values: ['web', 'Web2'] })
  })
})

describe('parameters that no method takes', () => {
  let place: Workplace
  let raw: RawClient
  beforeEach(() => {
    place = new Workplace()
    raw = new RawClient(place.env)
  })
  afterEach(async () => {
    raw.child.kill()
    await place.close()
  })

  it('are answered as such', async () => {
    const argument = { name: 'target', value: '' }
    const template = { type: 'ref/resource', uri: 'ssh-mcp://sessions/{id}/screen' }
    const wrong: [string, unknown][] = [
      ['tools/list', { cursor: 1 }],
      ['resources/list', { cursor: {} }],
      ['resources/read', {}],
      ['resources/read', { uri: 7 }],
      ['resources/subscribe', {}],
      ['resources/unsubscribe', { uri: null }],
      ['prompts/list', { cursor: [] }],
      ['prompts/get', {}],
      ['prompts/get', { name: 'other' }],
      ['prompts/get', { name: 'resume', arguments: { other: 'x' } }],
      ['prompts/get', { name: 'resume', arguments: { target: 7 } }],
      ['completion/complete', {}],
      ['completion/complete', { ref: { type: 'ref/other' }, argument }],
      ['completion/complete', { ref: resume, argument: { name: 'target' } }],
      ['completion/complete', { ref: resume, argument: { name: 'other', value: '' } }],
      ['completion/complete', { ref: resume, argument: { name: 'toString', value: '' } }],
      ['completion/complete', { ref: { type: 'ref/prompt', name: 'other' }, argument }],
      ['completion/complete', { ref: { ...template, uri: 'x' }, argument }],
      ['completion/complete', { ref: template, argument }],
    ]
    for (const [id, [method, params]] of wrong.entries()) {
      raw.send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
      const { error } = await raw.answer(id)
      expect([method, params, error.code]).toEqual([method, params, -32602])
      expect(error.message).toMatch(/\w/)
    }
    expect(await raw.request(99, 'logging/setLevel', { level: 'info' })).toMatchObject({
      error: { code: -32601 },
    })
  })
})
