import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Account, makeAccount, whyNoAccounts } from '../support/accounts.js'
import { type Bench, describeSessions, type Facts } from '../support/harness.js'
import { installed } from '../support/remote.js'
import { PROMPT } from '../support/sshd.js'

/** One session, and what is done in it. */
class Seat {
  readonly bench: Bench
  readonly id: string

  private constructor(bench: Bench, id: string) {
    this.bench = bench
    this.id = id
  }

  static async open(bench: Bench, session_name: string, args: Record<string, unknown> = {}): Promise<Seat> {
    const opened = await bench.client.ensure({ ...bench.sshd.connection, session_name, ...args })
    expect(opened).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    return new Seat(bench, opened.session_id)
  }

  run(command: string, args: Record<string, unknown> = {}): Promise<Facts> {
    return this.bench.client.call('ssh_run', { session_id: this.id, command, timeout_seconds: 20, ...args })
  }

  write(input: string, args: Record<string, unknown> = {}): Promise<Facts> {
    return this.bench.client.write(this.id, input, args)
  }

  keys(...keys: string[]): Promise<Facts> {
    return this.bench.client.call('ssh_write_session', { session_id: this.id, keys })
  }

  /** All that came from an offset on, but for what is hidden. */
  async raw(offset: number): Promise<string> {
    const { output } = await this.bench.client.read(this.id, { offset, format: 'raw', wait_seconds: 0 })
    return output
  }

  /** The transcript's own bytes from an offset on. */
  async bytes(from = 0): Promise<string> {
    const { transcript_path } = await this.bench.client.read(this.id, { wait_seconds: 0 })
    return readFileSync(transcript_path, 'latin1').slice(from)
  }

  stop(): Promise<Facts> {
    return this.bench.client.call('ssh_stop_session', { session_id: this.id, force: true })
  }
}

const done = (output: string, exit_code = 0, cwd?: string) => ({
  finished: true,
  wait_ended_by: 'finished',
  output,
  exit_code,
  skipped_output_chars: 0,
  pending_output_chars: 0,
  ...(cwd ? { cwd } : {}),
})

const atPrompt = { finished: false, wait_ended_by: 'prompt', exit_code: null }
const refused = { isError: true, error_type: 'validation_error' }

const available = (...shells: string[]): string[] =>
  shells.filter((shell) => installed(shell.split(' ')[0] as string))

describeSessions('a shell inside a shell', (bench) => {
  let folder: string
  let account: Account | null = null

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nested-'))
    symlinkSync('/bin/busybox', join(folder, 'ash'))
    if (whyNoAccounts() === '') account = makeAccount()
  })
  afterAll(() => {
    account?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const ssh = (command = ''): string => {
    const { port, identityFile, knownHosts } = bench.sshd
    const files = `-i ${identityFile} -o UserKnownHostsFile=${knownHosts}`
    return `ssh -tt -p ${port} ${files} ${userInfo().username}@127.0.0.1 ${command}`
  }

  it('that has no line editor is found by a wait for its prompt', async () => {
    // Only a wait for quiet had looked who is in front, and this one was in vain.
    const seat = await Seat.open(bench, 'waited for')
    for (const shell of ['dash', `${folder}/ash -i`]) {
      const entered = await seat.write(`${shell}\n`, { wait_for: 'prompt', wait_seconds: 20 })
      expect(entered).toMatchObject({ wait_ended_by: 'prompt' })
      expect(await seat.run('echo inside')).toMatchObject({ finished: true, output: 'inside\n' })
      expect(await seat.write('exit\n', { wait_for: 'prompt' })).toMatchObject({ wait_ended_by: 'prompt' })
    }
    await seat.stop()
  })

  /** Goes in, works there, and comes out again. @param says what is printed when it goes */
  async function visit(seat: Seat, enter: string, says: string): Promise<void> {
    expect(await seat.run(enter), enter).toMatchObject(atPrompt)
    const inside = await seat.run("printf 'in \\303\\251 side\\n'; sh -c 'exit 7'")
    expect(inside, enter).toMatchObject(done('in é side\n', 7))
    expect(await seat.run('cd /; pwd'), enter).toMatchObject(done('/\n', 0, '/'))
    expect(await seat.run('exit 4'), enter).toMatchObject(done(says, 4, '/tmp'))
  }

  it.each(available('bash', 'zsh', 'fish', 'dash', 'busybox'))(
    'runs what it is given, and leaves the outer one as it was: %s',
    async (outer) => {
      const shell = outer === 'busybox' ? join(folder, 'ash') : outer
      const status = outer === 'fish' ? '$status' : '$?'
      const seat = await Seat.open(bench, `on ${outer}`, { shell })
      await seat.run(outer === 'fish' ? 'cd /tmp; set V outer' : 'cd /tmp; V=outer')
      const insides = available('bash', 'zsh', 'fish', 'sh', 'busybox ash')
      for (const inside of insides) {
        await visit(seat, inside, inside.includes('bash') ? 'exit\n' : '')
        expect(await seat.run(`echo ${status} $V`), inside).toMatchObject(done('4 outer\n', 0, '/tmp'))
      }
      await seat.stop()
    },
  )

  it('is found however it was started', async () => {
    const seat = await Seat.open(bench, 'ways')
    await seat.run('cd /tmp; V=outer')
    const ways: [string, string][] = [
      ["bash -c 'exec bash'", 'exit\n'],
      ['env -i TERM=xterm bash --norc', 'exit\n'],
      ["script -qec 'bash --norc' /dev/null", 'exit\n'],
      [ssh(), 'logout\nConnection to 127.0.0.1 closed.\n'],
      [ssh('"PS1=\'deploy@web-1:~\\$ \' exec bash --norc"'), 'exit\nConnection to 127.0.0.1 closed.\n'],
    ]
    if (installed('sudo') && process.getuid?.() === 0)
      ways.push(['sudo -i', 'logout\n'], ['sudo -s', 'exit\n'])
    if (account) ways.push([`su - ${account.name}`, 'logout\n'], [`su ${account.name}`, 'exit\n'])
    for (const [way, says] of ways) {
      await visit(seat, way, says)
      expect(await seat.run('echo $? $V'), way).toMatchObject(done('4 outer\n', 0, '/tmp'))
    }
    await seat.stop()
  })

  it('may be five deep', async () => {
    const seat = await Seat.open(bench, 'deep')
    const levels = available('bash', 'zsh', 'sh', 'bash', 'fish')
    for (const [depth, shell] of levels.entries()) {
      expect(await seat.run(shell)).toMatchObject(atPrompt)
      if (shell !== 'fish') await seat.run(`D=${depth}`)
    }
    for (const [depth, shell] of [...levels.entries()].reverse()) {
      if (shell !== 'fish') expect(await seat.run('echo $D')).toMatchObject(done(`${depth}\n`))
      const says = shell === 'bash' ? 'exit\n' : ''
      expect(await seat.run(`exit ${depth + 1}`)).toMatchObject(done(says, depth + 1))
    }
    expect(await seat.run('echo $?')).toMatchObject(done('1\n'))
    await seat.stop()
  })

  it.each(available('zsh', 'bash', 'fish', 'dash'))(
    'takes the place of the one before: exec %s',
    async (shell) => {
      const seat = await Seat.open(bench, `exec ${shell}`)
      expect(await seat.run(`cd /tmp; exec ${shell}`)).toMatchObject(atPrompt)
      expect(await seat.run('echo here')).toMatchObject(done('here\n', 0, '/tmp'))
      expect(await seat.run("sh -c 'exit 9'")).toMatchObject(done('', 9))
      const ended = await seat.run('exit 4')
      expect(ended).toMatchObject({ running: false, exit_code: 4, wait_ended_by: 'exit', finished: true })
      expect(ended.output).toBe(shell === 'bash' ? 'exit\n' : '')
    },
  )

  async function sayGoodbye(shell: string): Promise<void> {
    const seat = await Seat.open(bench, `last of ${shell}`)
    expect(await seat.run(shell)).toMatchObject(atPrompt)
    const goodbye = shell === 'bash' ? 'bye\nexit\n' : 'bye\n'
    expect(await seat.run('echo bye; exit 4')).toMatchObject(done(goodbye, 4))
    expect(await seat.run(`exec ${shell}`)).toMatchObject(atPrompt)
    const ended = await seat.run('echo bye; exit 4')
    expect(ended).toMatchObject({ output: goodbye, exit_code: 4, wait_ended_by: 'exit', running: false })
  }

  it.each(available('bash', 'zsh', 'dash'))('gives what stood before its end: %s', sayGoodbye)
  it.skipIf(!installed('fish'))('gives what stood before its end: fish', () => sayGoodbye('fish'))

  async function workFar(shell: string): Promise<void> {
    const seat = await Seat.open(bench, `far ${shell}`)
    expect(await seat.run(ssh(`"exec ${shell}"`))).toMatchObject(atPrompt)
    expect(await seat.run('echo far')).toMatchObject(done('far\n'))
    expect(await seat.run("printf 'no end'; sh -c 'exit 3'")).toMatchObject(done('no end', 3))
    expect(await seat.run('exit 4')).toMatchObject({ exit_code: 4, wait_ended_by: 'finished' })
    expect(await seat.run('echo $?')).toMatchObject(done('4\n'))
    await seat.stop()
  }

  it.each(available('busybox ash', 'zsh', 'fish', 'bash'))(
    'on another machine prints only its own: %s',
    workFar,
  )
  it('on another machine prints only its own: dash', () => workFar('dash'))

  it('with a prompt of no known form on another machine is left alone', async () => {
    const seat = await Seat.open(bench, 'unknown')
    const entered = await seat.run(ssh('"PS1=\'=> \' exec bash --norc"'), { timeout_seconds: 1.5 })
    expect(entered).toMatchObject({ finished: false, exit_code: null, output: '=> ' })
    expect(entered.wait_ended_by).not.toBe('prompt')
    expect(await seat.run('echo x')).toMatchObject(refused)
    const written = await seat.write('echo typed\n', { wait_for: 'pattern', pattern: '^typed' })
    expect(written.wait_ended_by).toBe('pattern')
    expect(await seat.bytes(entered.offset)).not.toContain('__sm')
    expect(await seat.write('exit 6\n', { wait_for: 'prompt' })).toMatchObject({
      wait_ended_by: 'prompt',
      command: { finished: true, exit_code: 6 },
    })
    expect(await seat.run('echo $?')).toMatchObject(done('6\n'))
    await seat.stop()
  })

  it('of a terminal multiplexer is not typed into', async () => {
    const seat = await Seat.open(bench, 'tmux', { env: { TERM: 'xterm' } })
    const socket = join(folder, 'mux')
    const tmux = `tmux -S ${socket} -f /dev/null new-session -s inner`
    const entered = await seat.run(tmux, { timeout_seconds: 1 })
    expect(entered).toMatchObject({ finished: false, exit_code: null })
    expect(await seat.run('echo x')).toMatchObject(refused)
    const pane = ['-S', socket, 'capture-pane', '-p', '-t', 'inner']
    expect(execFileSync('tmux', pane, { encoding: 'utf8' })).toMatch(/^[^\n]{0,60}[$#] ?\n*$/)
    const left = await seat.write('exit\n', { wait_for: 'prompt' })
    expect(left).toMatchObject({ wait_ended_by: 'prompt', command: { finished: true, exit_code: 0 } })
    expect(await seat.run('echo out')).toMatchObject(done('out\n'))
    await seat.stop()
  })

  it.skipIf(whyNoAccounts() !== '')('is not reached before its password, right or wrong', async () => {
    const other = makeAccount()
    const { name, password } = account as Account
    const seat = await Seat.open(bench, 'su')
    expect(await seat.run(`su - ${other.name}`)).toMatchObject(atPrompt)
    const asked = await seat.run(`su - ${name}`)
    expect(asked).toMatchObject({ finished: false, wait_ended_by: 'password_prompt', output: 'Password: ' })
    expect(await seat.run('echo x')).toMatchObject(refused)
    const wrong = await seat.write('wrong\n', { wait_seconds: 20 })
    expect(wrong).toMatchObject({ wait_ended_by: 'prompt', command: { finished: true, exit_code: 1 } })
    expect(wrong.output).toContain('Authentication failure')
    expect(await seat.run('echo $? $USER')).toMatchObject(done(`1 ${other.name}\n`))
    expect(await seat.run(`su - ${name}`)).toMatchObject({ wait_ended_by: 'password_prompt' })
    const right = await seat.write(`${password}\n`, { wait_seconds: 20 })
    expect(right).toMatchObject({ wait_ended_by: 'prompt', output: `\n${PROMPT}` })
    expect(await seat.run('echo $USER')).toMatchObject(done(`${name}\n`))
    expect(await seat.bytes()).not.toContain(password)
    expect(await seat.run('exit 4')).toMatchObject(done('logout\n', 4))
    expect(await seat.run('exit 5')).toMatchObject(done('logout\n', 5))
    await seat.stop()
    other.remove()
  })
})

/** Prints what it reads, key by key, to a file. It looks as much like a shell at its prompt as it can. */
const DISGUISED = `import os, sys, termios, tty
old = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, b'\\x1b[?2004hroot@host:~# ')
log = open(sys.argv[1], 'wb', buffering=0)
key = b''
while key != b'q':
    key = os.read(0, 1)
    log.write(key)
os.write(1, b'\\x1b[?2004l')
termios.tcsetattr(0, termios.TCSADRAIN, old)
`

describeSessions('a program in front', (bench) => {
  const programs: [string, string, string[]][] = [
    ['python3', 'python3 -q', ['C-d']],
    ['bc', 'bc -q', ['C-d']],
    ['less', 'seq 500 | less', ['q']],
    ['vi', 'vi /dev/null', ['Escape', ':', 'q', '!', 'Enter']],
    ['top', 'top', ['q']],
    ['cat', 'cat', ['C-d']],
    ['sh', `sh -c 'printf "root@host:~# "; read x; printf %s "$x"'`, ['Enter']],
    ['bash', 'read -p "bash-5.2$ " x; printf %s "$x"', ['Enter']],
    ['bash', 'read -s -p "$ " x; printf %s "$x"', ['Enter']],
  ]

  it.each(programs.filter(([program]) => installed(program)))(
    'is not typed into: %s, %s',
    async (_, command, keys) => {
      const seat = await Seat.open(bench, command.slice(0, 20), { env: { TERM: 'xterm' } })
      const started = await seat.run(command, { timeout_seconds: 4 })
      expect(started).toMatchObject({ finished: false, exit_code: null })
      expect(started.wait_ended_by).toMatch(/^(needs_input|password_prompt|timeout)$/)
      expect(await seat.run('echo x')).toMatchObject(refused)
      const left = await seat.keys(...keys)
      expect(left).toMatchObject({ wait_ended_by: 'prompt', command: { finished: true } })
      expect(await seat.bytes(started.offset)).not.toMatch(/__sm_[a-z]|echo x/)
      expect(await seat.run('echo after')).toMatchObject(done('after\n'))
      await seat.stop()
    },
  )

  it('is not typed into however much it looks like a shell', async () => {
    const script = join(bench.sshd.home, 'disguised.py')
    const log = join(bench.sshd.home, 'keys')
    writeFileSync(script, DISGUISED)
    const seat = await Seat.open(bench, 'disguised')
    const started = await seat.run(`python3 ${script} ${log}`, { timeout_seconds: 10 })
    expect(started).toMatchObject({ finished: false, wait_ended_by: 'needs_input', output: 'root@host:~# ' })
    expect(await seat.run('echo x')).toMatchObject(refused)
    await bench.client.read(seat.id, { wait_seconds: 1, wait_for: 'prompt' })
    expect(await seat.write('abq', { wait_for: 'prompt' })).toMatchObject({ wait_ended_by: 'prompt' })
    expect(readFileSync(log, 'latin1')).toBe('abq')
    await seat.stop()
  })
})
