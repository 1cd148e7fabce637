import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Activator, activatedOnce, whyNoActivator } from '../support/activator.js'
import {
  alive,
  CLI,
  describeSessions,
  eventually,
  processesWith,
  type TestClient,
  Workplace,
} from '../support/harness.js'
import { PROMPT, unusedPort } from '../support/sshd.js'

const status = (place: Workplace) => JSON.parse(place.run('status', '--json'))

/** What makes a file this file, and who may use it. */
const fileFacts = (path: string) => {
  const { ino, mode } = statSync(path)
  return { ino, mode }
}

const pidOf = (line: string): number => Number(line.trim().split(/\s+/)[1])

/** What a process has open, as the kernel names it; nothing once it has ended, as looks into a session do. */
function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
  } catch {
    return []
  }
}

const knock = (to: { path: string } | { port: number; host: string }) =>
  new Promise<void>((resolve) => {
    const socket = connect(to, () => resolve())
    socket.on('error', () => {})
  })

describe.skipIf(whyNoActivator())('a daemon that a socket unit starts', () => {
  let place: Workplace
  let activator: Activator
  beforeEach(async () => {
    place = new Workplace({ SSH_MCP_IDLE_EXIT_SECONDS: '1' })
    activator = await Activator.start(place)
  })
  afterEach(async () => {
    await activator.stop()
    await place.close()
  })

  it('is started by the first client, and again by the next after its idle time', async () => {
    const before = fileFacts(activator.socket)
    const first = await place.client()
    const { pid, activated } = status(place)
    expect(activated).toBe(true)
    await first.close()
    await eventually('the daemon is gone', () => !alive(pid))
    // The file is not the daemon's: it stays as it was, and what is behind it.
    expect(fileFacts(activator.socket)).toEqual(before)
    expect((await (await place.client()).call('ssh_list_sessions')).count).toBe(0)
    expect(status(place).pid).not.toBe(pid)
    expect(fileFacts(activator.socket)).toEqual(before)
  })

  it('is one for ten clients that start at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => place.client()))
    expect(status(place).clients).toBe(10)
  })

  it('ends when it is told to, with a word on who starts it again', async () => {
    await place.client()
    const { pid } = status(place)
    const words = place.run('shutdown')
    expect(words).toContain('The daemon has ended')
    expect(words).toContain('systemctl --user stop ssh-mcp.socket')
    await eventually('the daemon is gone', () => !alive(pid))
    // To ask is to connect, so whoever asks starts it; it says so.
    expect(place.run('status')).toMatch(/^running: .*starts the daemon whenever somebody connects/)
    expect(status(place).pid).not.toBe(pid)
  })
})

describeSessions('sessions of a daemon that a socket unit starts', (bench) => {
  const open = (client: TestClient, session_name: string, more = {}) =>
    client.call('ssh_ensure_session', { ...bench.sshd.connection, session_name, ...more })

  it('work, and none of what they run gets the socket', async ({ skip }) => {
    skip(whyNoActivator() !== '')
    const place = new Workplace()
    const activator = await Activator.start(place)
    const client = await place.client()
    const { session_id } = await open(client, 'first')
    const second = await open(client, 'second', { observer_mode: 'transcript' })
    expect((await client.write(session_id, 'echo $((6*7))\n')).output).toBe(`echo $((6*7))\n42\n${PROMPT}`)
    expect((await client.call('ssh_exec', { ...bench.sshd.connection, command: 'echo ran' })).stdout).toBe(
      'ran\n',
    )
    const socket = readlinkSync(`/proc/${status(place).pid}/fd/3`)
    expect(socket).toMatch(/^socket:/)
    const server = Number(place.tmux('display-message', '-p', '#{pid}'))
    const children = [session_id, second.session_id].flatMap((id) => processesWith(`c/${id}`).map(pidOf))
    expect(children.length).toBeGreaterThan(1)
    for (const pid of [...children, server]) expect(descriptorsOf(pid)).not.toContain(socket)
    expect(descriptorsOf(server)).not.toEqual([])
    place.run('shutdown')
    await activator.stop()
    await place.close()
  })

  it('stay reachable when the socket’s file is taken away', async ({ skip }) => {
    skip(whyNoActivator() !== '')
    const place = new Workplace()
    const activator = await Activator.start(place)
    const { session_id } = await open(await place.client(), 'kept', { observer_mode: 'transcript' })
    const { pid } = status(place)
    rmSync(activator.socket)
    await eventually('there is a socket again', () => status(place).pid === pid)
    // This one is the daemon's own, and goes with it.
    expect(status(place)).toMatchObject({ sessions: 1, activated: false })
    expect(await open(await place.client(), 'kept')).toMatchObject({ session_id, reused: true })
    expect(place.run('shutdown')).not.toContain('systemctl')
    expect(() => statSync(activator.socket)).toThrow()
    await activator.stop()
    await place.close()
  })

  it('hold up who comes while they are ended until the next daemon is there', async ({ skip }) => {
    skip(whyNoActivator() !== '')
    const place = new Workplace()
    const activator = await Activator.start(place)
    const { session_id } = await open(await place.client(), 'stopped', { observer_mode: 'transcript' })
    const { pid } = status(place)
    process.kill(processesWith(`c/${session_id}`).map(pidOf)[0] as number, 'SIGSTOP')
    process.kill(pid, 'SIGTERM')
    const next = await eventually('the next one answers', async () => {
      const facts = status(place)
      return facts.pid !== pid && facts
    })
    expect(next).toMatchObject({ sessions: 0, activated: true })
    expect(alive(pid)).toBe(false)
    await activator.stop()
    await place.close()
  })
})

/** Says what it was passed, and answers the first who connects. */
const TAKES_TCP = `
const { inheritedSocket } = await import(${JSON.stringify(new URL('../../dist/platform/inherited-socket.js', import.meta.url))})
const inherited = inheritedSocket(process.env, 'tcp')
console.error(JSON.stringify({ ...inherited, variables: Object.keys(process.env).filter((name) => name.startsWith('LISTEN_')) }))
const { createServer } = await import('node:net')
createServer((socket) => { socket.end('served'); process.exitCode = 7; socket.on('close', () => process.exit()) }).listen({ fd: inherited.fd })
`

describe.skipIf(whyNoActivator())('a program that wants a socket of the network', () => {
  it.each(['127.0.0.1', '[::1]'])('is passed it, at %s', async (host) => {
    const place = new Workplace()
    const port = await unusedPort()
    const answered = () =>
      new Promise<string>((resolve) => {
        connect({ host: host.replace(/[[\]]/g, ''), port }).once('data', (text) => resolve(String(text)))
      })
    const run = activatedOnce(
      place,
      [`${host}:${port}`],
      async () => expect(await answered()).toBe('served'),
      [...[process.execPath, '--input-type=module', '-e', TAKES_TCP]],
    )
    const { code, stderr } = await run
    expect(code).toBe(7)
    expect(stderr).toContain(`{"fd":3,"address":"${host.replace(/[[\]]/g, '')}","variables":[]}`)
    await place.close()
  })
})

describe.skipIf(whyNoActivator())('an HTTP door that a socket unit starts', () => {
  let place: Workplace
  beforeEach(() => {
    place = new Workplace()
  })
  afterEach(() => place.close())

  it('answers who connected first, and asks for its token', async () => {
    const port = await unusedPort()
    const url = new URL(`http://127.0.0.1:${port}/mcp`)
    const asked = async () => {
      expect((await fetch(new URL('/healthz', url))).status).toBe(200)
      expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)
      const token = readFileSync(join(place.state, 'http-token'), 'utf8').trim()
      const client = new Client({ name: 'test', version: '1' })
      const headers = { Authorization: `Bearer ${token}` }
      await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
      const { structuredContent } = await client.callTool({ name: 'ssh_list_sessions', arguments: {} })
      expect(structuredContent).toMatchObject({ count: 0 })
      await client.close()
      process.kill(processesWith(`cli.js serve --port ${port}`).map(pidOf)[0] as number, 'SIGTERM')
    }
    // Its own options are not what counts here: where the socket is, it is; so this only marks the process.
    const args = [process.execPath, CLI, 'serve', '--port', String(port), '--host', '192.0.2.1']
    const { code, stderr } = await activatedOnce(place, [`127.0.0.1:${port}`], asked, args)
    expect(code).toBe(0)
    expect(stderr).toContain(`listening on http://127.0.0.1:${port}/mcp`)
  })

  it('asks for a token where others can reach the socket, whatever it was told', async () => {
    const port = await unusedPort()
    const args = [process.execPath, CLI, 'serve', '--no-token', '--host', '127.0.0.1']
    const { code, stderr } = await activatedOnce(
      place,
      [`0.0.0.0:${port}`],
      () => knock({ host: '127.0.0.1', port }),
      args,
    )
    expect(code).toBe(2)
    expect(stderr).toContain('without a token only loopback may be listened on, which 0.0.0.0 is not')
  })
})

describe.skipIf(whyNoActivator())('a daemon that is passed the wrong socket', () => {
  let place: Workplace
  beforeEach(() => {
    place = new Workplace()
    mkdirSync(place.state, { mode: 0o700 })
  })
  afterEach(() => place.close())

  it('refuses one where no client looks for it, and leaves its file', async () => {
    const elsewhere = join(place.directory, 'elsewhere.sock')
    const { code, stderr } = await activatedOnce(place, [elsewhere], () => knock({ path: elsewhere }))
    expect(code).toBe(1)
    expect(stderr).toContain(`is at ${elsewhere}, but clients look for it at ${place.state}/daemon.sock`)
    expect(statSync(elsewhere).isSocket()).toBe(true)
  })

  it('refuses two', async () => {
    const paths = ['daemon.sock', 'other.sock'].map((name) => join(place.state, name))
    const { code, stderr } = await activatedOnce(place, paths, () => knock({ path: paths[0] as string }))
    expect(code).toBe(1)
    expect(stderr).toContain('passed 2 sockets')
  })

  it('refuses one of the network', async () => {
    const port = await unusedPort()
    const address = `127.0.0.1:${port}`
    const { code, stderr } = await activatedOnce(place, [address], () => knock({ host: '127.0.0.1', port }))
    expect(code).toBe(1)
    expect(stderr).toContain('something else than a listening Unix stream socket')
  })
})
