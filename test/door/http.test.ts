import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, type Facts, processesWith, Workplace } from '../support/harness.js'
import { Door, initialize, toolCall } from '../support/http.js'
import { describeRemote, describeTerminals, memory, nap } from '../support/remote.js'

const doors: Door[] = []
afterEach(async () => {
  for (const door of doors.splice(0)) await door.end()
})

/** A door for one test. */
async function opened(...args: Parameters<typeof Door.open>): Promise<Door> {
  const door = await Door.open(...args)
  doors.push(door)
  return door
}

describeTerminals('sessions over HTTP', (bench) => {
  const ensure = (door: Door, client: Client, args: Facts): Promise<Facts> =>
    door.call(client, 'ssh_ensure_session', {
      ...bench.remote.sshd.connection,
      observer_mode: 'transcript',
      ...args,
    })

  it('are the same as those over stdio, and stay when the door is closed', async () => {
    const door = await opened(bench.remote.place)
    const client = await door.client()
    const { session_id, created } = await ensure(door, client, { session_name: 'deploy' })
    expect(created).toBe(true)
    await door.call(client, 'ssh_run', { session_id, command: 'cd /usr; LEFT=here' })
    expect(await door.end()).toBe(0)
    const later = await bench.remote.client.call('ssh_run', { session_id, command: 'echo $LEFT in $PWD' })
    expect(later).toMatchObject({ exit_code: 0, output: 'here in /usr\n' })

    const again = await opened(bench.remote.place)
    const result = await again.call(await again.client(), 'ssh_run', { session_id: 'deploy', command: 'pwd' })
    expect(result).toMatchObject({ exit_code: 0, output: '/usr\n' })
  })

  it('end with the door where they are in its very process', async () => {
    const place = new Workplace()
    const door = await opened(place, { args: ['serve', '--embedded', '--port', '0'] })
    const client = await door.client()
    const { session_id } = await ensure(door, client, { session_name: 'inside' })
    const ran = await door.call(await door.client(), 'ssh_run', { session_id, command: 'echo $((6 * 7))' })
    expect(ran.output).toBe('42\n')
    expect(processesWith(place.directory)).not.toEqual([])
    expect(await door.end()).toBe(0)
    expect(processesWith(place.directory)).toEqual([])
    await place.close()
  })

  it('are heard of while a call runs, on the stream of that call', async () => {
    const door = await opened(bench.remote.place)
    const client = await door.client()
    const { session_id } = await ensure(door, client, { session_name: 'progress' })
    const gate = join(bench.remote.sshd.home, 'told')
    const told: string[] = []
    const done = client.callTool(
      {
        name: 'ssh_run',
        arguments: { session_id, command: `echo first; until test -e ${gate}; do sleep 0.1; done` },
      },
      undefined,
      { onprogress: ({ message }) => told.push(message ?? '') },
    )
    await eventually('progress was told', () => told.some((message) => message.includes('first')))
    writeFileSync(gate, '')
    expect((await done).isError).toBeFalsy()
  })
})

describeTerminals('news over HTTP', (bench) => {
  it('come on a stream that is there at once, and only once', async () => {
    const door = await opened(bench.remote.place)
    const { headers } = await door.request({ body: initialize(1) })
    const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
    const params = { uri: 'ssh-mcp://sessions' }
    const subscribe = { jsonrpc: '2.0', id: 2, method: 'resources/subscribe', params }
    expect((await door.request({ headers: session, body: subscribe })).messages[0]?.result).toEqual({})
    const own = { ...session, authorization: `Bearer ${door.token}`, accept: 'text/event-stream' }
    // Without a word of its own it would answer only with the transport's first sign of life, after 15 s.
    const news = await fetch(door.url, { headers: own, signal: AbortSignal.timeout(10_000) })
    expect([news.status, news.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect((await door.request({ method: 'GET', headers: session })).status).toBe(409)
    await bench.remote.client.ensure({ ...bench.remote.sshd.connection, session_name: 'new' })
    const reader = (news.body as ReadableStream<Uint8Array>).getReader()
    const first = new TextDecoder().decode((await reader.read()).value)
    expect(first).toContain('notifications/resources/')
    await reader.cancel()
    await eventually('the stream may be opened again', async () => {
      const again = await fetch(door.url, { headers: own })
      await again.body?.cancel()
      return again.status === 200
    })
  })
})

describeRemote('commands over HTTP', (bench) => {
  const exec = (command: string, more: Facts = {}): Facts => ({
    ...bench.remote.sshd.connection,
    command,
    ...more,
  })

  it("have the door's settings, environment and working directory", async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'sm-cwd-'))
    writeFileSync(join(cwd, 'here.txt'), 'found')
    const door = await opened(bench.remote.place, { cwd, env: { SSH_MCP_TOOLSETS: 'exec,transfer' } })
    const client = await door.client()
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['ssh_exec', 'ssh_scp', 'ssh_sync', 'ssh_list_files'])
    const copied = await door.call(client, 'ssh_scp', {
      ...bench.remote.sshd.connection,
      direction: 'upload',
      sources: ['here.txt'],
      destination: join(bench.remote.sshd.home, 'there.txt'),
    })
    expect(copied).toMatchObject({ ok: true })
    expect(readFileSync(join(bench.remote.sshd.home, 'there.txt'), 'utf8')).toBe('found')
    rmSync(cwd, { recursive: true })
  })

  it('never see the token of the door', async () => {
    const token = 'a-token-that-nobody-else-is-to-see'
    const place = new Workplace()
    const door = await opened(place, { env: { SSH_MCP_HTTP_TOKEN: token } })
    const client = await door.client(token)
    await door.call(client, 'ssh_exec', exec('true'))
    const { pid } = JSON.parse(place.run('status', '--json'))
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(token)
    expect(door.said).not.toContain(token)
    await place.close()
  })

  it.each([2, 0, ''])(
    'are cancelled by their client under the id %j, which ends their stream as well',
    async (id) => {
      const door = await opened(bench.remote.place)
      const seconds = nap()
      const { headers } = await door.request({ body: initialize(1) })
      const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
      const answer = door.request({
        headers: session,
        body: toolCall(id, 'ssh_exec', exec(`sleep ${seconds}`)),
      })
      await eventually('the command runs', () => processesWith(`sleep ${seconds}`).length > 0)
      const params = { requestId: id }
      const said = { jsonrpc: '2.0', method: 'notifications/cancelled', params }
      expect((await door.request({ headers: session, body: said })).status).toBe(202)
      expect((await answer).messages).toEqual([])
      await eventually('the command has ended', () => processesWith(`sleep ${seconds}`).length === 0)
      const next = await door.request({ headers: session, body: toolCall(id, 'ssh_exec', exec('echo on')) })
      expect(next.messages[0]?.result.structuredContent.stdout).toBe('on\n')
    },
  )

  it('are cancelled one by one where several came in one body', async () => {
    const door = await opened(bench.remote.place)
    const seconds = nap()
    const gate = join(bench.remote.sshd.home, 'other-goes-on')
    const { headers } = await door.request({ body: initialize(1) })
    const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
    const waiting = `until test -e ${gate}; do sleep 0.05; done; echo done`
    const calls = [toolCall(2, 'ssh_exec', exec(`sleep ${seconds}`)), toolCall(3, 'ssh_exec', exec(waiting))]
    const answer = door.request({ headers: session, body: calls })
    await eventually('the command runs', () => processesWith(`sleep ${seconds}`).length > 0)
    const said = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } }
    expect((await door.request({ headers: session, body: said })).status).toBe(202)
    await eventually('the command has ended', () => processesWith(`sleep ${seconds}`).length === 0)
    writeFileSync(gate, '')
    const other = (await answer).messages.find(({ id }) => id === 3)
    expect(other?.result.structuredContent.stdout).toBe('done\n')
  })

  it('are cancelled also where as many run as there may be', async () => {
    const door = await opened(bench.remote.place)
    const seconds = nap()
    const { headers } = await door.request({ body: initialize(1) })
    const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
    const ids = Array.from({ length: 100 }, (_, number) => number)
    const calls = ids.map((id) => toolCall(id, 'ssh_exec', exec(`sleep ${seconds}`)))
    const many = Array.from({ length: 5 }, (_, batch) =>
      door.request({ headers: session, body: calls.map((call) => ({ ...call, id: `${batch} ${call.id}` })) }),
    )
    await eventually('some run', () => processesWith(`sleep ${seconds}`).length > 0)
    const next = calls.map((call) => ({ ...call, id: `6 ${call.id}` }))
    expect((await door.request({ headers: session, body: next })).status).toBe(503)
    for (const batch of many.keys()) {
      const said = ids.map((id) => ({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: `${batch} ${id}` },
      }))
      expect((await door.request({ headers: session, body: said })).status).toBe(202)
    }
    await Promise.all(many)
    await eventually('all have ended', () => processesWith(`sleep ${seconds}`).length === 0)
  })

  it('end when their client takes its leave', async () => {
    const door = await opened(bench.remote.place)
    const seconds = nap()
    const { headers } = await door.request({ body: initialize(1) })
    const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
    const answer = door.request({ headers: session, body: toolCall(2, 'ssh_exec', exec(`sleep ${seconds}`)) })
    await eventually('the command runs', () => processesWith(`sleep ${seconds}`).length > 0)
    expect((await door.request({ method: 'DELETE', headers: session })).status).toBe(200)
    await answer
    await eventually('the command has ended', () => processesWith(`sleep ${seconds}`).length === 0)
    expect((await door.request({ headers: session, body: toolCall(3, 'ssh_exec') })).status).toBe(404)
  })

  it('run on when a connection is lost, as the protocol says', async () => {
    const door = await opened(bench.remote.place)
    const { headers } = await door.request({ body: initialize(1) })
    const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
    const mark = join(bench.remote.sshd.home, 'ran-on')
    const gate = join(bench.remote.sshd.home, 'go-on')
    const command = `until test -e ${gate}; do sleep 0.05; done; touch ${mark}`
    const lost = await door.abandon(session, toolCall(2, 'ssh_exec', exec(command)))
    await eventually('the command runs', () => processesWith(`test -e ${gate}`).length > 0)
    lost()
    expect(
      (await door.request({ headers: session, body: toolCall(3, 'ssh_exec', exec('true')) })).status,
    ).toBe(200)
    writeFileSync(gate, '')
    await eventually('the command ran on', () => statSync(mark, { throwIfNoEntry: false }))
  })

  it('cost little where nobody reads what they print, and hold up nobody else', async () => {
    const door = await opened(bench.remote.place)
    const { headers } = await door.request({ body: initialize(1) })
    const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
    const daemon = bench.remote.daemonPid()
    const before = memory(daemon, 'VmRSS')
    const wordy = exec('head -c 1000000 /dev/zero | tr "\\0" x', { max_output_chars: 1_000_000 })
    for (let id = 100; id < 140; id++) door.deaf(session, toolCall(id, 'ssh_exec', wordy))
    const client = await door.client()
    for (let count = 0; count < 20; count++)
      expect(await door.call(client, 'ssh_exec', exec('echo on'))).toMatchObject({ stdout: 'on\n' })
    expect(memory(door.child.pid as number, 'VmHWM')).toBeLessThan(200)
    expect(memory(daemon, 'VmHWM') - before).toBeLessThan(400)
  })

  it('fail with words when the daemon dies, and the next client has another', async () => {
    const place = new Workplace()
    const door = await opened(place)
    const { headers } = await door.request({ body: initialize(1) })
    const session = { 'mcp-session-id': headers['mcp-session-id'] as string }
    const seconds = nap()
    const answer = door.request({ headers: session, body: toolCall(2, 'ssh_exec', exec(`sleep ${seconds}`)) })
    await eventually('the command runs', () => processesWith(`sleep ${seconds}`).length > 0)
    process.kill(JSON.parse(place.run('status', '--json')).pid, 'SIGKILL')
    expect((await answer).messages[0]?.error.message).toContain('daemon has ended')
    expect((await door.request({ headers: session, body: toolCall(3, 'ssh_exec') })).status).toBe(404)
    const client = await door.client()
    expect(await door.call(client, 'ssh_exec', exec('echo again'))).toMatchObject({ stdout: 'again\n' })
    await door.end()
    await place.close()
  })

  describe('without a stay (stateless)', () => {
    const stateless = { env: { MCP_STATELESS_HTTP: '1' } }

    it('need no greeting and no id', async () => {
      const door = await opened(bench.remote.place, stateless)
      const first = await door.request({ body: toolCall(1, 'ssh_exec', exec('echo one')) })
      expect(first.headers['mcp-session-id']).toBeUndefined()
      expect(first.messages[0]?.result.structuredContent.stdout).toBe('one\n')
      const client = await door.client()
      expect(await door.call(client, 'ssh_exec', exec('echo two'))).toMatchObject({ stdout: 'two\n' })
      expect((await door.request({ method: 'GET' })).status).toBe(405)
      expect((await door.request({ method: 'DELETE' })).status).toBe(405)
    })

    it('answer many at once under the same id, each to whom it belongs', async () => {
      const door = await opened(bench.remote.place, stateless)
      const numbers = Array.from({ length: 40 }, (_, number) => number)
      const answers = await Promise.all(
        numbers.map((number) => door.request({ body: toolCall(7, 'ssh_exec', exec(`echo ${number}`)) })),
      )
      const outputs = answers.map(({ messages }) => messages[0]?.result.structuredContent.stdout)
      expect(outputs).toEqual(numbers.map((number) => `${number}\n`))
    })

    it('leave no answer behind for who comes next, under the same id, when they are cancelled', async () => {
      const door = await opened(bench.remote.place, stateless)
      const gate = join(bench.remote.sshd.home, 'stale')
      const waiting = `until test -e ${gate}; do sleep 0.05; done; echo`
      for (const id of [0, 1, '']) {
        const said = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }
        await door.request({ body: [toolCall(id, 'ssh_exec', exec(`${waiting} stale`)), said] })
        await door.request({ body: [toolCall(id, 'ssh_list_sessions'), said] })
        const next = door.request({ body: toolCall(id, 'ssh_exec', exec(`${waiting} own`)) })
        await eventually(
          'the next one runs',
          () => processesWith(`${gate}; do sleep 0.05; done; echo own`).length,
        )
        writeFileSync(gate, '')
        expect((await next).messages[0]?.result.structuredContent.stdout).toBe('own\n')
        rmSync(gate)
      }
    })

    it('end when their client goes, for it could not say so otherwise', async () => {
      const door = await opened(bench.remote.place, stateless)
      const seconds = nap()
      const lost = await door.abandon({}, toolCall(2, 'ssh_exec', exec(`sleep ${seconds}`)))
      await eventually('the command runs', () => processesWith(`sleep ${seconds}`).length > 0)
      lost()
      await eventually('the command has ended', () => processesWith(`sleep ${seconds}`).length === 0)
    })
  })
})

describe('the HTTP door', () => {
  let place: Workplace
  beforeEach(() => {
    place = new Workplace()
  })
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.end()
    await place.close()
  })

  it('makes a token at first, shows it once, and keeps it for its owner alone', async () => {
    const door = await opened(place)
    const file = join(place.state, 'http-token')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(door.token.length).toBeGreaterThanOrEqual(43)
    expect(door.said).toContain(door.token)
    const { token } = door
    await door.end()
    const again = await opened(place)
    expect(again.said).not.toContain(token)
    expect(again.said).toContain(file)
    expect(again.token).toBe(token)
    expect((await again.request({ body: initialize(1) })).status).toBe(200)
  })

  it('gives doors that start at once the same token', async () => {
    const started = await Promise.all(Array.from({ length: 4 }, () => opened(place)))
    for (const door of started) expect((await door.request({ body: initialize(1) })).status).toBe(200)
    expect(started.filter(({ said }) => said.includes('shown this once'))).toHaveLength(1)
  })

  it('does not trust a token that others may have read', async () => {
    const door = await opened(place)
    await door.end()
    chmodSync(join(place.state, 'http-token'), 0o644)
    const { said, code } = await Door.refused(place, {}, ['serve', '--port', '0'])
    expect(code).toBe(1)
    expect(said).toContain('may be read by others')
  })

  it('takes the token of the environment in place of the kept one', async () => {
    const door = await opened(place, { env: { SSH_MCP_HTTP_TOKEN: 'given-by-the-environment' } })
    const by = (token: string) =>
      door.request({ headers: { authorization: `Bearer ${token}` }, body: initialize(1) })
    expect((await by('given-by-the-environment')).status).toBe(200)
    expect((await by('another')).status).toBe(401)
    expect(statSync(join(place.state, 'http-token'), { throwIfNoEntry: false })).toBeUndefined()
  })

  it('asks for none on loopback if it is told so, and says what that means', async () => {
    const door = await opened(place, { args: ['serve', '--port', '0', '--no-token'] })
    expect(door.said).toContain('no token is asked for')
    const answer = await door.request({ headers: { authorization: undefined }, body: initialize(1) })
    expect(answer.status).toBe(200)
  })

  it.each([
    ['0.0.0.0', {}, ['--no-token']],
    ['::', {}, ['--no-token']],
    ['0.0.0.0', { SSH_MCP_HTTP_NO_TOKEN: '1' }, []],
  ])('refuses to be open to the network: %s %j %j', async (host, env, args) => {
    const { said, code } = await Door.refused(place, env as Record<string, string>, [
      'serve',
      '--host',
      host,
      '--port',
      '0',
      ...args,
    ])
    expect(code).toBe(2)
    expect(said).toContain('only loopback')
    expect(said).not.toContain('listening')
  })

  it('warns of what it exposes beyond loopback, and lets only who knows the token in', async () => {
    const door = await opened(place, { args: ['serve', '--host', '0.0.0.0', '--port', '0'] })
    expect(door.said).toContain('can be reached from other machines')
    expect((await door.request({ headers: { authorization: undefined }, body: initialize(1) })).status).toBe(
      401,
    )
    expect((await door.request({ headers: { host: 'evil.example.com' }, body: initialize(1) })).status).toBe(
      403,
    )
    expect((await door.request({ headers: { host: '0.0.0.0' }, body: initialize(1) })).status).toBe(403)
    expect((await door.request({ body: initialize(1) })).status).toBe(200)
  })

  it('is what MCP_TRANSPORT asks for, at the path of the environment', async () => {
    const env = {
      MCP_TRANSPORT: 'streamable-http',
      MCP_PORT: '0',
      MCP_MOUNT_PATH: '/a',
      MCP_STREAMABLE_HTTP_PATH: '/b',
    }
    const door = await opened(place, { env, args: [] })
    expect(door.url.pathname).toBe('/a/b')
    expect((await door.request({ body: initialize(1) })).status).toBe(200)
    expect((await door.request({ path: '/mcp', body: initialize(1) })).status).toBe(404)
    const { said, code } = await Door.refused(place, { MCP_TRANSPORT: 'sse' }, [])
    expect([code, said]).toEqual([2, expect.stringContaining('stdio or streamable-http')])
  })

  it.each([
    ['an unknown option', ['--what'], {}, '--what'],
    ['no port', ['--port', 'x'], {}, '--port'],
    ['no address', ['--host', 'no.such.host.invalid'], {}, 'no.such.host.invalid'],
    ['a setting that is wrong', [], { SSH_MCP_TOOLSETS: 'nonsense' }, 'nonsense'],
  ])('says what is wrong with %s, and ends', async (_, args, env, named) => {
    const { said, code } = await Door.refused(place, env as Record<string, string>, ['serve', ...args])
    expect(code).toBeGreaterThan(0)
    expect(said).toContain(named)
  })

  it('says that its port is taken, and ends', async () => {
    const door = await opened(place)
    const { said, code } = await Door.refused(place, {}, ['serve', '--port', String(door.port)])
    expect([code, said]).toEqual([1, expect.stringContaining('EADDRINUSE')])
  })

  it('tells of its health cheaply, without a token and without a daemon', async () => {
    const door = await opened(place)
    const health = await door.request({
      method: 'GET',
      path: '/healthz',
      headers: { authorization: undefined },
    })
    expect([health.status, health.text]).toEqual([200, 'ok\n'])
    expect(place.run('status')).toContain('not running')
  })
})
