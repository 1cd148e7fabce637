import { type ChildProcess, execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alive, eventually, type Facts, Workplace } from '../support/harness.js'
import { describeRemote, PersonsSsh, Remote } from '../support/remote.js'
import { signalAll, unusedPort } from '../support/sshd.js'
import { exchange, listens, nameAt, TcpServer } from '../support/tcp.js'

const servers: TcpServer[] = []
const named = async (name: string, port?: number, host?: string): Promise<TcpServer> => {
  const server = await TcpServer.named(name, port, host)
  servers.push(server)
  return server
}
const closeServers = (): Promise<unknown> => Promise.all(servers.splice(0).map((server) => server.close()))

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length
const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
)

/** A forward to a port of this machine, which is both ends here; `local` unless it says otherwise. */
async function wanted(remote: Remote, args: Facts = {}): Promise<Facts> {
  return {
    ...remote.sshd.connection,
    direction: 'local',
    local_port: await unusedPort(),
    remote_host: '127.0.0.1',
    remote_port: await unusedPort(),
    ...args,
  }
}

const forwardsOf = async (remote: Remote, args: Facts = {}): Promise<Facts[]> =>
  (await remote.client.call('ssh_list_forwards', args)).forwards

async function stopAll(remote: Remote): Promise<void> {
  for (const { forward_id } of await forwardsOf(remote))
    await remote.client.call('ssh_stop_forward', { forward_id })
}

describeRemote('a forward', (bench) => {
  const open = (args: Facts) => bench.remote.client.call('ssh_forward', args)
  const stop = (forward_id: string) => bench.remote.client.call('ssh_stop_forward', { forward_id })
  afterEach(async () => {
    await stopAll(bench.remote)
    await closeServers()
  })

  it('says what it is, carries bytes both ways, and gives its port back', async () => {
    const server = await named('there')
    const args = await wanted(bench.remote, { remote_port: server.port })
    const made = await open(args)
    expect(made).toMatchObject({
      ...{ isError: false, target: args.target, direction: 'local', local_port: args.local_port },
      ...{ remote_host: '127.0.0.1', remote_port: server.port, bind_address: '127.0.0.1', running: true },
      ...{ exit_code: null, signal: null, uptime_seconds: 0, restarts: 0, last_error: null },
    })
    expect(made.forward_id).toMatch(/^[a-z0-9]{12}$/)
    expect(await nameAt(args.local_port)).toBe('there')
    const stopped = await stop(made.forward_id)
    expect(stopped).toMatchObject({
      forward_id: made.forward_id,
      running: false,
      was_running: true,
      last_error: null,
    })
    await named('again', args.local_port)
    expect(await stop(made.forward_id)).toMatchObject({ isError: false, was_running: false })
  })

  it('carries 20 MB each way to the byte, and ends each way by itself', async () => {
    const [up, down] = [randomBytes(20_000_000), randomBytes(20_000_000)]
    const received: Buffer[] = []
    const server = await TcpServer.start((socket) => {
      socket.on('data', (chunk) => received.push(chunk))
      // Answers only once the other side has ended its own: a half-closed connection.
      socket.on('end', () => socket.end(down))
    })
    servers.push(server)
    const args = await wanted(bench.remote, { remote_port: server.port })
    await open(args)
    const answer = await exchange(args.local_port, up)
    expect(hash(Buffer.concat(received))).toBe(hash(up))
    expect(hash(answer)).toBe(hash(down))
  })

  it('leaves what goes through it alone when it is stopped', async () => {
    const echo = await TcpServer.start((socket) => socket.pipe(socket))
    servers.push(echo)
    const made = await open(await wanted(bench.remote, { remote_port: echo.port }))
    const socket = connect(made.local_port, '127.0.0.1')
    const heard = async (word: string): Promise<string> => {
      socket.write(word)
      return String((await once(socket, 'data'))[0])
    }
    expect(await heard('before')).toBe('before')
    await stop(made.forward_id)
    expect(await listens(made.local_port)).toBe(false)
    expect(await heard('after')).toBe('after')
    socket.destroy()
  })

  it('to the other side listens there on remote_port and leads here to local_port', async () => {
    const here = await named('here')
    const args = await wanted(bench.remote, { direction: 'remote', local_port: here.port })
    const made = await open(args)
    expect(made).toMatchObject({ running: true, direction: 'remote', local_port: here.port })
    expect(await nameAt(args.remote_port)).toBe('here')
    const up = randomBytes(1_000_000)
    const echo = await TcpServer.start((socket) => socket.pipe(socket))
    servers.push(echo)
    const other = await wanted(bench.remote, { direction: 'remote', local_port: echo.port })
    await open(other)
    expect(hash(await exchange(other.remote_port, up))).toBe(hash(up))
    expect((await stop(made.forward_id)).was_running).toBe(true)
    // Free at once: the server has handled it.
    await named('free', args.remote_port)
    expect(await nameAt(other.remote_port)).toBe('')
  })

  it('shares one connection with commands and other forwards', async () => {
    await open(await wanted(bench.remote))
    await open(await wanted(bench.remote, { direction: 'remote' }))
    expect(await bench.remote.exec('echo out')).toMatchObject({ stdout: 'out\n' })
    expect(bench.remote.masters()).toHaveLength(1)
  })

  it('over a port that is in use here is refused, with its number', async () => {
    const busy = await named('busy')
    const refused = await open(await wanted(bench.remote, { local_port: busy.port }))
    expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
    expect(refused.message).toMatch(new RegExp(`Port ${busy.port} on this machine is in use`))
    expect(await forwardsOf(bench.remote, { include_stopped: true })).not.toContainEqual(
      expect.objectContaining({ local_port: busy.port }),
    )
  })

  it('over localhost, of which one address is in use, is refused', async () => {
    const busy = await named('busy')
    const refused = await open(
      await wanted(bench.remote, { local_port: busy.port, bind_address: 'localhost' }),
    )
    expect(refused.message).toContain('in use')
  })

  it('from a port that is in use there is refused, and leads where it says once that is free', async () => {
    const [first, second] = [await named('first'), await named('second')]
    const busy = await named('busy')
    const args = await wanted(bench.remote, { direction: 'remote', remote_port: busy.port })
    const refused = await open({ ...args, local_port: first.port })
    expect(refused).toMatchObject({ isError: true, error_type: 'connection_failed' })
    expect(refused.message).toContain(`does not listen on 127.0.0.1:${busy.port}`)
    await busy.close()
    // ssh itself would lead it to the first: it remembers what was refused.
    expect(await open({ ...args, local_port: second.port })).toMatchObject({ running: true })
    expect(await nameAt(busy.port)).toBe('second')
  })

  it.each(['local', 'remote'])('that is %s is refused where there is an equal one', async (direction) => {
    const args = await wanted(bench.remote, { direction })
    const made = await open(args)
    for (const again of [args, { ...args, bind_address: 'localhost' }]) {
      const refused = await open(again)
      expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
      expect(refused.message).toContain(made.forward_id)
    }
    const both = await Promise.all(
      [1, 2].map(async () => open({ ...(await wanted(bench.remote)), local_port: 34_567 })),
    )
    expect(both.map(({ isError }) => isError).sort()).toEqual([false, true])
    await stop(made.forward_id)
    expect(await open(args)).toMatchObject({ running: true })
  })

  it.each([
    ['0.0.0.0', 'policy_denied', 'SSH_MCP_ALLOW_PUBLIC_BIND=1'],
    ['', 'policy_denied', 'SSH_MCP_ALLOW_PUBLIC_BIND=1'],
    ['127.1', 'policy_denied', 'SSH_MCP_ALLOW_PUBLIC_BIND=1'],
    ['127.0.0.1 ', 'validation_error', 'is no address'],
    ['/tmp/socket', 'validation_error', 'is no address'],
  ])('at %j is refused', async (bind_address, error_type, words) => {
    for (const direction of ['local', 'remote']) {
      const refused = await open(await wanted(bench.remote, { bind_address, direction }))
      expect(refused).toMatchObject({ isError: true, error_type, message: expect.stringContaining(words) })
    }
  })

  it('beyond loopback is made for those who may, and for them alone', async () => {
    const server = await named('there')
    const may = await bench.remote.place.client({ SSH_MCP_ALLOW_PUBLIC_BIND: '1' })
    for (const bind_address of ['0.0.0.0', '']) {
      const args = await wanted(bench.remote, { remote_port: server.port, bind_address })
      const made = await may.call('ssh_forward', args)
      expect(made).toMatchObject({ running: true, bind_address })
      expect(await nameAt(args.local_port, '127.0.0.2')).toBe('there')
      expect((await open({ ...args, bind_address: '127.0.0.1' })).message).toContain(made.forward_id)
      await stop(made.forward_id)
    }
    const args = await wanted(bench.remote, { remote_port: server.port, bind_address: '192.0.2.1' })
    expect((await may.call('ssh_forward', args)).message).toContain('192.0.2.1 is no address of this machine')
  })

  it.skipIf(!hasIPv6)('goes over IPv6, with and without brackets', async () => {
    const there = await named('there', 0, '::1')
    for (const [bind_address, remote_host] of [
      ['::1', '[::1]'],
      ['[::1]', '::1'],
    ]) {
      const made = await open(
        await wanted(bench.remote, { bind_address, remote_host, remote_port: there.port }),
      )
      expect(made).toMatchObject({ running: true, bind_address, remote_host })
      expect(await nameAt(made.local_port, '::1')).toBe('there')
      await stop(made.forward_id)
    }
    const both = await open(
      await wanted(bench.remote, { bind_address: 'localhost', remote_port: there.port }),
    )
    expect([await listens(both.local_port), await listens(both.local_port, '::1')]).toEqual([true, true])
    const back = await wanted(bench.remote, {
      direction: 'remote',
      remote_host: '::1',
      local_port: there.port,
    })
    await open(back)
    expect(await nameAt(back.remote_port)).toBe('there')
  })

  it.each(['', ' ', '/run/x.sock', '-oProxyCommand=x', 'a b', 'a\nb', '127.0.0.1:22', '[127.0.0.1]', 'a/b'])(
    'to %j is refused',
    async (remote_host) => {
      const refused = await open(await wanted(bench.remote, { remote_host }))
      expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
    },
  )

  it('is listed a line each, of one target, without the stopped ones unless they are asked for', async () => {
    const one = await open(await wanted(bench.remote))
    const two = await open(await wanted(bench.remote, { direction: 'remote' }))
    await stop(one.forward_id)
    const list = await bench.remote.client.call('ssh_list_forwards')
    expect(list).toMatchObject({ count: 1, forwards: [{ forward_id: two.forward_id, running: true }] })
    expect(list.texts[0]).toBe(
      `${two.forward_id} remote: 127.0.0.1:${two.remote_port} on ${two.target} to 127.0.0.1:${two.local_port} here, running\n`,
    )
    const all = await forwardsOf(bench.remote, { include_stopped: true })
    expect(all).toContainEqual(expect.objectContaining({ forward_id: one.forward_id, running: false }))
    expect(await forwardsOf(bench.remote, { include_stopped: true, target: 'elsewhere' })).toEqual([])
  })

  it('that nobody knows cannot be stopped', async () => {
    const unknown = await stop('nobody')
    expect(unknown).toMatchObject({ isError: true, error_type: 'forward_not_found' })
    expect(unknown.message).toContain('ssh_list_forwards')
  })

  it('is hidden from those who may not reach its target', async () => {
    const args = await wanted(bench.remote)
    const made = await open(args)
    const other = await bench.remote.place.client({ SSH_MCP_ALLOWED_HOSTS: 'elsewhere' })
    expect(await other.call('ssh_list_forwards', { include_stopped: true })).toMatchObject({ count: 0 })
    const refused = await other.call('ssh_stop_forward', { forward_id: made.forward_id })
    expect(refused).toMatchObject({ isError: true, error_type: 'policy_denied' })
    expect(await other.call('ssh_forward', await wanted(bench.remote))).toMatchObject({
      error_type: 'policy_denied',
    })
    expect(await listens(args.local_port)).toBe(true)
  })

  it('survives ten thousand connections that its other side refuses', async () => {
    const args = await wanted(bench.remote)
    const made = await open(args)
    const [master] = bench.remote.masters() as [number]
    const daemon = bench.remote.daemonPid()
    const before = [descriptors(daemon), descriptors(master)]
    for (let i = 0; i < 100; i++) {
      const batch = await Promise.all(Array.from({ length: 100 }, () => nameAt(args.local_port)))
      expect(batch.every((name) => name === '')).toBe(true)
    }
    await named('there', args.remote_port)
    expect(await nameAt(args.local_port)).toBe('there')
    await eventually('all is closed again', () => descriptors(master) <= (before[1] as number))
    expect(descriptors(daemon)).toBeLessThanOrEqual((before[0] as number) + 2)
    expect(await forwardsOf(bench.remote)).toMatchObject([
      { forward_id: made.forward_id, running: true, restarts: 0 },
    ])
  })

  it('is one of a hundred at most', async () => {
    await open(await wanted(bench.remote))
    await stopAll(bench.remote)
    const logins = bench.remote.logins()
    const first = await unusedPort()
    const results: Facts[] = []
    for (let port = first; results.length < 101; port++) {
      const made = await open(await wanted(bench.remote, { local_port: port }))
      if (made.error_type !== 'validation_error') results.push(made) // the port is somebody else's
    }
    expect(results.slice(0, 100).every(({ running }) => running)).toBe(true)
    expect(results[100]).toMatchObject({ isError: true, error_type: 'limit_reached' })
    expect(bench.remote.logins()).toBe(logins)
  })

  it('leaves nothing behind when the call is cancelled while it connects', async () => {
    const { sshd, client } = bench.remote
    const args = await wanted(bench.remote, { extra_ssh_args: ['-C'] })
    const given = new AbortController()
    signalAll([sshd.pid], 'SIGSTOP')
    const call = client.call('ssh_forward', args, given.signal).catch(() => 'cancelled')
    await eventually('it connects', () => bench.remote.masters().length > 1)
    given.abort()
    expect(await call).toBe('cancelled')
    await client.call('ssh_list_forwards') // comes behind the word that it is cancelled
    signalAll([sshd.pid], 'SIGCONT')
    expect(await bench.remote.exec('echo out', { extra_ssh_args: ['-C'] })).toMatchObject({ stdout: 'out\n' })
    expect(await forwardsOf(bench.remote, { include_stopped: true })).not.toContainEqual(
      expect.objectContaining({ local_port: args.local_port }),
    )
    expect(await listens(args.local_port)).toBe(false)
    expect(await open(args)).toMatchObject({ running: true })
  })
})

describeRemote(
  'a forward that is lost',
  (bench) => {
    const open = (args: Facts) => bench.remote.client.call('ssh_forward', args)
    const shown = async (): Promise<Facts> => (await forwardsOf(bench.remote))[0] as Facts
    afterEach(async () => {
      signalAll([bench.remote.sshd.pid, ...bench.remote.servers()], 'SIGCONT')
      await stopAll(bench.remote)
      await closeServers()
    })

    const disconnect = async (): Promise<void> => {
      const { target } = bench.remote.sshd.connection
      await bench.remote.client.call('ssh_disconnect', { target })
    }

    it.each<[string, string, () => Promise<void> | void]>([
      ['local', 'the server ends the connection', () => signalAll(bench.remote.servers(), 'SIGKILL')],
      ['local', 'the server is started anew', () => bench.remote.sshd.restart()],
      ['local', 'its connection is closed', () => disconnect()],
      ['local', 'ssh is killed', () => signalAll(bench.remote.masters(), 'SIGKILL')],
      ['remote', 'the server is started anew', () => bench.remote.sshd.restart()],
      ['remote', 'ssh is killed', () => signalAll(bench.remote.masters(), 'SIGKILL')],
    ])('comes back: %s, when %s', async (direction, _, lose) => {
      const server = await named('there')
      const args = await wanted(bench.remote, {
        direction,
        [direction === 'local' ? 'remote_port' : 'local_port']: server.port,
      })
      const made = await open(args)
      const port = direction === 'local' ? args.local_port : args.remote_port
      expect(await nameAt(port)).toBe('there')
      await lose()
      const back = await eventually('it is back', async () => {
        const { forward_id, running, restarts, last_error } = await shown()
        return running && restarts > 0 && { forward_id, last_error }
      })
      expect(back).toEqual({ forward_id: made.forward_id, last_error: null })
      expect(await nameAt(port)).toBe('there')
    })

    // A connection on which a command got no answer is closed when nobody uses it any more.
    it('keeps a connection that is not trusted any more', async () => {
      const made = await open(await wanted(bench.remote))
      const [kept] = bench.remote.masters() as [number]
      await bench.remote.exec('true', { extra_ssh_args: ['-C'] })
      const [other] = bench.remote.masters().filter((pid) => pid !== kept) as [number]
      const stopped = bench.remote.servers()
      signalAll(stopped, 'SIGSTOP')
      const late = { timeout: 1 }
      await Promise.all([
        bench.remote.exec('true', late),
        bench.remote.exec('true', { ...late, extra_ssh_args: ['-C'] }),
      ])
      signalAll(stopped, 'SIGCONT')
      await eventually('the other one is closed', () => !alive(other))
      expect(alive(kept)).toBe(true)
      expect(await shown()).toMatchObject({ forward_id: made.forward_id, running: true, restarts: 0 })
    })

    it('is not made where the server does not answer in time, and nothing is left of it', async () => {
      const client = await bench.remote.place.client({ SSH_CONNECT_TIMEOUT_SEC: '1' })
      await bench.remote.exec('true')
      const args = await wanted(bench.remote, { direction: 'remote' })
      const stopped = bench.remote.servers()
      signalAll(stopped, 'SIGSTOP')
      const refused = await client.call('ssh_forward', args)
      expect(refused).toMatchObject({ isError: true, error_type: 'connection_failed' })
      expect(refused.message).toContain('did not answer')
      signalAll(stopped, 'SIGCONT')
      expect(await client.call('ssh_forward', args)).toMatchObject({ running: true })
    })

    it('says why while it is away, keeps trying, and is ended by a stop in the middle of it', async () => {
      const { sshd } = bench.remote
      const args = await wanted(bench.remote)
      const made = await open(args)
      signalAll([sshd.pid], 'SIGSTOP') // takes no new connections
      signalAll(bench.remote.servers(), 'SIGKILL')
      const away = await eventually('it is away', async () => {
        const facts = await shown()
        return facts.running ? null : facts
      })
      expect(away.last_error).toMatch(/lost/)
      expect(await listens(args.local_port)).toBe(false)
      const list = await bench.remote.client.call('ssh_list_forwards')
      expect(list.texts[0]).toContain('NOT running, is tried again: ')
      await eventually('it is tried', () => bench.remote.masters().length > 0)
      const stopped = await bench.remote.client.call('ssh_stop_forward', { forward_id: made.forward_id })
      expect(stopped).toMatchObject({ running: false, was_running: false })
      signalAll([sshd.pid], 'SIGCONT')
      expect(await bench.remote.exec('echo out')).toMatchObject({ stdout: 'out\n' })
      expect(await listens(args.local_port)).toBe(false)
      expect(await forwardsOf(bench.remote)).toEqual([])
    })

    it('says that its port was taken meanwhile, and takes it once it is free', async () => {
      const { sshd } = bench.remote
      const server = await named('there')
      const args = await wanted(bench.remote, { remote_port: server.port })
      await open(args)
      signalAll([sshd.pid], 'SIGSTOP')
      signalAll(bench.remote.servers(), 'SIGKILL')
      await eventually('it is away', async () => !(await shown()).running)
      const taker = await eventually('the port is taken', () =>
        named('taker', args.local_port).catch(() => null),
      )
      signalAll([sshd.pid], 'SIGCONT')
      await eventually('it says so', async () => (await shown()).last_error?.includes('in use'))
      await taker.close()
      await eventually('it is back', async () => (await shown()).running)
      expect(await nameAt(args.local_port)).toBe('there')
    })
  },
  { env: { SSH_MCP_TOOLSETS: 'all' } },
)

// One connection, on which nothing else begins or ends.
describeRemote('a forward whose call is cancelled while the server is asked', (bench) => {
  it('leaves nothing behind', async () => {
    const { client } = bench.remote
    await bench.remote.exec('true')
    const args = await wanted(bench.remote, { direction: 'remote' })
    const given = new AbortController()
    const [master] = bench.remote.masters() as [number]
    const before = descriptors(master)
    const stopped = bench.remote.servers()
    signalAll(stopped, 'SIGSTOP')
    const call = client.call('ssh_forward', args, given.signal).catch(() => 'cancelled')
    await eventually('its socket is there', () => descriptors(master) > before)
    given.abort()
    expect(await call).toBe('cancelled')
    await client.call('ssh_list_forwards') // comes behind the word that it is cancelled
    signalAll(stopped, 'SIGCONT')
    await bench.remote.exec('true')
    await eventually('nobody listens there', async () => !(await listens(args.remote_port)))
    expect(await client.call('ssh_forward', args)).toMatchObject({ running: true })
  })
})

describe('the end of the daemon', () => {
  let remote: Remote
  beforeEach(async () => {
    remote = await Remote.start()
  })
  afterEach(async () => {
    await remote.close()
    await closeServers()
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)('by %s ends its forwards', async (signal) => {
    const here = await wanted(remote)
    const there = await wanted(remote, { direction: 'remote' })
    for (const args of [here, there])
      expect(await remote.client.call('ssh_forward', args)).toMatchObject({ running: true })
    const [master] = remote.masters() as [number]
    const daemon = remote.daemonPid()
    process.kill(daemon, signal)
    await eventually('it is gone', () => !alive(daemon) && !alive(master))
    await eventually(
      'nobody listens',
      async () => !(await listens(here.local_port)) && !(await listens(there.remote_port)),
    )
    expect(remote.masters()).toEqual([])
  })
})

describe('a forward and the daemon’s own end', () => {
  it('that keeps the daemon up when nobody is there', async () => {
    const remote = await Remote.start([], { SSH_MCP_IDLE_EXIT_SECONDS: '1' })
    const made = await remote.client.call('ssh_forward', await wanted(remote))
    const daemon = remote.daemonPid()
    await remote.client.close()
    const other = new Workplace({ SSH_MCP_IDLE_EXIT_SECONDS: '1' })
    await (await other.client()).close()
    const { pid } = JSON.parse(other.run('status', '--json'))
    await eventually('one without a forward, that was left later, ends', () => !alive(pid))
    await other.close()
    expect(alive(daemon)).toBe(true)
    expect(await listens(made.local_port)).toBe(true)
    const next = await remote.place.client()
    await next.call('ssh_stop_forward', { forward_id: made.forward_id })
    await next.close()
    await eventually('it ends', () => !alive(daemon))
    await remote.close()
  })
})

describe('a server that forwards nothing', () => {
  it('is said to listen on nothing', async () => {
    const remote = await Remote.start(['AllowTcpForwarding no'])
    const refused = await remote.client.call('ssh_forward', await wanted(remote, { direction: 'remote' }))
    expect(refused).toMatchObject({ isError: true, error_type: 'connection_failed' })
    expect(refused.message).toContain('AllowTcpForwarding')
    await remote.close()
  })
})

describe('a forward over the person’s own connection', () => {
  let remote: Remote
  let person: PersonsSsh
  let master: ChildProcess
  beforeEach(async () => {
    remote = await Remote.start()
    person = new PersonsSsh(remote.sshd, [PersonsSsh.sharing(remote.sshd)])
    const client = await remote.place.client({ SSH_MCP_SSH_BIN: person.program })
    Object.defineProperty(remote, 'client', { value: client })
    master = await person.master()
  })
  afterEach(async () => {
    person.close()
    await remote.close()
    await closeServers()
  })
  const toBox = async (args: Facts): Promise<Facts> => ({
    ...(await wanted(remote, args)),
    ...{ target: 'box', port: undefined, identity_file: undefined, known_hosts_file: undefined },
  })

  it('ends with a stop, and the connection goes on', async () => {
    const server = await named('there')
    for (const direction of ['local', 'remote']) {
      const to = direction === 'local' ? 'remote_port' : 'local_port'
      const args = await toBox({ direction, [to]: server.port })
      const made = await remote.client.call('ssh_forward', args)
      expect(made).toMatchObject({ running: true })
      const port = direction === 'local' ? args.local_port : args.remote_port
      expect(await nameAt(port)).toBe('there')
      expect(remote.masters()).toEqual([])
      expect(await remote.client.call('ssh_stop_forward', { forward_id: made.forward_id })).toMatchObject({
        was_running: true,
      })
      await eventually('nobody listens', async () => !(await listens(port)))
    }
    expect(remote.logins()).toBe(1)
    expect(alive(master.pid as number)).toBe(true)
  })

  it('ends with the daemon, and the connection goes on', async () => {
    const args = await toBox({})
    expect(await remote.client.call('ssh_forward', args)).toMatchObject({ running: true })
    remote.place.run('shutdown')
    expect(await listens(args.local_port)).toBe(false)
    expect(alive(master.pid as number)).toBe(true)
    expect(execFileSync(person.program, ['-O', 'check', 'box'], { stdio: 'pipe', encoding: 'utf8' })).toBe('')
  })

  it('goes over one of our own once theirs has ended', async () => {
    const server = await named('there')
    const args = await toBox({ remote_port: server.port })
    await remote.client.call('ssh_forward', args)
    execFileSync(person.program, ['-O', 'exit', 'box'], { stdio: 'pipe' })
    await eventually('it is back', async () => (await forwardsOf(remote))[0]?.restarts === 1)
    expect(await nameAt(args.local_port)).toBe('there')
    expect(remote.masters()).toHaveLength(1)
  })
})
