import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  alive,
  CLI,
  describeSessions,
  eventually,
  type Facts,
  processesWith,
  type TestClient,
  Workplace,
} from '../support/harness.js'
import { nap } from '../support/remote.js'
import { PROMPT } from '../support/sshd.js'

const status = (place: Workplace) => JSON.parse(place.run('status', '--json'))

describeSessions('a daemon with sessions', (bench) => {
  const open = (client: TestClient, session_name: string, more = {}) =>
    client.call('ssh_ensure_session', { ...bench.sshd.connection, session_name, ...more })

  it('is one for ten clients that start at once', async () => {
    const place = new Workplace()
    const clients = await Promise.all(Array.from({ length: 10 }, () => place.client()))
    const opened = await Promise.all(
      clients.map((client) => open(client, 'shared', { observer_mode: 'transcript' })),
    )
    expect(new Set(opened.map(({ session_id }) => session_id)).size).toBe(1)
    expect(
      processesWith('cli.js daemon').filter((line) => line.includes(String(status(place).pid))),
    ).toHaveLength(1)
    expect(status(place)).toMatchObject({ clients: 10, sessions: 1 })
    await place.close()
  })

  it('keeps the shell when its client is killed', async () => {
    const client = await bench.place.client()
    const { session_id } = await open(client, 'outlives')
    await client.write(session_id, 'COLOUR=violet\n')
    process.kill(client.pid, 'SIGKILL')
    const next = await bench.place.client()
    const found = await open(next, 'outlives')
    expect(found).toMatchObject({ session_id, reused: true })
    expect((await next.write(session_id, 'echo $COLOUR\n')).output).toBe(`echo $COLOUR\nviolet\n${PROMPT}`)
  })

  it('keeps the shell when the whole process group of its client is killed', async () => {
    const place = new Workplace()
    const { connection } = bench.sshd
    const request = {
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'ssh_ensure_session', arguments: { ...connection, session_name: 'group' } },
    }
    const bridge = spawn(process.execPath, [CLI], {
      env: place.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    bridge.stdin.write(`${JSON.stringify(request)}\n`)
    await new Promise((resolve) => bridge.stdout.once('data', resolve))
    process.kill(-(bridge.pid as number), 'SIGKILL')
    expect(status(place)).toMatchObject({ sessions: 1 })
    await place.close()
  })

  it('leaves nothing behind after shutdown: no ssh, no tmux session, no socket', async () => {
    const place = new Workplace()
    const client = await place.client()
    const opened = await Promise.all(['a', 'b', 'c'].map((name) => open(client, name)))
    expect(place.tmux('ls').trim().split('\n')).toHaveLength(3)
    const { pid, socket } = status(place)
    expect(readdirSync(join(place.state, 'c'))).toHaveLength(3)
    place.run('shutdown')
    await eventually('the daemon is gone', () => !alive(pid))
    for (const { session_id } of opened) expect(processesWith(session_id)).toEqual([])
    expect(existsSync(socket)).toBe(false)
    expect(readdirSync(join(place.state, 'c'))).toEqual([])
    expect(() => place.tmux('ls')).toThrow()
    await place.close()
  })

  it('leaves no ssh behind that hangs while it looks into a session', async () => {
    const place = new Workplace()
    const [time, slow] = [nap(), join(place.directory, 'slow-ssh')]
    const script = `#!/bin/sh\ncase "$*" in *'exit 213'*) exec sleep ${time};; esac\nexec ssh "$@"\n`
    writeFileSync(slow, script, { mode: 0o755 })
    const client = await place.client({ SSH_MCP_SSH_BIN: slow })
    await open(client, 'looked-into', { wait_seconds: 0 })
    await eventually('it is looked into', () => processesWith(`sleep ${time}`).length > 0)
    place.run('shutdown')
    await eventually('none is left', () => processesWith(`sleep ${time}`).length === 0)
    await place.close()
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends every session on %s', async (signal) => {
    const place = new Workplace()
    const client = await place.client()
    const { session_id } = await open(client, 'ended')
    await client.write(session_id, 'sleep 1000\n', { wait_for: 'output' })
    const { pid } = status(place)
    process.kill(pid, signal)
    await eventually('the daemon is gone', () => !alive(pid))
    expect(processesWith(session_id)).toEqual([])
    expect(JSON.parse(place.run('list', '--json')).sessions).toMatchObject([
      { session_id, exit_reason: 'stopped' },
    ])
    await place.close()
  })

  it('takes every ssh with it when it is killed, though it started a tmux server', async () => {
    // A tmux server that inherits the PTY masters keeps every ssh alive: 33 of them were once found so.
    const place = new Workplace()
    const client = await place.client()
    const first = await open(client, 'a', { observer_mode: 'transcript' })
    const second = await open(client, 'b', { observer_mode: 'tmux' })
    const third = await open(client, 'c', { observer_mode: 'tmux' })
    await client.write(first.session_id, 'echo remembered\n')
    process.kill(status(place).pid, 'SIGKILL')
    for (const { session_id } of [first, second, third]) {
      await eventually(`the ssh of ${session_id} is gone`, () => !processesWith(`c/${session_id}`).length)
    }
    // The next daemon lists them as lost, their output still there, and closes their windows.
    const next = await place.client()
    const { sessions } = await next.call('ssh_list_sessions')
    expect(sessions).toHaveLength(3)
    expect(sessions[0]).toMatchObject({
      session_id: first.session_id,
      running: false,
      exit_reason: 'daemon-lost',
    })
    expect((await next.read('a', { tail_lines: 10 })).output).toContain('\nremembered\n')
    await eventually('the windows are closed', () => {
      try {
        return !place.tmux('ls').includes('ssh-mcp-')
      } catch {
        return true
      }
    })
    await place.close()
  })

  it('goes on after one session’s ssh is killed', async () => {
    const { session_id } = await open(bench.client, 'murdered')
    const other = await open(bench.client, 'bystander')
    const ssh = processesWith(`c/${session_id}`)[0] as string
    process.kill(Number(ssh.trim().split(/\s+/)[1]), 'SIGKILL')
    const facts = await bench.client.read(session_id, { wait_for: 'exit' })
    expect(facts).toMatchObject({ running: false, exit_reason: 'killed', signal: 'SIGKILL', exit_code: null })
    expect((await bench.client.write(other.session_id, 'echo here\n')).output).toContain('\nhere\n')
    expect(await open(bench.client, 'murdered')).toMatchObject({ created: true })
  })

  it('refuses more sessions than it may hold', async () => {
    const place = new Workplace({ SSH_MCP_MAX_SESSIONS: '1' })
    const client = await place.client()
    await open(client, 'one')
    expect(await open(client, 'two')).toMatchObject({ isError: true, error_type: 'limit_reached' })
    await place.close()
  })

  it('is followed by another at once when it is told to end and a session holds it up', async () => {
    const place = new Workplace()
    const client = await place.client()
    const { session_id } = await open(client, 'stopped', { observer_mode: 'transcript' })
    const { pid } = status(place)
    process.kill(Number(processesWith(`c/${session_id}`)[0]?.trim().split(/\s+/)[1]), 'SIGSTOP')
    process.kill(pid, 'SIGTERM')
    // A signal takes its time to arrive; who comes before it is served, and then parted from.
    await eventually('the old one takes nobody any more', () => status(place).pid !== pid)
    const next = await place.client()
    expect((await next.call('ssh_list_sessions')).isError).toBe(false)
    expect(status(place).pid).not.toBe(pid)
    await eventually('the old one is gone', () => !alive(pid))
    expect(processesWith(`c/${session_id}`)).toEqual([])
    expect(status(place).pid).not.toBeNull()
    await place.close()
  })

  it('serves in one process when it is embedded, and ends with its input', async () => {
    const place = new Workplace()
    const client = await place.client({}, ['--embedded'])
    const { session_id, output } = await open(client, 'embedded')
    expect(output).toBe(PROMPT)
    expect(status(place).pid).toBeNull()
    const { pid } = client
    await client.close()
    await eventually('the process is gone', () => !alive(pid))
    expect(processesWith(session_id)).toEqual([])
    await place.close()
  })
})

describe('the daemon', () => {
  let place: Workplace
  beforeEach(() => {
    place = new Workplace()
  })
  afterEach(() => place.close())

  /** Runs the bridge on an input to its end. */
  const bridge = (input: string, env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [CLI], {
      env: { ...place.env, ...env },
      input,
      encoding: 'utf8',
      timeout: 20_000,
    })

  const LIST = '{"jsonrpc":"2.0","id":7,"method":"tools/list"}\n'

  it('answers what is in flight when the input ends', () => {
    const { status: code, stdout } = bridge(LIST)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ id: 7, result: { tools: expect.any(Array) } })
  })

  it('ends after its idle time, but not before', async () => {
    const client = await place.client({ SSH_MCP_IDLE_EXIT_SECONDS: '1' })
    const { pid } = status(place)
    await client.close()
    await eventually('the daemon is gone', () => !alive(pid))
    expect(status(place).pid).toBeNull()
  })

  it('takes the place of one that left its socket behind', async () => {
    const first = await place.client()
    const { pid } = status(place)
    process.kill(pid, 'SIGKILL')
    await eventually('the daemon is gone', () => !alive(pid))
    expect(existsSync(join(place.state, 'daemon.sock'))).toBe(true)
    await first.close()
    expect((await (await place.client()).call('ssh_list_sessions')).count).toBe(0)
  })

  it.each([
    ['an answer on the way', false],
    ['the daemon dying afterwards', true],
  ])('leaves no bridge behind whose client was killed, with %s', async (_, daemonDies) => {
    // Each failed write to the client that was gone brought the next: a bridge was once found after an hour,
    // with all of a processor.
    const child = spawn(process.execPath, [CLI], { env: place.env, stdio: 'pipe' })
    child.stdin.write(LIST)
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.stdout.destroy()
    child.stderr.destroy()
    if (daemonDies) process.kill(status(place).pid, 'SIGKILL')
    else child.stdin.write(LIST)
    await ended
    child.stdin.destroy()
  })

  it('makes the bridge end with a sentence when it dies', async () => {
    const { promise, child } = running()
    await new Promise((resolve) => child.stdout.once('data', resolve))
    process.kill(status(place).pid, 'SIGKILL')
    expect(await promise).toMatchObject({ code: 1, stderr: expect.stringContaining('daemon has ended') })
  })

  function running() {
    const child = spawn(process.execPath, [CLI], { env: place.env, stdio: 'pipe' })
    child.stdin.write(LIST)
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    const promise = new Promise((resolve) => child.on('exit', (code) => resolve({ code, stderr })))
    return { child, promise }
  }

  it('works where its state directory is too deep for a socket', async () => {
    const deep = join(place.directory, 'd'.repeat(100), 'e'.repeat(100))
    const client = await place.client({ SSH_MCP_STATE_DIR: deep })
    expect((await client.call('ssh_list_sessions')).count).toBe(0)
    const { socket } = JSON.parse(
      spawnSync(process.execPath, [CLI, 'status', '--json'], {
        env: { ...place.env, SSH_MCP_STATE_DIR: deep },
        encoding: 'utf8',
      }).stdout,
    )
    expect(socket.length).toBeLessThan(100)
    expect(existsSync(socket)).toBe(true)
    await client.close()
    spawnSync(process.execPath, [CLI, 'shutdown'], { env: { ...place.env, SSH_MCP_STATE_DIR: deep } })
    expect(existsSync(socket)).toBe(false)
  })

  it('is found by clients whose environment was stripped', async () => {
    // Clients pass on XDG_RUNTIME_DIR and XDG_STATE_HOME or not; two daemons would be two sets of sessions.
    const state = {
      XDG_STATE_HOME: join(place.directory, 'xdg'),
      XDG_RUNTIME_DIR: join(place.directory, 'run'),
    }
    await place.client(state)
    const { pid } = status(place)
    await place.client()
    expect(status(place)).toMatchObject({ pid, clients: 2 })
  })

  it.each([
    ['a file', (path: string) => writeFileSync(path, '')],
    ['a link', (path: string) => symlinkSync('/tmp', path)],
  ])('refuses a state directory that is %s', (_, lay) => {
    lay(place.state)
    const { status: code, stderr } = bridge(LIST)
    expect(code).toBe(1)
    expect(stderr).toContain('SSH_MCP_STATE_DIR')
    spawnSync('rm', ['-f', place.state])
  })

  it('refuses a state directory where none can be made, instead of trying for ever', () => {
    const { status: code, stderr } = bridge(LIST, { SSH_MCP_STATE_DIR: '/proc/no/where' })
    expect(code).toBe(1)
    expect(stderr).toContain('/proc/no/where cannot be used')
  })

  it('takes other people’s permissions from a state directory of its own', () => {
    mkdirSync(place.state, { mode: 0o755 })
    expect(bridge(LIST).status).toBe(0)
    expect(spawnSync('stat', ['-c', '%a', place.state], { encoding: 'utf8' }).stdout).toBe('700\n')
  })

  it.each([
    ['says nothing', () => {}, 'did not answer'],
    [
      'is something else',
      (socket: { write(text: string): void }) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'answered in a way',
    ],
  ])('leaves a listener alone that %s', async (_, answer, words) => {
    mkdirSync(place.state, { mode: 0o700 })
    const server = createServer((socket) => answer(socket.resume()))
    await new Promise<void>((resolve) => server.listen(join(place.state, 'daemon.sock'), resolve))
    const child = spawn(process.execPath, [CLI], { env: place.env, stdio: ['pipe', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(1)
    expect(stderr).toContain(words)
    await new Promise((resolve) => server.close(resolve))
  })

  /** A daemon of another version: answers greetings as it would, and ends when it is told to. */
  async function otherDaemon(answer: object): Promise<{ greetings: Facts[]; end: () => Promise<void> }> {
    mkdirSync(place.state, { mode: 0o700 })
    const greetings: Facts[] = []
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', (line) => {
        const greeting = JSON.parse(line.toString())
        greetings.push(greeting)
        socket.end(`${JSON.stringify({ hello: 'ssh-mcp', protocol: 1, ...answer })}\n`)
        if (greeting.command === 'shutdown') server.close()
      })
    })
    await new Promise<void>((resolve) => server.listen(join(place.state, 'daemon.sock'), resolve))
    return { greetings, end: () => new Promise((resolve) => server.close(() => resolve())) }
  }

  const old = (sessions: number) => ({
    ok: true,
    status: { pid: 1, version: '0.0.0', socket: '', sessions, clients: 1 },
  })

  it('takes the place of an idle one of another version', async () => {
    const { greetings } = await otherDaemon(old(0))
    const client = await place.client()
    expect((await client.call('ssh_list_sessions')).count).toBe(0)
    expect(greetings.map(({ purpose, command }) => command ?? purpose)).toEqual(['mcp', 'shutdown'])
  })

  it('is no more in the way when it was embedded, and killed, under the number of the next one', () => {
    // In a container with a volume every start has the same number: after a kill none came up any more.
    mkdirSync(place.state, { mode: 0o700 })
    const leave = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'
    const script = `python3 -c '${leave}' "$SSH_MCP_STATE_DIR/e$$" && exec "$@"`
    const { status: code, stdout } = spawnSync(
      'sh',
      ['-c', script, 'sh', process.execPath, CLI, '--embedded'],
      { env: place.env, input: LIST, encoding: 'utf8', timeout: 20_000 },
    )
    expect(JSON.parse(stdout)).toMatchObject({ id: 7 })
    expect(code).toBe(0)
    expect(readdirSync(place.state).filter((name) => /^e\d+$/.test(name))).toEqual([])
  })

  it('takes one of another version as it is that comes again when it was ended', async () => {
    // A service unit that names another installation: each end would start it again, until systemd gives up.
    mkdirSync(place.state, { mode: 0o700 })
    const greetings: Facts[] = []
    const server = createServer((socket) => {
      socket.once('data', (line) => {
        greetings.push(JSON.parse(line.toString()))
        socket.end(`${JSON.stringify({ hello: 'ssh-mcp', protocol: 1, ...old(0) })}\n`)
      })
    })
    await new Promise<void>((resolve) => server.listen(join(place.state, 'daemon.sock'), resolve))
    const child = spawn(process.execPath, [CLI], { env: place.env, stdio: ['pipe', 'ignore', 'ignore'] })
    await new Promise((resolve) => child.on('exit', resolve))
    expect(greetings.map(({ purpose, command }) => command ?? purpose)).toEqual(['mcp', 'shutdown', 'mcp'])
    await new Promise((resolve) => server.close(resolve))
  })

  it('leaves one of another version alone that holds sessions, and works with it', async () => {
    const { greetings, end } = await otherDaemon(old(2))
    const child = spawn(process.execPath, [CLI], { env: place.env, stdio: ['pipe', 'ignore', 'ignore'] })
    // This one ends the connection without an orderly end, so the bridge says that it died.
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(1)
    expect(greetings.map(({ purpose }) => purpose)).toEqual(['mcp'])
    await end()
  })

  it('passes on why one of another version refuses', async () => {
    const { end } = await otherDaemon({ ok: false, error: 'The running daemon is version 9.' })
    const child = spawn(process.execPath, [CLI], { env: place.env, stdio: ['pipe', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(1)
    expect(stderr).toBe('ssh-mcp: The running daemon is version 9.\n')
    await end()
  })

  it('names a setting that cannot be right', () => {
    const { status: code, stderr } = bridge(LIST, { SSH_MAX_OUTPUT_CHARS: 'many' })
    expect(code).toBe(1)
    expect(stderr).toContain('SSH_MAX_OUTPUT_CHARS')
  })

  it('makes its socket again when it was taken away', async () => {
    await place.client()
    const { pid, socket } = status(place)
    spawnSync('rm', [socket])
    await eventually('the socket is back', () => existsSync(socket))
    expect(status(place).pid).toBe(pid)
  })
})
