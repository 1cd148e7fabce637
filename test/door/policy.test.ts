import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sshWithConfig } from '../support/accounts.js'
import { CLI, describeSessions, type Facts, type TestClient, Workplace } from '../support/harness.js'
import { type Sshd, startSshd } from '../support/sshd.js'

const { username } = userInfo()

/** A server that goes by several names, hops that lead to it, and a person's configuration that names them. */
interface Place {
  sshd: Sshd
  place: Workplace
  /** The person's ssh. */
  program: string
}

async function startPlace(): Promise<Place> {
  const sshd = await startSshd(['ListenAddress ::1'])
  const place = new Workplace({ SSH_MCP_TOOLSETS: 'all' })
  const [, key] = readFileSync(sshd.knownHosts, 'utf8').split(/ (.*)/)
  const known = join(sshd.directory, 'known_hosts_all')
  writeFileSync(known, `* ${key}\n`)
  const ways = (program: string) => `
Host web
  HostName 127.0.0.1
Host app
  HostName 127.0.0.1
  ProxyJump bastion
Host deep
  HostName 127.0.0.1
  ProxyJump middle
Host middle
  HostName localhost
  ProxyJump bastion
Host bastion
  HostName ::1
Host old
  HostName 127.0.0.1
  ProxyCommand ${program} -W %h:%p bastion
Host ported
  HostName 127.0.0.1
  Port 1
Host elsewhere
  HostName 127.0.0.1
  User nobody-here
Host *
  Port ${sshd.port}
  IdentityFile ${sshd.identityFile}
  IdentitiesOnly yes
  UserKnownHostsFile ${known}
`
  // A hop's ssh is the person's too, and reads the same configuration.
  const program = sshWithConfig(place.directory, '')
  writeFileSync(join(program, '../config'), ways(program))
  return { sshd, place, program }
}

describe('hosts that may be reached', () => {
  let at: Place
  beforeAll(async () => {
    at = await startPlace()
  })
  afterAll(async () => {
    await at?.place.close()
    await at?.sshd.stop()
  })

  const clients = new Map<string, Promise<TestClient>>()
  const exec = async (hosts: string, args: Facts): Promise<Facts> => {
    const env = { SSH_MCP_SSH_BIN: at.program, SSH_MCP_ALLOWED_HOSTS: hosts }
    const client = clients.get(hosts) ?? at.place.client(env)
    clients.set(hosts, client)
    return (await client).call('ssh_exec', { command: 'echo there', ...args })
  }

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', 'web'],
    ['web', 'web'],
    ['WEB', 'web'],
    ['w?b', 'web'],
    ['127.*', 'web'],
    ['*', 'web'],
    ['other, web', 'web'],
    ['other,, web,', 'web'],
    ['localhost', `${username}@localhost`],
    ['localhost', 'LOCALHOST'],
    ['127.0.0.1', 'ssh://127.0.0.1:PORT'],
    ['127.0.0.1', '127.1'],
    ['127.0.0.1', '2130706433'],
    ['127.0.0.1', '0x7f000001'],
    ['127.0.0.1', '0177.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['::1', '::1'],
    ['::1', '[0:0:0:0:0:0:0:1]'],
    ['[::1]', 'bastion'],
    ['*,!10.*', 'web'],
    ['127.0.0.1,!localhost', 'web'],
    ['app,bastion', 'app'],
    ['127.0.0.1,::1', 'app'],
    ['deep,middle,bastion', 'deep'],
    ['127.0.0.1,localhost,::1', 'deep'],
    ['old,bastion', 'old'],
    ['127.0.0.1,::1', 'old'],
    ['*', 'old'],
  ])('are those of the list: %s lets through to %s', async (hosts, target) => {
    const result = await exec(hosts, { target: target.replace('PORT', String(at.sshd.port)) })
    expect(result, result.message).toMatchObject({ stdout: 'there\n' })
  })

  it.each([
    ['web', '127.0.0.1', '127.0.0.1'],
    ['web', 'localhost', 'localhost'],
    ['web', 'webx', 'webx'],
    ['web', 'xweb', 'xweb'],
    ['10.*', 'web', 'web'],
    ['127.0.0.1', 'localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.2', '127.0.0.2'],
    ['*,!web', 'web', 'web'],
    ['*,!127.0.0.1', 'web', '127.0.0.1'],
    ['!127.0.0.1,*', 'web', '127.0.0.1'],
    ['web,!127.*', 'web', '127.0.0.1'],
    ['!web', '127.0.0.1', '127.0.0.1'],
    ['*,!127.0.0.1', '2130706433', '2130706433'],
    ['*,!127.0.0.1', '0x7f.1', '0x7f.1'],
    ['*,!127.0.0.1', '127.1', '127.1'],
    ['*,!127.0.0.1', '0', '0'],
    ['*,!127.0.0.1', '017700000001', '017700000001'],
    ['*,!127.0.0.1', '::ffff:127.0.0.1', '::ffff:127.0.0.1'],
    ['*,!127.0.0.1', '[::ffff:7f00:1]', '::ffff:7f00:1'],
    ['*,!::1', '0::1', '0::1'],
    ['*,!::1', '::', '::'],
    ['*,!localhost', 'LocalHost', 'LocalHost'],
    ['*,!localhost', 'localhost.', 'localhost.'],
    ['app', 'app', 'bastion'],
    ['127.0.0.1', 'app', 'bastion'],
    ['*,!::1', 'app', 'bastion'],
    ['deep,middle', 'deep', 'bastion'],
    ['deep,bastion', 'deep', 'middle'],
    ['*,!bastion', 'deep', 'bastion'],
    ['old', 'old', 'bastion'],
    ['127.0.0.1', 'old', 'bastion'],
    ['*,!bastion', 'old', 'bastion'],
  ])('are none but those: %s does not let through to %s', async (hosts, target, named) => {
    const result = await exec(hosts, { target })
    expect(result).toMatchObject({ isError: true, error_type: 'policy_denied' })
    expect(result.message).toContain(named)
    expect(result.message).toContain(`allowed is what matches ${hosts}.`)
    expect(result.message).toContain('SSH_MCP_ALLOWED_HOSTS')
    expect(result.texts.join()).not.toContain('there')
  })

  it.each([
    ['web,bastion', ['-J', 'bastion'], ''],
    ['web,::1', ['-o', 'ProxyJump=bastion'], ''],
    ['web,middle,bastion', ['-J', 'middle'], ''],
    ['web,bastion,middle', ['-J', 'bastion,middle'], ''],
    ['web', ['-J', 'bastion'], 'bastion'],
    ['web', ['-o', 'ProxyJump bastion'], 'bastion'],
    ['web', ['-Jbastion'], 'bastion'],
    ['web,middle', ['-J', 'middle'], 'bastion'],
    ['web,bastion', ['-J', 'bastion,middle'], 'middle'],
    ['web,bastion', ['-J', 'middle,bastion'], 'middle'],
    ['web', ['-J', '[::1]:PORT'], '::1'],
    ['web', ['-J', 'ssh://user@[::1]:PORT'], '::1'],
    ['*,!::1', ['-J', 'bastion'], 'bastion'],
    ['*,!localhost', ['-J', 'middle'], 'middle'],
  ])('are all that lie on the way: with %s and %j', async (hosts, extra, named) => {
    const extra_ssh_args = extra.map((arg) => arg.replace('PORT', String(at.sshd.port)))
    const result = await exec(hosts, { target: 'web', extra_ssh_args })
    if (named === '') return expect(result, result.message).toMatchObject({ stdout: 'there\n' })
    expect(result).toMatchObject({ isError: true, error_type: 'policy_denied' })
    expect(result.message).toContain(named)
  })

  it('hold for every tool that connects, and come from either variable, ours first', async () => {
    const of = async (env: Record<string, string>): Promise<TestClient> =>
      at.place.client({ SSH_MCP_SSH_BIN: at.program, ...env })
    const denied = { isError: true, error_type: 'policy_denied' }
    const client = await of({ SSH_ALLOWED_HOSTS: 'web' })
    for (const tool of ['ssh_exec', 'ssh_connect', 'ssh_ensure_session', 'ssh_start_session']) {
      const command = tool === 'ssh_exec' ? { command: 'true' } : {}
      expect(await client.call(tool, { target: 'bastion', ...command })).toMatchObject(denied)
    }
    expect(await client.call('ssh_exec', { target: 'web', command: 'true' })).toMatchObject({ ok: true })
    const both = await of({ SSH_ALLOWED_HOSTS: 'web', SSH_MCP_ALLOWED_HOSTS: 'bastion' })
    expect(await both.call('ssh_exec', { target: 'web', command: 'true' })).toMatchObject(denied)
  })

  it.each([',', 'user@web', 'web:22', 'http://web', 'web bastion', '!', '[a-z]*'])(
    'are told wrong at once where no host can match: %s',
    (hosts) => {
      const env = { ...at.place.env, SSH_MCP_ALLOWED_HOSTS: hosts }
      const { status, stderr } = spawnSync(process.execPath, [CLI], { env, input: '', encoding: 'utf8' })
      expect(status).toBe(1)
      expect(stderr).toMatch(/^ssh-mcp: SSH_MCP_ALLOWED_HOSTS .*\n$/)
    },
  )
})

describeSessions('sessions and connections of hosts that a client may not reach', () => {
  let at: Place
  let owner: TestClient
  let narrow: TestClient
  let session_id: string

  beforeAll(async () => {
    at = await startPlace()
    const env = { SSH_MCP_SSH_BIN: at.program }
    owner = await at.place.client(env)
    narrow = await at.place.client({ ...env, SSH_MCP_ALLOWED_HOSTS: 'web' })
    ;({ session_id } = await owner.ensure({ target: 'app', session_name: 'hidden' }))
    await owner.ensure({ target: 'web', session_name: 'open' })
    for (const target of ['app', 'web']) await owner.call('ssh_connect', { target, connection_name: target })
  })
  afterAll(async () => {
    await at?.place.close()
    await at?.sshd.stop()
  })

  it('cannot be read, written to, stopped or opened', async () => {
    const denied = { isError: true, error_type: 'policy_denied', message: expect.stringContaining('web') }
    for (const id of [session_id, 'hidden']) {
      expect(await narrow.read(id)).toMatchObject(denied)
      expect(await narrow.read(id, { offset: 0 })).toMatchObject(denied)
      expect(await narrow.write(id, 'exit\n')).toMatchObject(denied)
      expect(await narrow.call('ssh_stop_session', { session_id: id })).toMatchObject(denied)
    }
    expect(await narrow.ensure({ target: 'app', session_name: 'hidden' })).toMatchObject(denied)
    expect(await narrow.ensure({ target: 'app' })).toMatchObject(denied)
    expect(await owner.write(session_id, 'echo still here\n')).toMatchObject({ running: true })
  })

  it('are not listed, neither those that run nor those that have ended', async () => {
    const seen = async (client: TestClient, args: Facts = {}): Promise<string[]> =>
      (await client.call('ssh_list_sessions', args)).sessions.map(({ session_name }: Facts) => session_name)
    expect((await seen(owner)).sort()).toEqual(['hidden', 'open'])
    expect(await seen(narrow)).toEqual(['open'])
    expect(await seen(narrow, { target: 'app' })).toEqual([])
    expect(await seen(narrow, { session_name: 'hidden' })).toEqual([])
    await owner.ensure({ target: 'app', session_name: 'ended' })
    await owner.call('ssh_stop_session', { session_id: 'ended' })
    expect(await seen(narrow)).toEqual(['open'])
    expect(await narrow.read('ended')).toMatchObject({ isError: true, error_type: 'policy_denied' })
    expect(await narrow.read('open', { wait_seconds: 0 })).toMatchObject({ running: true })
  })

  it("stand in nobody's way to one of the same name", async () => {
    await owner.ensure({ target: 'app', session_name: 'same' })
    await owner.ensure({ target: 'web', session_name: 'same' })
    const { session_id } = await narrow.read('same', { wait_seconds: 0 })
    expect(await owner.read(session_id, { wait_seconds: 0 })).toMatchObject({ target: 'web' })
    for (const { session_id } of (await owner.call('ssh_list_sessions', { session_name: 'same' })).sessions)
      await owner.call('ssh_stop_session', { session_id })
  })

  it('are not in ssh_status, and cannot be closed', async () => {
    const seen = async (client: TestClient, tool = 'ssh_status', args: Facts = {}): Promise<string[]> =>
      (await client.call(tool, args)).connections.map(({ target }: Facts) => target)
    expect((await seen(owner)).sort()).toEqual(['app', 'web'])
    expect(await seen(narrow)).toEqual(['web'])
    expect(await seen(narrow, 'ssh_status', { target: 'app' })).toEqual([])
    expect(await seen(narrow, 'ssh_disconnect', { target: 'app' })).toEqual([])
    expect(await seen(narrow, 'ssh_disconnect', { connection_name: 'app' })).toEqual([])
    expect((await seen(owner)).sort()).toEqual(['app', 'web'])
    expect(await seen(narrow, 'ssh_disconnect', { target: 'web' })).toEqual(['web'])
  })
})

describe('toolsets', () => {
  let place: Workplace
  beforeAll(() => {
    place = new Workplace()
  })
  afterAll(() => place?.close())

  const listed = async (client: TestClient): Promise<string[]> =>
    (await client.mcp.listTools()).tools.map(({ name }) => name)

  it('are on by default but for those that few need', async () => {
    const client = await place.client()
    const names = await listed(client)
    for (const name of ['ssh_ensure_session', 'ssh_write_session', 'ssh_exec']) expect(names).toContain(name)
    for (const name of ['ssh_connect', 'ssh_status', 'ssh_disconnect']) {
      expect(names).not.toContain(name)
      const result = await client.call(name, { target: 'x' })
      expect(result).toMatchObject({ isError: true, error_type: 'policy_denied' })
      expect(result.message).toMatch(/'connections'.*SSH_MCP_TOOLSETS/s)
    }
  })

  it('are those that the person names, in any case and with blanks, always in one order', async () => {
    const exec = await place.client({ SSH_MCP_TOOLSETS: 'exec' })
    expect(await listed(exec)).toEqual(['ssh_exec'])
    const result = await exec.call('ssh_list_sessions')
    expect(result).toMatchObject({ isError: true, error_type: 'policy_denied' })
    expect(result.message).toMatch(/'sessions'.*switched on: exec\..*SSH_MCP_TOOLSETS/s)
    const some = await place.client({ SSH_MCP_TOOLSETS: ' Connections ,EXEC,' })
    expect(await listed(some)).toEqual(['ssh_exec', 'ssh_connect', 'ssh_status', 'ssh_disconnect'])
    const all = await listed(await place.client({ SSH_MCP_TOOLSETS: 'exec,all' }))
    expect(all.filter((name) => name.includes('connect') || name === 'ssh_exec')).toEqual([
      'ssh_exec',
      'ssh_connect',
      'ssh_disconnect',
    ])
  })

  it('with a name that is none are told at connect', () => {
    const env = { ...place.env, SSH_MCP_TOOLSETS: 'exec,ecex' }
    const { status, stderr, stdout } = spawnSync(process.execPath, [CLI], {
      env,
      input: '',
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/SSH_MCP_TOOLSETS names 'ecex', but there are: sessions, exec, .*\n$/)
  })
})

describe('defaults of a client', () => {
  let at: Place
  beforeAll(async () => {
    at = await startPlace()
  })
  afterAll(async () => {
    await at?.place.close()
    await at?.sshd.stop()
  })

  const client = (env: Record<string, string>): Promise<TestClient> =>
    at.place.client({ SSH_MCP_SSH_BIN: at.program, ...env })
  const where = async (by: TestClient, args: Facts = {}): Promise<Facts> => {
    const { isError, message, host, user, port } = await by.call('ssh_connect', args)
    return isError ? { message } : { host, user, port }
  }

  it('are a host for calls that name none', async () => {
    const by = await client({ SSH_DEFAULT_HOST: 'web' })
    expect(await by.call('ssh_exec', { command: 'true' })).toMatchObject({ ok: true, target: 'web' })
    expect(await by.call('ssh_exec', { command: 'true', target: 'bastion' })).toMatchObject({
      target: 'bastion',
    })
    const none = await client({})
    const result = await none.call('ssh_exec', { command: 'true' })
    expect(result).toMatchObject({ isError: true, error_type: 'validation_error' })
    expect(result.message).toContain("'target' is required")
    const denied = await client({ SSH_DEFAULT_HOST: 'web', SSH_MCP_ALLOWED_HOSTS: 'bastion' })
    expect(await denied.call('ssh_exec', { command: 'true' })).toMatchObject({ error_type: 'policy_denied' })
  })

  it('are a user for a target without one of its own', async () => {
    const by = await client({ SSH_DEFAULT_USER: 'somebody-else' })
    expect((await where(by, { target: 'web' })).message).toContain('somebody-else@127.0.0.1')
    expect(await where(by, { target: `${username}@web` })).toMatchObject({ user: username })
    expect(await where(by, { target: `ssh://${username}@web` })).toMatchObject({ user: username })
    const extra_ssh_args = ['-l', username]
    expect(await where(by, { target: 'web', extra_ssh_args })).toMatchObject({ user: username })
    expect((await where(by, { target: 'elsewhere' })).message).toContain('nobody-here@127.0.0.1')
  })

  it('are a port for a target without one of its own', async () => {
    const config = `Host ported\n  HostName 127.0.0.1\n  Port 1\nHost *\n  UserKnownHostsFile /nowhere\n`
    const by = await at.place.client({
      SSH_MCP_SSH_BIN: sshWithConfig(at.place.directory, config),
      SSH_DEFAULT_PORT: String(at.sshd.port),
    })
    const { target, ...files } = at.sshd.connection
    const args = { target, ...files, port: undefined }
    expect(await where(by, args)).toMatchObject({ port: at.sshd.port })
    for (const more of [
      { port: 1 },
      { target: 'ssh://127.0.0.1:1' },
      { extra_ssh_args: ['-p', '1'] },
      { target: 'ported' },
    ])
      expect((await where(by, { ...args, ...more })).message, JSON.stringify(more)).toMatch(/port 1 refused/)
  })

  it('are a time and a size for every command', async () => {
    const by = await client({ SSH_DEFAULT_TIMEOUT_SEC: '1', SSH_MAX_OUTPUT_CHARS: '50' })
    const late = await by.call('ssh_exec', { target: 'web', command: 'sleep 30' })
    expect(late).toMatchObject({ isError: false, timed_out: true })
    expect(late.duration_ms).toBeGreaterThanOrEqual(1000)
    expect(late.duration_ms).toBeLessThan(5000)
    const longer = await by.call('ssh_exec', { target: 'web', command: 'sleep 1.2; echo done', timeout: 20 })
    expect(longer).toMatchObject({ timed_out: false, stdout: 'done\n' })
    const much = await by.call('ssh_exec', { target: 'web', command: 'seq 1000; seq 1000 >&2' })
    expect(much).toMatchObject({ ok: true, truncated: true })
    for (const text of [much.stdout, much.stderr]) {
      const [first = '', last = ''] = text.split(/\n… [\d,]+ characters left out …\n/)
      expect(first.length + last.length).toBeLessThanOrEqual(50)
      expect([first.slice(0, 4), last.slice(-5)]).toEqual(['1\n2\n', '1000\n'])
    }
    const asked = await by.call('ssh_exec', { target: 'web', command: 'seq 1000', max_output_chars: 10_000 })
    expect(asked).toMatchObject({ truncated: false })
  })

  it.each([
    ['SSH_DEFAULT_PORT', 'ssh'],
    ['SSH_DEFAULT_PORT', '0'],
    ['SSH_DEFAULT_TIMEOUT_SEC', 'soon'],
    ['SSH_DEFAULT_TIMEOUT_SEC', '-1'],
    ['SSH_CONNECT_TIMEOUT_SEC', '0'],
    ['SSH_MAX_OUTPUT_CHARS', '1.5'],
    ['SSH_MCP_ALLOW_INSECURE_HOST_KEYS', 'perhaps'],
  ])('that are no values are told at connect: %s=%s', (name, value) => {
    const env = { ...at.place.env, [name]: value }
    const { status, stderr } = spawnSync(process.execPath, [CLI], { env, input: '', encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain(`${name} is '${value}'`)
  })
})
