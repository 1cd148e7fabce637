import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeSessions, eventually, type Facts, Workplace } from '../support/harness.js'
import { RawClient } from '../support/raw-client.js'

describe('the protocol', () => {
  let place: Workplace
  let client: RawClient
  beforeEach(() => {
    place = new Workplace()
    client = new RawClient(place.env)
  })
  afterEach(async () => {
    client.child.kill()
    await place.close()
  })

  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'greets a client of %s',
    async (protocolVersion) => {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'x', version: '1' } }
      const { result } = await client.request(1, 'initialize', params)
      expect(result).toMatchObject({
        protocolVersion,
        serverInfo: { name: 'ssh-mcp' },
        capabilities: {
          ...{ tools: {}, prompts: {}, completions: {}, resources: { subscribe: true, listChanged: true } },
        },
      })
      expect(result.instructions.length).toBeLessThan(2048)
    },
  )

  it('greets a client of a version that it does not know with its own', async () => {
    const params = {
      ...{ protocolVersion: '2099-01-01', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    }
    expect(await client.request(1, 'initialize', params)).toMatchObject({
      result: { protocolVersion: '2025-11-25' },
    })
  })

  it('takes a request that asks for a task as any other, since it offers none', async () => {
    const task = { ttl: 1000 }
    expect(await client.request(1, 'tools/list', { task })).toMatchObject({
      result: { tools: expect.any(Array) },
    })
    const params = { name: 'ssh_list_sessions', arguments: {}, task }
    expect(await client.request(2, 'tools/call', params)).toMatchObject({
      result: { content: expect.any(Array) },
    })
  })

  it.each(['1999-01-01', '2026-07-28', ''])(
    'offers a client of %j what it speaks itself',
    async (protocolVersion) => {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'x', version: '1' } }
      const { result } = await client.request(1, 'initialize', params)
      expect(result.protocolVersion).toBe('2025-11-25')
    },
  )

  it('answers a batch in one, as protocol versions up to 2025-03-26 have it', async () => {
    const ping = (id: unknown): Facts => ({ jsonrpc: '2.0', id, method: 'ping' })
    const batch = [ping(1), { foo: 1 }, ping('1'), { jsonrpc: '2.0', id: 2, method: 'no/such' }]
    client.send(`${JSON.stringify(batch)}\n`)
    const answers = (await eventually('the batch is answered', () =>
      client.messages.find(Array.isArray),
    )) as unknown
    expect(answers).toHaveLength(4)
    expect(answers).toEqual(
      expect.arrayContaining([
        { jsonrpc: '2.0', id: 1, result: {} },
        { jsonrpc: '2.0', id: '1', result: {} },
        expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32600 }) }),
        expect.objectContaining({ id: 2, error: expect.objectContaining({ code: -32601 }) }),
      ]),
    )
    client.send('[{"jsonrpc":"2.0","method":"notifications/initialized"}]\n')
    await client.request(3, 'ping')
    expect(client.messages).toHaveLength(2)
  })

  it.each([
    ['what is no JSON', 'hello?', null, -32700],
    ['half a message', '{"jsonrpc":"2.0","id":1,', null, -32700],
    ['an object that is no message', '{"foo":1}', null, -32600],
    ['a message without a version', '{"id":5,"method":"ping"}', 5, -32600],
    ['an empty batch', '[]', null, -32600],
    [
      'a batch without end',
      `[${Array(101).fill('{"jsonrpc":"2.0","id":1,"method":"ping"}').join(',')}]`,
      null,
      -32600,
    ],
    ['a number', '42', null, -32600],
    ['millions of values', `[${'[],'.repeat(5_000_000)}1]`, null, -32600],
    ['an unknown method', '{"jsonrpc":"2.0","id":6,"method":"no/such"}', 6, -32601],
    ['an unknown tool', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"nope"}}', 7, -32602],
    ['a call without a name', '{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{}}', 8, -32602],
    ['a call without parameters', '{"jsonrpc":"2.0","id":9,"method":"tools/call"}', 9, -32602],
    [
      'arguments that are no object',
      '{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"ssh_list_sessions","arguments":[1]}}',
      10,
      -32602,
    ],
  ])('answers %s with an error, and goes on', async (_, line, id, code) => {
    client.send(`${line}\n`)
    expect((await client.answer(id)).error).toMatchObject({ code, message: expect.any(String) })
    expect(await client.request(99, 'ping')).toMatchObject({ result: {} })
  })

  it('reads messages however they are cut', async () => {
    const message = `${JSON.stringify({ jsonrpc: '2.0', id: 'ä🙂', method: 'ping' })}\r\n\n`
    for (const byte of Buffer.from(message)) client.child.stdin.write(Buffer.of(byte))
    expect(await client.answer('ä🙂' as unknown as number)).toMatchObject({ result: {} })
  })

  it('drops a message that is longer than any input, says so, and goes on', async () => {
    const piece = 'x'.repeat(1024 * 1024)
    client.send('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"')
    for (let i = 0; i < 30; i++) client.send(piece)
    client.send('"}}\n')
    expect((await client.answer(null)).error).toMatchObject({ code: -32600 })
    expect(await client.request(2, 'ping')).toMatchObject({ result: {} })
  })

  it('publishes its tools briefly, each with a title, honest annotations and a closed schema', async () => {
    const { result } = await client.request(1, 'tools/list')
    const again = await client.request(2, 'tools/list')
    expect(again.result).toEqual(result)
    expect(result.tools.map((tool: { name: string }) => tool.name)).toEqual([
      'ssh_ensure_session',
      'ssh_start_session',
      'ssh_run',
      'ssh_write_session',
      'ssh_read_session',
      'ssh_stop_session',
      'ssh_list_sessions',
      'ssh_exec',
      'ssh_scp',
      'ssh_sync',
      'ssh_list_files',
      'ssh_forward',
      'ssh_list_forwards',
      'ssh_stop_forward',
    ])
    for (const tool of result.tools) {
      expect(tool.title).toMatch(/\w/)
      const { readOnlyHint, destructiveHint } = tool.annotations
      expect(typeof readOnlyHint, tool.name).toBe('boolean')
      expect(readOnlyHint || typeof destructiveHint === 'boolean', tool.name).toBe(true)
      expect(tool.inputSchema).toMatchObject({ type: 'object' })
      expect(tool.inputSchema).not.toHaveProperty('anyOf')
      expect(tool.name.length).toBeLessThan(30)
      expect(tool.description.length).toBeLessThan(2048)
      expect(tool).not.toHaveProperty('outputSchema')
    }
    const reading = result.tools.filter(({ annotations }: Facts) => annotations.readOnlyHint)
    expect(reading.map(({ name }: Facts) => name)).toEqual([
      'ssh_read_session',
      'ssh_list_sessions',
      'ssh_list_files',
      'ssh_list_forwards',
    ])
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(12_000)
  })

  it('is not held up by a client that asks much and reads nothing', async () => {
    client.child.stdout.pause()
    const line = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })}\n`
    for (let i = 0; i < 20_000; i++) client.send(line)
    const other = new RawClient(place.env)
    expect(await other.request(1, 'ping')).toMatchObject({ result: {} })
    other.child.kill()
  })
})

describeSessions('calls', (bench) => {
  it('may be under way together, and be cancelled one by one', async () => {
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'calls' })
    const raw = new RawClient(bench.place.env)
    const wait = { session_id, wait_for: 'pattern', pattern: 'never', wait_seconds: 40 }
    const call = (id: number, name: string, args: object) =>
      raw.send(
        `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } })}\n`,
      )
    call(1, 'ssh_read_session', wait)
    call(2, 'ssh_read_session', { ...wait, pattern: '^now$' })
    expect(await raw.request(3, 'ping')).toMatchObject({ result: {} })
    raw.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}\n')
    call(4, 'ssh_write_session', { session_id, input: 'echo now\n' })
    expect((await raw.answer(2)).result.structuredContent).toMatchObject({ wait_ended_by: 'pattern' })
    // The input ends: what is in flight is answered, what was cancelled is not waited for.
    call(5, 'ssh_read_session', { session_id, wait_seconds: 1, wait_for: 'exit' })
    raw.child.stdin.end()
    expect(await raw.exit).toBe(0)
    expect((await raw.answer(5)).result.structuredContent).toMatchObject({ wait_ended_by: 'timeout' })
    expect(raw.messages.some((message) => message.id === 1)).toBe(false)
  })

  it('take turns with large answers, so that neither memory nor others suffer from who does not read them', async () => {
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'large' })
    const flood = 'head -c 2000000 /dev/zero | tr \'\\\\0\' x; echo; echo D"ONE"\n'
    await bench.client.write(session_id, flood, {
      wait_for: 'pattern',
      pattern: '^DONE',
      wait_seconds: 30,
      max_output_chars: 1,
    })
    const { pid } = JSON.parse(bench.place.run('status', '--json'))
    const memory = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
    const before = memory()
    const raw = new RawClient(bench.place.env)
    raw.child.stdout.pause()
    const args = { session_id, offset: 0, max_output_chars: 1_000_000, format: 'raw', wait_seconds: 0 }
    for (let id = 1; id <= 300; id++) {
      raw.send(
        `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'ssh_read_session', arguments: args } })}\n`,
      )
    }
    expect(
      (
        await bench.client.write(session_id, 'echo quick\n', {
          wait_for: 'pattern',
          pattern: '^quick',
          max_output_chars: 1,
        })
      ).wait_ended_by,
    ).toBe('pattern')
    expect(memory() - before).toBeLessThan(150)
    raw.child.stdout.resume()
    await raw.answer(1)
    raw.child.kill()
  })

  it('report progress with the newest line to a client that asks for it', async () => {
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'progress' })
    const raw = new RawClient(bench.place.env)
    await bench.client.write(session_id, 'echo working; sleep 60\n', {
      wait_for: 'pattern',
      pattern: '^working$',
    })
    const args = { session_id, wait_for: 'exit', wait_seconds: 6 }
    const { result } = await raw.request(1, 'tools/call', {
      name: 'ssh_read_session',
      arguments: args,
      _meta: { progressToken: 'p' },
    })
    expect(result.structuredContent.wait_ended_by).toBe('timeout')
    expect(raw.messages.filter((message) => message.method === 'notifications/progress')).toMatchObject([
      { params: { progressToken: 'p', progress: 5, message: 'working' } },
    ])
    raw.child.stdin.end()
    await raw.exit
  })
})
