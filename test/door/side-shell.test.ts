import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { callerOf } from '../../src/connection/caller.js'
import { ChannelRefused } from '../../src/connection/command-channel.js'
import { type Look, Looker } from '../../src/connection/look.js'
import { connectionRequest } from '../../src/connection/options.js'
import { type SideConnection, SideShell } from '../../src/connection/side-shell.js'
import { sshClient } from '../../src/connection/ssh-client.js'
import { Pty, type PtyExit } from '../../src/platform/pty.js'
import { evidenceOf } from '../../src/shell/evidence.js'
import { detailScript, parseDetails } from '../../src/shell/evidence-details.js'
import { interruptScript, parseProcesses, processScript } from '../../src/shell/evidence-processes.js'
import { sessionArgv } from '../../src/ssh/argv.js'
import { type Account, makeAccount, startLoginSshd, whyNoAccounts } from '../support/accounts.js'
import { eventually, processesWith } from '../support/harness.js'
import { installed, nap } from '../support/remote.js'
import { PROMPT, type Sshd, startSshd } from '../support/sshd.js'

const whole = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: process.env.HOME ?? '/' }

/** A session as the daemon has it: an `ssh -tt` on a terminal that is its own master. */
class Seat {
  readonly pty: Pty
  readonly exit: Promise<PtyExit>
  readonly looker: Looker
  readonly controlPath: string
  readonly connection: SideConnection
  #output = ''

  private constructor(connection: SideConnection, controlPath: string, command: string | null) {
    this.connection = connection
    this.controlPath = controlPath
    const { ssh, target, options } = connection
    const how = { target, options, version: ssh.version, controlPath, connectSeconds: 10, password: false }
    let onExit: (exit: PtyExit) => void
    this.exit = new Promise((resolve) => {
      onExit = resolve
    })
    this.pty = new Pty({
      ...{ file: ssh.program, args: sessionArgv(how, command), env: ssh.env, cwd: '/', cols: 80, rows: 24 },
      onData: (chunk) => {
        this.#output += chunk.toString()
      },
      onExit: (exit) => onExit(exit),
    })
    this.looker = new Looker((signal) => SideShell.open(connection, controlPath, signal))
  }

  static async start(sshd: Sshd, command: string | null, target?: string): Promise<Seat> {
    const caller = callerOf(whole, '/')
    const request = connectionRequest({ ...sshd.connection, ...(target ? { target } : {}) }, caller)
    const connection = { ...request, ssh: await sshClient(caller), cwd: '/' }
    const seat = new Seat(connection, join(sshd.directory, nap().replace('.', '-')), command)
    seats.push(seat)
    await eventually('the session is connected', () => existsSync(seat.controlPath))
    return seat
  }

  get output(): string {
    return this.#output
  }

  open(): Promise<SideShell | null> {
    return SideShell.open(this.connection, this.controlPath)
  }

  type(text: string): void {
    this.pty.write(Buffer.from(text))
  }

  shows(text: string): Promise<unknown> {
    return eventually(`the session shows ${text}`, () => this.#output.includes(text))
  }

  async look(): Promise<Look> {
    return eventually('a look', () => this.looker.look())
  }

  /** Looks until it is as it should be; what it is instead is told when the time is up. */
  async becomes(facts: Record<string, unknown>): Promise<void> {
    let last: unknown = null
    const found = eventually('', async () => {
      const look = await this.looker.look({ keep: true })
      last = look && { ...look.evidence, tty: look.front.tty, descended: look.front.descended }
      return last && Object.entries(facts).every(([key, value]) => (last as typeof facts)[key] === value)
    })
    await found.catch(() => expect(last).toMatchObject(facts))
    this.looker.close()
  }

  /** The ssh processes that carry its side shells. */
  passengers(): string[] {
    return processesWith(this.controlPath).filter((line) => line.includes('ControlMaster=no'))
  }

  async end(): Promise<void> {
    this.looker.close()
    this.pty.kill('SIGKILL')
    await this.exit
  }
}

const seats: Seat[] = []

function describeSeats(name: string, tests: (server: () => Sshd) => void, config: string[] = []): void {
  describe.skipIf(inject('noPty') !== '')(name, () => {
    let sshd: Sshd
    beforeAll(async () => {
      sshd = await startSshd(config)
      writeFileSync(join(sshd.home, '.zshrc'), "PS1='zsh> '\n")
      writeFileSync(join(sshd.home, '.tcshrc'), "set prompt='tcsh> '\n")
    })
    afterEach(async () => {
      for (const seat of seats.splice(0)) {
        await seat.end()
        await eventually('no ssh is left', () => processesWith(seat.controlPath).length === 0)
      }
    })
    afterAll(() => sshd?.stop())
    tests(() => sshd)
  })
}

const atPrompt = (comm: string) => ({ kind: 'shell', comm, reading: true, canonical: false, sourcing: false })
const doing = (kind: string, comm: string) => ({ kind, comm })

/** A Python program as an argument of a shell command. */
const python = (program: string): string => `/usr/bin/python3 -c '${program}'`
const SOCKET = `import socket as s
l = s.create_server(("127.0.0.1", 0)); c = s.create_connection(l.getsockname()); c.recv(1)`

describeSeats('a look at what is in front', (server) => {
  const cases: [string, Record<string, unknown>, string?][] = [
    ['exec bash --norc', atPrompt('bash')],
    ['exec bash -il', atPrompt('bash')],
    ['exec dash', { ...atPrompt('dash'), canonical: true, echo: true }],
    ['exec sh', { kind: 'shell', comm: 'sh', reading: true, canonical: true, sourcing: false }],
    ['exec zsh', atPrompt('zsh'), 'zsh'],
    ['exec fish', atPrompt('fish'), 'fish'],
    ['exec tcsh -l', atPrompt('tcsh'), 'tcsh'],
    ['exec ksh', { kind: 'shell', reading: true, sourcing: false }, 'ksh'],
    ['exec busybox ash', { kind: 'shell', comm: 'busybox', reading: true, canonical: false }, 'busybox'],
    ['exec bash -c "exec bash --norc"', atPrompt('bash')],
    ['sleep 30', doing('working', 'sleep')],
    ['cat', doing('line', 'cat')],
    ['cat | sort', doing('line', 'cat')],
    ['bash -c "read -s x"', doing('password', 'bash')],
    ['sh -c "read x; true"', doing('line', 'sh')],
    ['bash -c "read -p name: x"', doing('line', 'bash')],
    ['bash -c "sleep 30; true"', doing('working', 'bash')],
    ['stty -echo; sleep 30', { kind: 'working', echo: false }],
    ['stty -isig; cat', { kind: 'line', interruptible: false }],
    [python('input()'), { kind: 'line' }, '/usr/bin/python3'],
    [python('import getpass; getpass.getpass()'), { kind: 'password' }, '/usr/bin/python3'],
    [python(SOCKET.replaceAll('\n', '; ')), { kind: 'working' }, '/usr/bin/python3'],
    ['/usr/bin/python3 -q', { kind: 'keys' }, '/usr/bin/python3'],
    ['less /etc/passwd', doing('keys', 'less'), 'less'],
    ['sleep 0; cat /etc/passwd | less', doing('keys', 'less'), 'less'],
    ['vim -u NONE', { kind: 'keys' }, 'vim'],
    ['script -qc cat /dev/null', { kind: 'line', comm: 'cat', descended: true }, 'script'],
    ['script -qc "exec bash --norc" /dev/null', { ...atPrompt('bash'), descended: true }, 'script'],
  ]

  it.each(cases.filter(([, , needs]) => !needs || installed(needs)))('%s', async (command, facts) => {
    const seat = await Seat.start(server(), command)
    await seat.becomes(facts)
    expect(seat.pty.running).toBe(true)
  })
})

describeSeats("a look at somebody else's program", (server) => {
  const noAccounts = whyNoAccounts() !== ''
  let account: Account
  let theirs: Sshd
  beforeAll(async () => {
    if (noAccounts) return
    account = makeAccount()
    theirs = await startLoginSshd(account, [])
    writeFileSync(account.authorizedKeys, readFileSync(`${theirs.identityFile}.pub`))
  })
  afterAll(async () => {
    await theirs?.stop()
    account?.remove()
  })
  const login = (): Promise<Seat> => Seat.start(theirs, null, `${account.name}@127.0.0.1`)

  it.skipIf(noAccounts)("root sees another account's shell, and its password prompts", async () => {
    const seat = await Seat.start(server(), `su - ${account.name}`)
    await seat.becomes(atPrompt('bash'))
    seat.type('su root -c true\n')
    await seat.becomes(doing('password', 'su'))
  })

  it.skipIf(noAccounts)('an ordinary user sees the terminal, and not what root does on it', async () => {
    const seat = await login()
    await seat.becomes(atPrompt('bash'))
    seat.type('su root -c true\n')
    await seat.becomes(doing('password', 'su'))
    seat.type('\x03')
    await seat.becomes(atPrompt('bash'))
  })

  it.skipIf(noAccounts)('root at work on the terminal of an ordinary user', async () => {
    const slow = join(account.home, 'slow')
    copyFileSync('/bin/cat', slow)
    chmodSync(slow, 0o4755)
    const seat = await login()
    await seat.becomes(atPrompt('bash'))
    seat.type('./slow\n')
    await seat.becomes({ kind: 'unreadable', comm: 'slow', canonical: true, echo: true })
  })

  it.skipIf(noAccounts || !installed('sudo'))(
    "sudo's question, and its terminal behind that one",
    async () => {
      const rules = `/etc/sudoers.d/${account.name}`
      writeFileSync(rules, `Defaults:${account.name} use_pty,!lecture\n${account.name} ALL=(ALL) ALL\n`)
      chmodSync(rules, 0o440)
      try {
        const seat = await login()
        await seat.becomes(atPrompt('bash'))
        seat.type('sudo cat\n')
        await seat.becomes(doing('password', 'sudo'))
        seat.type(`${account.password}\n`)
        await seat.becomes({ kind: 'unreadable', comm: 'cat', descended: true, canonical: null })
      } finally {
        rmSync(rules)
      }
    },
  )
})

describeSeats('a side shell', (server) => {
  const startFile = (text: string): void => writeFileSync(join(server().home, '.bashrc'), text)
  afterEach(() => startFile(''))

  it('answers what it is asked, in its order, and leaves nothing behind', async () => {
    const seat = await Seat.start(server(), null)
    const files = readdirSync(server().directory).length
    const side = (await seat.open()) as SideShell
    const parent = 'set -- $(cat /proc/$PPID/stat); echo $4'
    const asked = [side.ask('echo one; cat'), side.ask('printf "two\n\n"; nonsense'), side.ask(parent)]
    expect(await Promise.all(asked)).toEqual(['one\n', 'two\n\n', `${side.parentPid}\n`])
    expect(await side.ask('seq 100000')).toHaveLength(588_895)
    expect(seat.passengers()).toHaveLength(1)
    side.close()
    expect(side.isOpen).toBe(false)
    await expect(side.ask('true')).rejects.toThrow('no answer')
    await eventually('its ssh has gone', () => seat.passengers().length === 0)
    expect(readdirSync(server().directory)).toHaveLength(files)
  })

  it('drops what start files print, and waits for them', async () => {
    startFile('echo noise; printf "more $PPID .\\n"; echo error >&2; sleep 1; printf end\n')
    const seat = await Seat.start(server(), 'exec bash --norc')
    await seat.becomes(atPrompt('bash'))
    const side = (await seat.open()) as SideShell
    expect(await side.ask('echo $0')).toBe('sh\n')
    side.close()
  })

  it.each(
    ['bash', 'zsh', 'fish', 'tcsh', 'dash', 'busybox ash'].filter((shell) =>
      installed(shell.split(' ')[0] as string),
    ),
  )('opens through a login shell that is %s', async (shell) => {
    const text = readFileSync(new URL('../../src/connection/side-shell.ts', import.meta.url), 'utf8')
    const line = /`exec sh -c '(.*)'`/.exec(text)?.[0].slice(1, -1).replace('${nonce}', 'abc') as string
    const [program, ...more] = shell.split(' ') as [string, ...string[]]
    const options = { input: 'echo $0\n', encoding: 'utf8' as const, env: { ...whole, HOME: server().home } }
    expect(execFileSync(program, [...more, '-c', line], options)).toMatch(/^abc \d+ \.\nsh\n$/)
  })

  it('looks one after another, and leaves no word on the terminal', async () => {
    const seat = await Seat.start(server(), 'exec bash --norc')
    await seat.becomes(atPrompt('bash'))
    const before = seat.output
    const looks = await Promise.all([
      seat.looker.look(),
      seat.looker.look({ keep: true }),
      seat.looker.look(),
    ])
    for (const look of looks) expect(look?.evidence).toMatchObject(atPrompt('bash'))
    expect(seat.passengers()).toHaveLength(1)
    const [one, other] = [seat.looker.look(), seat.looker.look()]
    seat.looker.close()
    expect([await one, await other]).toEqual([null, null])
    await eventually('its ssh has gone', () => seat.passengers().length === 0)
    expect(seat.output).toBe(before)
  })

  const POSIX: [string, string[]][] = [
    ['dash', []],
    ['bash', ['--posix']],
    ['ksh', []],
    ['zsh', ['--emulate', 'sh']],
    ['busybox', ['ash']],
  ]
  it.each(POSIX.filter(([program]) => installed(program)))('finds the same by %s', async (program, args) => {
    const seat = await Seat.start(server(), 'cat | sort')
    await seat.becomes(doing('line', 'cat'))
    const { front, evidence } = await seat.look()
    const tools = join(server().home, 'tools')
    mkdirSync(tools, { recursive: true })
    const path = execFileSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()
    if (program === 'busybox') execFileSync(path, ['--install', '-s', tools])
    const env = program === 'busybox' ? { PATH: tools } : whole
    const run = (input: string): string =>
      execFileSync(path, args, {
        input: `${input}\ntrue\n`,
        env,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      })
    expect(parseProcesses(run(processScript())).filter(({ group }) => group === front.group)).toHaveLength(3)
    const details = parseDetails(run(detailScript(front)))
    expect(evidenceOf(front, details)).toEqual(evidence)
    expect(details.members.get(front.group)?.exe).toMatch(/bash$/)
    expect(details.args).toEqual(['bash', '-c', 'cat | sort'])
    expect(run(interruptScript(front, 'INT'))).toBe('sent\n')
    expect((await seat.exit).code).toBe(255) // ssh's code for a signal
  })

  it('a session that ends right after a look ends with its own status, at once', async () => {
    const seat = await Seat.start(server(), null)
    await seat.becomes(atPrompt('bash'))
    const began = performance.now()
    expect(await seat.looker.look()).not.toBeNull()
    seat.type('exit 7\n')
    expect(await seat.exit).toEqual({ code: 7, signal: null })
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it('a session that ends under an open side shell ends once that is closed', async () => {
    const seat = await Seat.start(server(), null)
    await seat.becomes(atPrompt('bash'))
    const { evidence } = await seat.look()
    const side = (await seat.open()) as SideShell
    seat.type('exit 7\n')
    await side.ask(`while kill -0 ${evidence.pid}; do sleep 0.01; done`)
    expect(seat.pty.running).toBe(true)
    side.close()
    expect(await seat.exit).toEqual({ code: 7, signal: null })
  })

  // OpenSSH gives the number of a channel that has ended to the next one, and took that one's status for the session's
  // when the ssh of that channel was killed.
  it('a session that ends while a look begins has its own status', async () => {
    const seats = await Promise.all(
      Array.from({ length: 12 }, () => Seat.start(server(), 'echo go; read x; exit 4')),
    )
    for (const [round, seat] of seats.entries()) {
      await seat.shows('go')
      const looked = seat.looker.look()
      await new Promise((resolve) => setTimeout(resolve, round))
      seat.type('\n')
      await looked
      expect((await seat.exit).code).toBe(4)
    }
  })

  it('ends with its connection, in the middle of an answer', async () => {
    const seat = await Seat.start(server(), 'cat')
    const side = (await seat.open()) as SideShell
    const asked = side.ask('sleep 20')
    process.kill(side.parentPid, 'SIGKILL')
    await expect(asked).rejects.toThrow('no answer')
    expect((await seat.exit).code).toBe(255)
    expect(await seat.open().catch(() => null)).toBeNull()
    expect(await seat.looker.look()).toBeNull()
  })

  it('gives a look up in time, and harms nothing, where the server does not answer', async () => {
    const seat = await Seat.start(server(), 'cat')
    const { parentPid, close } = await seat
      .open()
      .then((side) => ({ parentPid: side?.parentPid ?? 0, close: side?.close() }))
    void close
    process.kill(parentPid, 'SIGSTOP')
    const began = performance.now()
    expect(await seat.looker.look()).toBeNull()
    expect(performance.now() - began).toBeLessThan(3500)
    expect(seat.looker.hopeless).toBe(false)
    await eventually('its ssh has gone', () => seat.passengers().length === 0)
    process.kill(parentPid, 'SIGCONT')
    seat.type('still here\n\x04')
    expect(await seat.exit).toEqual({ code: 0, signal: null })
    expect(seat.output).toContain('still here\r\nstill here')
  })
})

describeSeats(
  'a server that opens one channel only',
  (server) => {
    it('gives no side shell, and is not asked for one again; the session goes on', async () => {
      const seat = await Seat.start(server(), null)
      await seat.shows(PROMPT)
      for (let round = 0; round < 3; round++) expect(await seat.looker.look()).toBeNull()
      expect(seat.looker.hopeless).toBe(true)
      for (let round = 0; round < 3; round++) await expect(seat.open()).rejects.toThrow(ChannelRefused)
      seat.type('echo al"ive"; exit 7\n')
      expect(await seat.exit).toEqual({ code: 7, signal: null })
      expect(seat.output).toContain('alive\r\n')
    })
  },
  ['MaxSessions 1'],
)

describeSeats(
  'a server with a forced command',
  (server) => {
    it('types nothing into it', async () => {
      const seat = await Seat.start(server(), null)
      await seat.shows('Choose')
      expect(await seat.looker.look()).toBeNull()
      await eventually('its ssh has gone', () => seat.passengers().length === 0)
      seat.type('7\n')
      expect(await seat.exit).toEqual({ code: 7, signal: null })
      await eventually('what the menu was told', () => existsSync(join(server().home, 'chosen')))
      expect(readFileSync(join(server().home, 'chosen'), 'utf8')).toBe('7\n')
    })
  },
  [`ForceCommand printf 'Choose: '; read x && echo "$x" >>$HOME/chosen; exit $x`],
)

describeSeats(
  'a server that runs commands by a program of its own',
  (server) => {
    it('finds the session above it', async () => {
      const seat = await Seat.start(server(), null)
      await seat.becomes(doing('line', 'cat'))
    })
  },
  ['ForceCommand if [ "$SSH_ORIGINAL_COMMAND" ]; then sh -c "$SSH_ORIGINAL_COMMAND"; true; else cat; fi'],
)

describeSeats('a look at a session that changes', (server) => {
  it('a relay, which a nested ssh is once it is connected', async () => {
    const seat = await Seat.start(server(), null)
    await seat.becomes(atPrompt('bash'))
    const { identityFile, port } = server()
    const options = `-F none -i ${identityFile} -p ${port} -o UserKnownHostsFile=${server().directory}/other`
    seat.type(`ssh ${options} 127.0.0.1\n`)
    await seat.becomes(doing('line', 'ssh'))
    seat.type('yes\n')
    await seat.becomes(doing('relay', 'ssh'))
  })

  it('a shell that reads a start file, and one whose own read waits', async () => {
    const file = join(server().home, 'profile')
    writeFileSync(file, 'read x\n')
    const seat = await Seat.start(server(), `ENV=${file} exec dash -i`)
    await seat.becomes({ kind: 'shell', comm: 'dash', canonical: true, reading: true, sourcing: true })
    seat.type('\n')
    await seat.becomes({ kind: 'shell', comm: 'dash', canonical: true, reading: true, sourcing: false })
    const other = await Seat.start(server(), null)
    await other.becomes(atPrompt('bash'))
    other.type('read -p "name: " x\n')
    await other.becomes({ kind: 'shell', comm: 'bash', canonical: true, echo: true, reading: true })
  })

  it('interrupts what was in front, and nothing that came later', async () => {
    const seat = await Seat.start(server(), null)
    await seat.becomes(atPrompt('bash'))
    seat.type('sleep 30\n')
    await seat.becomes(doing('working', 'sleep'))
    const look = (await seat.looker.look()) as Look
    expect(await seat.looker.interrupt(look, 'INT')).toBe(true)
    await seat.becomes(atPrompt('bash'))
    expect(await seat.looker.interrupt(look, 'INT')).toBe(false)
    expect(seat.pty.running).toBe(true)
  })
})
