import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  type Account,
  fingerprintOf,
  makeAccount,
  makeKey,
  sshWithConfig,
  startLoginSshd,
  triedMethods,
  WITH_PASSWORD,
  WITH_QUESTIONS,
  whyNoAccounts,
} from '../support/accounts.js'
import { CLI, eventually, type Facts, type TestClient, Workplace } from '../support/harness.js'
import { Door } from '../support/http.js'
import { PROMPT, type Sshd, startSshd } from '../support/sshd.js'

const WHY_NOT = whyNoAccounts()
const NO_TERMINAL = inject('noPty')

let account: Account
/** Takes the account's password, and the keys in its authorized_keys. */
let sshd: Sshd
let place: Workplace
/** Where keys and lists of host keys are laid down. */
let desk: string

beforeAll(async () => {
  if (WHY_NOT !== '') return void process.stderr.write(`Tests of passwords are skipped: ${WHY_NOT}\n`)
  account = makeAccount()
  sshd = await startLoginSshd(account, WITH_PASSWORD)
})

beforeAll(() => {
  place = new Workplace({ SSH_MCP_TOOLSETS: 'all', SSH_CONNECT_TIMEOUT_SEC: '8' })
  desk = join(place.directory, 'desk')
  mkdirSync(desk)
})

afterAll(async () => {
  await place?.close()
  await sshd?.stop()
  account?.remove()
})

/** What a client has in its configuration that logs in by password. */
const withPassword = (more: Record<string, string> = {}): Record<string, string> => ({
  SSH_DEFAULT_HOST: '127.0.0.1',
  SSH_DEFAULT_USER: account.name,
  SSH_DEFAULT_PORT: String(sshd.port),
  SSH_DEFAULT_PASSWORD: account.password,
  ...more,
})

/** Arguments that lead to the server, and to nobody's own files. */
const to = (server: Sshd, more: Facts = {}): Facts => ({
  target: `${account.name}@127.0.0.1`,
  port: server.port,
  known_hosts_file: server.knownHosts,
  ...more,
})

/** What single tests have started, ended even where they fail. */
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

/** A server for one test. */
async function another(starting: Promise<Sshd>): Promise<Sshd> {
  const server = await starting
  endings.push(() => server.stop())
  return server
}

let connections = 20
/** Something harmless that no other call has said, so that its connection is shared with none. */
const apart = (): Facts => ({ extra_ssh_args: ['-o', `ServerAliveInterval=${connections++}`] })

/** What a server was asked during some work. */
async function triedDuring(server: Sshd, work: () => Promise<unknown>): Promise<string[]> {
  const before = triedMethods(server).length
  await work()
  return triedMethods(server).slice(before)
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now()
  return { result: await work, seconds: (performance.now() - began) / 1000 }
}

const failed = { isError: true, error_type: 'connection_failed' }

/** Whether an agent answers there, with keys or without. */
const listens = (socket: string): boolean =>
  spawnSync('ssh-add', ['-l'], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).status !== 2

/** An agent of the person's that holds a key. */
async function startAgent(socket: string, key: string): Promise<void> {
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  endings.push(() => agent.kill())
  await eventually('the agent listens', () => listens(socket))
  execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
}

/** Makes a key that the account is let in with. */
function ownKey(name: string, passphrase = ''): string {
  const key = makeKey(join(desk, name), passphrase)
  writeFileSync(account.authorizedKeys, readFileSync(`${key}.pub`), { flag: 'a' })
  return key
}

describe.skipIf(WHY_NOT !== '')('SSH_DEFAULT_PASSWORD', () => {
  it('lets in where the host is SSH_DEFAULT_HOST, with nothing else said', async () => {
    const client = await place.client(withPassword())
    const { known_hosts_file } = to(sshd)
    const tried = await triedDuring(sshd, async () => {
      const result = await client.call('ssh_exec', { command: 'id -un', known_hosts_file })
      expect(result, result.message).toMatchObject({ ok: true, stdout: `${account.name}\n` })
    })
    expect(tried).toEqual(['password'])
  })

  it('lets in where the host is on the list of allowed ones, and nowhere else', async () => {
    const only = (allowed: string, host: string) =>
      place.client(withPassword({ SSH_DEFAULT_HOST: host, SSH_MCP_ALLOWED_HOSTS: allowed }))
    const listed = await only('127.0.0.*,other', 'other')
    expect(await listed.call('ssh_exec', { ...to(sshd), command: 'id -un' })).toMatchObject({ ok: true })
    const free = await only('', 'other.example')
    const tried = await triedDuring(sshd, async () => {
      const { result, seconds } = await timed(free.call('ssh_exec', { ...to(sshd), command: 'id -un' }))
      expect(result).toMatchObject(failed)
      expect(result.message).toContain('password')
      expect(result.message).not.toContain(account.password)
      expect(seconds).toBeLessThan(4)
    })
    expect(tried).toEqual([])
  })

  it('lets in where an alias leads to the host, or is it', async () => {
    const config = `Host box\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${account.name}\n  UserKnownHostsFile ${sshd.knownHosts}\n`
    const SSH_MCP_SSH_BIN = sshWithConfig(desk, config)
    for (const SSH_DEFAULT_HOST of ['127.0.0.1', 'box']) {
      const client = await place.client(withPassword({ SSH_MCP_SSH_BIN, SSH_DEFAULT_HOST }))
      expect(await client.call('ssh_exec', { target: 'box', command: 'true' })).toMatchObject({ ok: true })
      await client.call('ssh_disconnect', { target: 'box' })
    }
  })

  // The method comes over ssh's terminal, the news that it is connected by its socket.
  it('is said to have been the way though ssh says so late', async () => {
    const program = join(desk, 'late-ssh')
    writeFileSync(program, '#!/bin/bash\nexec ssh "$@" 2> >(sleep 0.4; exec cat >&2)\n', { mode: 0o755 })
    const client = await place.client(withPassword({ SSH_MCP_SSH_BIN: program }))
    expect(await client.call('ssh_connect', to(sshd))).toMatchObject({ method: 'password' })
    await client.call('ssh_disconnect', to(sshd))
  })

  it('is tried instead of all keys, those of the agent too', async () => {
    const socket = join(desk, 'agent')
    await startAgent(socket, ownKey('agents'))
    const withKey = await place.client({ SSH_AUTH_SOCK: socket })
    const both = await place.client(withPassword({ SSH_AUTH_SOCK: socket }))
    const first = await triedDuring(sshd, () => withKey.call('ssh_connect', to(sshd)))
    expect(new Set(first)).toEqual(new Set(['publickey']))
    const second = await triedDuring(sshd, async () => {
      expect(await both.call('ssh_connect', to(sshd))).toMatchObject({ method: 'password' })
    })
    expect(second).toEqual(['password'])
  })

  it('is not used where the call names a key', async () => {
    const client = await place.client(withPassword())
    const identity_file = ownKey('named')
    const tried = await triedDuring(sshd, async () => {
      expect(await client.call('ssh_connect', to(sshd, { identity_file }))).toMatchObject({
        method: 'publickey',
      })
    })
    expect(tried).not.toContain('password')
    const wrong = makeKey(join(desk, 'wrong'))
    const more = await triedDuring(sshd, async () => {
      expect(await client.call('ssh_connect', to(sshd, { identity_file: wrong }))).toMatchObject(failed)
    })
    expect(more).not.toContain('password')
  })

  it('is offered once where it is wrong, and the call fails at once', async () => {
    const client = await place.client(withPassword({ SSH_DEFAULT_PASSWORD: 'not the password' }))
    const tried = await triedDuring(sshd, async () => {
      const { result, seconds } = await timed(client.call('ssh_exec', { ...to(sshd), command: 'true' }))
      expect(result).toMatchObject(failed)
      expect(result.message).toMatch(/password/)
      expect(result.message).not.toContain('not the password')
      expect(seconds).toBeLessThan(6)
    })
    expect(tried).toEqual(['password'])
  })

  it('is not given to another client that has none, nor is its connection', async () => {
    const client = await place.client(withPassword())
    expect(await client.call('ssh_exec', { ...to(sshd), command: 'true' })).toMatchObject({ ok: true })
    const other = await place.client({})
    const tried = await triedDuring(sshd, async () => {
      expect(await other.call('ssh_exec', { ...to(sshd), command: 'true' })).toMatchObject(failed)
    })
    expect(tried).toEqual([])
  })

  it('answers for the target, never for a host on the way', async () => {
    const jump = await another(startLoginSshd(account, WITH_PASSWORD))
    const config = `Host *\n  UserKnownHostsFile ${sshd.knownHosts} ${jump.knownHosts}\n`
    const SSH_MCP_SSH_BIN = sshWithConfig(desk, config)
    const args = { ...to(sshd), known_hosts_file: undefined, command: 'id -un' }
    const extra_ssh_args = ['-J', `${account.name}@127.0.0.1:${jump.port}`]
    const client = await place.client(withPassword({ SSH_MCP_SSH_BIN }))
    const { result, seconds } = await timed(client.call('ssh_exec', { ...args, extra_ssh_args }))
    expect(result).toMatchObject(failed)
    expect(result.message).toContain(`${account.name}@127.0.0.1's password:`)
    expect(seconds).toBeLessThan(6)
    expect(triedMethods(jump)).not.toContain('password')

    const socket = join(desk, 'jump-agent')
    await startAgent(socket, ownKey('jumps'))
    const through = await place.client(withPassword({ SSH_MCP_SSH_BIN, SSH_AUTH_SOCK: socket }))
    const tried = await triedDuring(sshd, async () => {
      const done = await through.call('ssh_exec', { ...args, extra_ssh_args })
      expect(done, done.message).toMatchObject({ ok: true, stdout: `${account.name}\n` })
    })
    expect(tried).toEqual(['password'])
    expect(new Set(triedMethods(jump))).toEqual(new Set(['publickey']))
  })

  it("answers a server's own question for it, once", async (context) => {
    const asking = await another(startLoginSshd(account, WITH_QUESTIONS))
    const client = await place.client(withPassword({ SSH_DEFAULT_PORT: String(asking.port) }))
    const result = await client.call('ssh_exec', { ...to(asking), command: 'id -un' })
    if (result.isError && !/PAM|keyboard-interactive\/pam/.test(asking.log()))
      return context.skip('this sshd has no PAM to ask with')
    expect(result, result.message).toMatchObject({ ok: true, stdout: `${account.name}\n` })
    expect(triedMethods(asking)).toEqual(['keyboard-interactive'])
    const wrong = await place.client(
      withPassword({ SSH_DEFAULT_PASSWORD: 'not the password', SSH_DEFAULT_PORT: String(asking.port) }),
    )
    const again = await triedDuring(asking, async () => {
      const late = await timed(wrong.call('ssh_exec', { ...to(asking), command: 'true' }))
      expect(late.result).toMatchObject(failed)
      expect(late.seconds).toBeLessThan(8)
    })
    expect(again).toEqual(['keyboard-interactive'])
  })

  it('is not for whoever listens on another port of the same host', async () => {
    const other = await another(startLoginSshd(account, WITH_PASSWORD))
    const client = await place.client(withPassword())
    const tried = await triedDuring(other, async () => {
      const result = await client.call('ssh_exec', { ...to(other), command: 'true' })
      expect(result).toMatchObject(failed)
    })
    expect(tried).not.toContain('password')
  })
})

describe.skipIf(WHY_NOT !== '')('the password', () => {
  /** What processes tell of themselves, but for the bridges, which a client starts with the password. */
  function processesThatShow(secret: string): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && !isBridge(name))
      .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
      .filter((path) => read(path).includes(secret))
  }

  /** Ours alone are started from here, and without arguments. */
  const isBridge = (pid: string): boolean =>
    read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1] === String(process.pid) &&
    read(`/proc/${pid}/cmdline`).endsWith(`${CLI}\0`)

  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return '' // the process has gone
    }
  }

  function filesThatShow(secret: string): string[] {
    const names = readdirSync(place.state, { recursive: true, encoding: 'utf8' })
    expect(names.some((name) => name.endsWith('daemon.log'))).toBe(true)
    return names.filter((name) => read(join(place.state, name)).includes(secret))
  }

  it('shows nowhere: in no process, no file and no result, while it connects and afterwards', async () => {
    const client = await place.client(withPassword())
    const gate = join(account.home, 'gate')
    const running = client.call('ssh_exec', {
      ...to(sshd, apart()),
      command: `until [ -e ${gate} ]; do sleep 0.02; done; env; cat /proc/$PPID/environ`,
    })
    const logins = () => sshd.log().match(/Accepted password/g)?.length ?? 0
    const before = logins()
    const seen = new Set<string>()
    await eventually('it is let in', () => {
      for (const path of processesThatShow(account.password)) seen.add(path)
      return logins() > before || seen.size > 0
    })
    for (const path of processesThatShow(account.password)) seen.add(path)
    writeFileSync(gate, '')
    const result = await running
    rmSync(gate)
    expect([...seen]).toEqual([])
    expect(result).toMatchObject({ isError: false })
    expect(JSON.stringify(result)).not.toContain(account.password)
    expect(filesThatShow(account.password)).toEqual([])
    expect(place.run('status', '--json')).not.toContain(account.password)
    expect(JSON.stringify(await client.call('ssh_status'))).not.toContain(account.password)
  })

  it.skipIf(NO_TERMINAL !== '')('shows in no transcript of a session either', async () => {
    const client = await place.client(withPassword())
    const { session_id, transcript_path, ...facts } = await client.ensure({
      ...to(sshd),
      session_name: 'secret',
    })
    expect(facts).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    const answer = await client.write(session_id, 'env; cat /proc/$PPID/environ; echo\n')
    expect(JSON.stringify([facts, answer])).not.toContain(account.password)
    expect(readFileSync(transcript_path, 'utf8')).not.toContain(account.password)
    expect(filesThatShow(account.password)).toEqual([])
    expect(processesThatShow(account.password)).toEqual([])
    await client.call('ssh_stop_session', { session_id })
  })

  /** The newest ticket that a running ssh of ours has, and the number of that ssh. */
  function stolen(): { ticket: string; pid: number } {
    const found = readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cmdline`).includes(`${place.state}/c/`))
      .map((pid) => ({
        pid: Number(pid),
        ticket: /SSH_MCP_ASKPASS_TICKET=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1],
      }))
      .filter((one): one is { ticket: string; pid: number } => one.ticket !== undefined)
    return found.reduce((newest, one) => (begun(one.pid) > begun(newest.pid) ? one : newest))
  }

  /** When a process began, in ticks since the machine did: numbers of processes begin anew. */
  const begun = (pid: number): number =>
    Number(/\) (.*)$/s.exec(read(`/proc/${pid}/stat`))?.[1]?.split(' ')[19] ?? 0)

  /** Says something to the daemon as its helper would. @returns all that it answers */
  const say = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let heard = ''
      const line = connect(JSON.parse(place.run('status', '--json')).socket)
      line.setEncoding('utf8').on('data', (piece) => {
        heard += piece
      })
      line.on('error', () => resolve(heard))
      line.on('close', () => resolve(heard))
      line.write(`${text}\n`)
    })
  const hello = { hello: 'ssh-mcp', protocol: 1, version: '1', purpose: 'askpass', cwd: '/', env: {} }
  const asking = (ticket: unknown, parent: unknown = process.pid): string =>
    JSON.stringify({ ...hello, question: { ticket, prompt: "me@127.0.0.1's password: ", hint: '', parent } })
  const refused = /"helper":\{"refused":true\}/

  it.skipIf(NO_TERMINAL !== '')(
    'is not to be had with a stolen ticket, before ssh is let in or after',
    async () => {
      const client = await place.client(withPassword())
      const known_hosts_file = join(desk, 'known_hosts_stolen')
      const asked = await client.ensure({ ...to(sshd, { known_hosts_file }), session_name: 'stolen' })
      expect(asked).toMatchObject({ wait_ended_by: 'needs_input' })
      const { ticket, pid } = stolen()
      expect(ticket).toMatch(/^.{43}$/)
      expect(await say(asking(ticket))).not.toContain('"answer"')
      await client.write(asked.session_id, 'yes\n', { wait_for: 'prompt' })
      for (const parent of [process.pid, pid]) expect(await say(asking(ticket, parent))).toMatch(refused)
      await client.call('ssh_stop_session', { session_id: asked.session_id })

      await client.call('ssh_connect', to(sshd, apart()))
      const other = stolen()
      expect(other.ticket).not.toBe(ticket)
      for (const parent of [process.pid, other.pid])
        expect(await say(asking(other.ticket, parent))).toMatch(refused)
      const env = {
        PATH: process.env.PATH,
        SSH_MCP_ASKPASS_TICKET: other.ticket,
        SSH_MCP_ASKPASS_SOCKET: join(place.state, 'daemon.sock'),
      }
      const helper = spawnSync(join(place.state, 'askpass'), ['Password: '], { env, encoding: 'utf8' })
      expect(helper).toMatchObject({ status: 1, stdout: '' })
    },
  )

  it('is not to be had by talking nonsense to the daemon, which goes on', async () => {
    await place.client()
    const { pid } = JSON.parse(place.run('status', '--json'))
    expect(await say(JSON.stringify(hello))).toMatch(refused)
    for (const ticket of ['', 'x', '__proto__', 'constructor', '*', 'a'.repeat(10_000)])
      expect(await say(asking(ticket))).toMatch(refused)
    for (const nonsense of [
      asking(['x']),
      asking({}),
      asking('x', 'me'),
      JSON.stringify({ ...hello, question: 'what is the password?' }),
      JSON.stringify({ ...hello, purpose: 'password' }),
      "me@127.0.0.1's password: ",
      '\0\xff{]',
      'a'.repeat(300_000),
    ])
      expect(await say(nonsense), nonsense.slice(0, 100)).toMatch(/"ok":false/)
    expect(JSON.parse(place.run('status', '--json')).pid).toBe(pid)
  })
})

describe.skipIf(WHY_NOT !== '')('where nobody can be asked', () => {
  let client: TestClient
  beforeAll(async () => {
    client = await place.client()
  })

  it('says what ssh asked for, well within the time for connecting', async () => {
    const { result, seconds } = await timed(client.call('ssh_exec', { ...to(sshd), command: 'true' }))
    expect(result).toMatchObject(failed)
    expect(result.message).toContain(`${account.name}@127.0.0.1's password:`)
    expect(result.message).toMatch(/SSH_DEFAULT_PASSWORD.*ssh_ensure_session/s)
    expect(seconds).toBeLessThan(4)
  })

  it('says which key is locked', async () => {
    const identity_file = ownKey('locked', 'a passphrase')
    const extra_ssh_args = ['-o', 'PreferredAuthentications=publickey']
    const args = { ...to(sshd), identity_file, extra_ssh_args, command: 'true' }
    const { result, seconds } = await timed(client.call('ssh_exec', args))
    expect(result).toMatchObject(failed)
    expect(result.message).toContain(identity_file)
    expect(result.message).toMatch(/passphrase/)
    expect(seconds).toBeLessThan(4)
  })

  it('says which key is locked where a password would do as well', async () => {
    const identity_file = join(desk, 'locked')
    const { result, seconds } = await timed(
      client.call('ssh_exec', { ...to(sshd), identity_file, command: 'true' }),
    )
    expect(result).toMatchObject(failed)
    expect(result.message).toMatch(/passphrase|password:/)
    expect(seconds).toBeLessThan(4)
  })

  it('tries the keys that need no passphrase, though another does', async () => {
    const config = `Host *\n  IdentityFile ${join(desk, 'locked')}\n  IdentityFile ${ownKey('plain')}\n`
    const able = await place.client({ SSH_MCP_SSH_BIN: sshWithConfig(desk, config) })
    expect(await able.call('ssh_exec', { ...to(sshd), command: 'true' })).toMatchObject({ ok: true })
  })
})

describe.skipIf(WHY_NOT !== '' || NO_TERMINAL !== '')('a session', () => {
  it("shows ssh's question in its terminal and takes the answer there", async () => {
    const client = await place.client()
    const asked = await client.ensure({ ...to(sshd), session_name: 'by hand' })
    expect(asked).toMatchObject({ running: true, wait_ended_by: 'password_prompt' })
    expect(asked.output).toBe(`${account.name}@127.0.0.1's password: `)
    const answered = await client.write(asked.session_id, `${account.password}\n`)
    expect(answered).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    expect(answered.output).toContain(PROMPT)
    expect(readFileSync(asked.transcript_path, 'utf8')).not.toContain(account.password)
    await client.call('ssh_stop_session', { session_id: asked.session_id })
  })

  it('needs no answer where SSH_DEFAULT_PASSWORD has it', async () => {
    const client = await place.client(withPassword())
    const tried = await triedDuring(sshd, async () => {
      const opened = await client.ensure({ ...to(sshd), session_name: 'by password' })
      expect(opened).toMatchObject({ running: true, wait_ended_by: 'prompt', output: PROMPT })
      await client.call('ssh_stop_session', { session_id: opened.session_id })
    })
    expect(tried).toEqual(['password'])
  })

  it('still shows the question for the host key, and then needs no other answer', async () => {
    const client = await place.client(withPassword())
    const known_hosts_file = join(desk, 'known_hosts_session')
    const asked = await client.ensure({ ...to(sshd), known_hosts_file, session_name: 'new host' })
    expect(asked).toMatchObject({ running: true, wait_ended_by: 'needs_input' })
    expect(asked.output).toContain(fingerprintOf(join(sshd.directory, 'hostkey.pub')))
    expect(asked.output).toMatch(/continue connecting \(yes\/no\/\[fingerprint\]\)\? $/)
    const answered = await client.write(asked.session_id, 'yes\n', { wait_for: 'prompt' })
    expect(answered).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    expect(answered.output).toContain(PROMPT)
    await client.call('ssh_stop_session', { session_id: asked.session_id })
  })

  it('takes a no for the host key, and has then sent nothing', async () => {
    const client = await place.client(withPassword())
    const known_hosts_file = join(desk, 'known_hosts_never')
    const tried = await triedDuring(sshd, async () => {
      const asked = await client.ensure({ ...to(sshd), known_hosts_file, session_name: 'no host' })
      const over = await client.write(asked.session_id, 'no\n', { wait_for: 'exit' })
      expect(over).toMatchObject({ running: false, exit_reason: 'host-key-unknown' })
    })
    expect(tried).toEqual([])
    expect(existsSync(known_hosts_file)).toBe(false)
  })

  it('ends where the password is wrong, after one try', async () => {
    const client = await place.client(withPassword({ SSH_DEFAULT_PASSWORD: 'not the password' }))
    const tried = await triedDuring(sshd, async () => {
      const opened = await client.ensure({ ...to(sshd), session_name: 'wrong' })
      expect(opened).toMatchObject({ running: false, wait_ended_by: 'exit', exit_reason: 'auth-failed' })
    })
    expect(tried).toEqual(['password'])
  })

  it('shows in its terminal what a host on the way asks for', async () => {
    const jump = await another(startLoginSshd(account, WITH_PASSWORD))
    const config = `Host *\n  UserKnownHostsFile ${sshd.knownHosts} ${jump.knownHosts}\n`
    const client = await place.client(withPassword({ SSH_MCP_SSH_BIN: sshWithConfig(desk, config) }))
    const extra_ssh_args = ['-J', `${account.name}@127.0.0.1:${jump.port}`]
    const args = { ...to(sshd), known_hosts_file: undefined, extra_ssh_args, session_name: 'jumps' }
    const asked = await client.ensure(args)
    expect(asked).toMatchObject({ running: true, wait_ended_by: 'password_prompt' })
    expect(triedMethods(jump)).not.toContain('password')
    const answered = await client.write(asked.session_id, `${account.password}\n`, { wait_for: 'prompt' })
    expect(answered).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    await client.call('ssh_stop_session', { session_id: asked.session_id })
  })
})

/** A person in front of a browser: opens a link, and sends the form that is behind it. */
class Person {
  #cookie = ''
  #url: string
  page = ''

  constructor(url: string) {
    this.#url = url
  }

  async open(): Promise<this> {
    const { status, headers, body } = await fetched(this.#url, {})
    expect(status).toBe(200)
    this.#cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    this.page = body.replaceAll('&#39;', "'").replaceAll('&quot;', '"')
    return this
  }

  async send(fields: Record<string, string>): Promise<string> {
    const token = /name="token" value="([^"]+)"/.exec(this.page)?.[1] ?? ''
    const body = new URLSearchParams({ token, ...fields }).toString()
    return (await fetched(this.#url, { cookie: this.#cookie, body })).body
  }
}

function fetched(
  url: string,
  { cookie, body }: { cookie?: string; body?: string },
): Promise<{ status: number; headers: Record<string, string[] | undefined>; body: string }> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    }
    const asked = request(url, { method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      response.on('end', () => {
        const { statusCode = 0, headersDistinct } = response
        resolve({ status: statusCode, headers: headersDistinct, body: text })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

describe.skipIf(WHY_NOT !== '')('a question to the person', () => {
  /** All that went over MCP, both ways. */
  let messages: unknown[]
  let asked: Facts[]
  const open: Client[] = []
  const url = { elicitation: { url: {} } }

  beforeEach(() => {
    messages = []
    asked = []
  })
  afterAll(async () => {
    for (const client of open) await client.close()
  })

  /** A client that has a way to its person. @param answer what that person does with the link */
  async function clientOf(
    answer: (url: string) => Promise<ElicitResult['action']>,
    env: Record<string, string> = {},
    capabilities: Facts = url,
  ): Promise<(args: Facts) => Promise<Facts>> {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [CLI],
      env: { ...place.env, ...env },
      stderr: 'ignore',
    })
    const mcp = new Client({ name: 'a client', version: '1' }, { capabilities })
    mcp.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      asked.push(params)
      return { action: await answer((params as Facts).url) }
    })
    await mcp.connect(transport)
    record(transport)
    open.push(mcp)
    return async (args) => {
      const result = await mcp.callTool({ name: 'ssh_exec', arguments: { ...args, command: 'id -un' } })
      return { ...(result.structuredContent as Facts), isError: result.isError === true }
    }
  }

  function record(transport: StdioClientTransport): void {
    const { onmessage } = transport
    const send = transport.send.bind(transport)
    transport.onmessage = (message) => {
      messages.push(message)
      onmessage?.(message)
    }
    transport.send = (message) => {
      messages.push(message)
      return send(message)
    }
  }

  it('is a page on this machine, whose answer goes to ssh and to nobody else', async () => {
    const pages: string[] = []
    const exec = await clientOf(async (url) => {
      const person = await new Person(url).open()
      pages.push(person.page)
      expect(await person.send({ action: 'send', answer: account.password })).toContain('Sent.')
      return 'accept'
    })
    const tried = await triedDuring(sshd, async () => {
      expect(await exec(to(sshd))).toMatchObject({ ok: true, stdout: `${account.name}\n` })
    })
    expect(tried).toEqual(['password'])
    expect(asked).toMatchObject([
      { mode: 'url', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.{43}$/) },
    ])
    expect(asked[0]?.message).not.toContain('password')
    expect(pages[0]).toContain(`${account.name}@127.0.0.1's password:`)
    expect(pages[0]).toContain('a client wants to connect')
    await eventually('the client is told that it is over', () =>
      messages.some((message) => (message as Facts).method === 'notifications/elicitation/complete'),
    )
    expect(JSON.stringify(messages)).not.toContain(account.password)
    const log = readFileSync(join(place.state, 'daemon.log'), 'utf8')
    expect(log).not.toContain(account.password)
  })

  it('comes over HTTP as well', async () => {
    const door = await Door.open(place)
    endings.push(() => door.end())
    const client = await door.client(door.token, url)
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      const person = await new Person((params as Facts).url).open()
      await person.send({ action: 'send', answer: account.password })
      return { action: 'accept' }
    })
    const result = await door.call(client, 'ssh_exec', { ...to(sshd, apart()), command: 'id -un' })
    expect(result).toMatchObject({ ok: true, stdout: `${account.name}\n` })
  })

  it('may come after the client has said that the person goes there', async () => {
    let person: Promise<string> | undefined
    const exec = await clientOf(async (url) => {
      person = new Person(url).open().then((one) => one.send({ action: 'send', answer: account.password }))
      return 'accept'
    })
    expect(await exec(to(sshd, apart()))).toMatchObject({
      ok: true,
    })
    expect(await person).toContain('Sent.')
  })

  it.each(['decline', 'cancel'] as const)('may be turned down in the client: %s', async (action) => {
    const exec = await clientOf(async () => action)
    const { result, seconds } = await timed(exec(to(sshd, apart())))
    expect(result).toMatchObject(failed)
    expect(result.message).toContain(`${account.name}@127.0.0.1's password:`)
    expect(seconds).toBeLessThan(4)
    expect(asked).toHaveLength(1)
    expect((await fetched(asked[0]?.url, {}).catch(() => ({ status: 0 }))).status).not.toBe(200)
  })

  it('may be turned down on the page', async () => {
    const exec = await clientOf(async (url) => {
      const person = await new Person(url).open()
      expect(await person.send({ action: 'decline' })).toContain('Not answered.')
      return 'accept'
    })
    const tried = await triedDuring(sshd, async () => {
      const { result, seconds } = await timed(exec(to(sshd, apart())))
      expect(result).toMatchObject(failed)
      expect(seconds).toBeLessThan(4)
    })
    expect(tried).toEqual([])
  })

  it('is given up where nobody opens the page in time', async () => {
    const exec = await clientOf(async () => 'accept', { SSH_CONNECT_TIMEOUT_SEC: '2' })
    const { result, seconds } = await timed(exec(to(sshd, apart())))
    expect(result).toMatchObject(failed)
    expect(result.message).toContain(`${account.name}@127.0.0.1's password:`)
    expect(seconds).toBeGreaterThan(1.5)
    expect(seconds).toBeLessThan(4)
  })

  it('gives the person time once the page is open', async () => {
    const exec = await clientOf(
      async (url) => {
        const person = await new Person(url).open()
        await late(2500)
        expect(await person.send({ action: 'send', answer: account.password })).toContain('Sent.')
        return 'accept'
      },
      { SSH_CONNECT_TIMEOUT_SEC: '1' },
    )
    expect(await exec(to(sshd, apart()))).toMatchObject({
      ok: true,
    })
  })

  it('is for the host key too, with its fingerprint, and yes means that it is kept', async () => {
    const known_hosts_file = join(desk, 'known_hosts_asked')
    const pages: string[] = []
    const exec = await clientOf(async (url) => {
      const person = await new Person(url).open()
      pages.push(person.page)
      await person.send(
        /password:/.test(person.page) ? { action: 'send', answer: account.password } : { action: 'yes' },
      )
      return 'accept'
    })
    expect(await exec(to(sshd, { known_hosts_file }))).toMatchObject({ ok: true })
    expect(pages).toHaveLength(2)
    expect(pages[0]).toContain(fingerprintOf(join(sshd.directory, 'hostkey.pub')))
    expect(pages[0]).not.toContain('type="password"')
    expect(readFileSync(known_hosts_file, 'utf8').trim().split('\n')).toHaveLength(1)
  })

  it('is for the host key too, and no means that nothing is sent', async () => {
    const known_hosts_file = join(desk, 'known_hosts_refused')
    const exec = await clientOf(async (url) => {
      await (await new Person(url).open()).send({ action: 'no' })
      return 'accept'
    })
    const tried = await triedDuring(sshd, async () => {
      const result = await exec(to(sshd, { known_hosts_file }))
      expect(result).toMatchObject(failed)
      expect(result.message).toMatch(/host key/i)
    })
    expect(tried).toEqual([])
    expect(existsSync(known_hosts_file)).toBe(false)
  })

  it('is for a locked key too', async () => {
    const identity_file = ownKey('locked-asked', 'a passphrase')
    const exec = await clientOf(async (url) => {
      const person = await new Person(url).open()
      expect(person.page).toContain(identity_file)
      await person.send({ action: 'send', answer: 'a passphrase' })
      return 'accept'
    })
    const tried = await triedDuring(sshd, async () => {
      expect(await exec(to(sshd, { identity_file }))).toMatchObject({ ok: true })
    })
    expect(tried).not.toContain('password')
    expect(JSON.stringify(messages)).not.toContain('a passphrase')
  })

  it.each([
    ['a form', { elicitation: { form: {} } }],
    ['nothing said', { elicitation: {} }],
    ['no way at all', {}],
  ])('is not asked of a client that has %s: what is typed there goes through it', async (_, capabilities) => {
    const transport = new StdioClientTransport({ command: process.execPath, args: [CLI], env: place.env })
    const mcp = new Client({ name: 'a client', version: '1' }, { capabilities })
    if ('elicitation' in capabilities) {
      mcp.setRequestHandler(ElicitRequestSchema, ({ params }) => {
        asked.push(params)
        return { action: 'accept', content: {} }
      })
    }
    await mcp.connect(transport)
    open.push(mcp)
    const args = { ...to(sshd, apart()), command: 'true' }
    const { result, seconds } = await timed(mcp.callTool({ name: 'ssh_exec', arguments: args }))
    expect(result.structuredContent).toMatchObject({ error_type: 'connection_failed' })
    expect(seconds).toBeLessThan(4)
    expect(asked).toEqual([])
  })

  it('may be open for several calls at once, which the same answer lets in', async () => {
    const exec = await clientOf(async (url) => {
      const person = await new Person(url).open()
      await person.send({ action: 'send', answer: account.password })
      return 'accept'
    })
    const args = to(sshd, apart())
    const all = await Promise.all([exec(args), exec(args), exec(args)])
    for (const result of all) expect(result).toMatchObject({ ok: true })
    expect(asked).toHaveLength(1)
  })
})

/** Time that passes for a person. */
const late = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('host keys', () => {
  let plain: Sshd
  let client: TestClient
  beforeAll(async () => {
    plain = await startSshd()
    client = await place.client()
  })
  afterAll(() => plain?.stop())

  const exec = (by: TestClient, args: Facts): Promise<Facts> =>
    by.call('ssh_exec', { ...plain.connection, command: 'true', ...args })

  it('that are not known are told with their fingerprint and with what to do', async () => {
    const known_hosts_file = join(desk, 'known_hosts_unknown')
    for (const strict_host_key_checking of [undefined, 'yes', 'ask', true]) {
      const { result, seconds } = await timed(exec(client, { known_hosts_file, strict_host_key_checking }))
      expect(result).toMatchObject(failed)
      expect(result.message).toContain(fingerprintOf(join(plain.directory, 'hostkey.pub')))
      expect(result.message).toMatch(/accept-new/)
      expect(seconds).toBeLessThan(4)
    }
    expect(existsSync(known_hosts_file)).toBe(false)
    const accepted = await exec(client, { known_hosts_file, strict_host_key_checking: 'accept-new' })
    expect(accepted).toMatchObject({ ok: true })
    expect(await exec(client, { known_hosts_file, strict_host_key_checking: 'yes' })).toMatchObject({
      ok: true,
    })
  })

  it('that have changed are an error of their own, with both fingerprints, however strict one is', async () => {
    const other = makeKey(join(desk, 'other-host-key'))
    const known_hosts_file = join(desk, 'known_hosts_changed')
    writeFileSync(known_hosts_file, `[127.0.0.1]:${plain.port} ${readFileSync(`${other}.pub`, 'utf8')}`)
    const before = readFileSync(known_hosts_file, 'utf8')
    for (const strict_host_key_checking of [undefined, 'yes', 'ask', 'accept-new']) {
      const result = await exec(client, { known_hosts_file, strict_host_key_checking })
      expect(result).toMatchObject(failed)
      expect(result.message).toContain('CHANGED')
      expect(result.message).toContain(fingerprintOf(join(plain.directory, 'hostkey.pub')))
      expect(result.message).toContain(fingerprintOf(`${other}.pub`))
      expect(result.message).toContain(known_hosts_file)
    }
    expect(readFileSync(known_hosts_file, 'utf8')).toBe(before)
  })

  // With `no` ssh only warns, on a terminal that nobody sees, and goes on with keys.
  it('that have changed are not taken without a word, though the person allows to look away', async () => {
    const lax = await place.client({ SSH_MCP_ALLOW_INSECURE_HOST_KEYS: '1' })
    const known_hosts_file = join(desk, 'known_hosts_changed')
    const before = readFileSync(known_hosts_file, 'utf8')
    const result = await exec(lax, { known_hosts_file, strict_host_key_checking: 'no' })
    expect(JSON.stringify(result)).toMatch(/CHANGED|changed/)
    expect(readFileSync(known_hosts_file, 'utf8')).toBe(before)
  })

  it.skipIf(WHY_NOT !== '')(
    'that have changed get no password, though the person allows to look away',
    async () => {
      const other = join(desk, 'other-host-key.pub')
      const known_hosts_file = join(desk, 'known_hosts_password')
      writeFileSync(known_hosts_file, `[127.0.0.1]:${sshd.port} ${readFileSync(other, 'utf8')}`)
      const lax = await place.client(withPassword({ SSH_MCP_ALLOW_INSECURE_HOST_KEYS: '1' }))
      const tried = await triedDuring(sshd, async () => {
        const args = { ...to(sshd), known_hosts_file, strict_host_key_checking: 'no', command: 'true' }
        const result = await lax.call('ssh_exec', args)
        expect(result).toMatchObject(failed)
        expect(result.message).toContain('CHANGED')
      })
      expect(tried).not.toContain('password')
    },
  )
})

describe('an agent that the client was not told of', () => {
  it.each(['openssh_agent', 'ssh-agent.socket', 'gcr/ssh', 'keyring/ssh', 'gnupg/S.gpg-agent.ssh'])(
    'is found where the system keeps it: %s',
    async (name) => {
      const plain = await another(startSshd())
      const runtime = join(plain.directory, 'run')
      const socket = join(runtime, name)
      mkdirSync(join(socket, '..'), { recursive: true, mode: 0o700 })
      await startAgent(socket, plain.identityFile)
      const { target, port, known_hosts_file } = plain.connection
      const args = { target, port, known_hosts_file, command: 'true' }
      const with_ = await place.client({ XDG_RUNTIME_DIR: runtime })
      expect(await with_.call('ssh_exec', args)).toMatchObject({ ok: true })
      const without = await place.client({ XDG_RUNTIME_DIR: plain.home })
      expect(await without.call('ssh_exec', args)).toMatchObject(failed)
    },
  )

  it('is not looked for where the client names one', async () => {
    const plain = await another(startSshd())
    const found = join(plain.directory, 'run/openssh_agent')
    const named = join(plain.directory, 'named')
    mkdirSync(join(found, '..'), { mode: 0o700 })
    await startAgent(found, plain.identityFile)
    await startAgent(named, makeKey(join(desk, 'unknown')))
    const { target, port, known_hosts_file } = plain.connection
    const env = { XDG_RUNTIME_DIR: join(found, '..'), SSH_AUTH_SOCK: named }
    const client = await place.client(env)
    expect(await client.call('ssh_exec', { target, port, known_hosts_file, command: 'true' })).toMatchObject(
      failed,
    )
  })
})
