import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { alive, eventually, type Facts, processesWith } from '../support/harness.js'
import { describeRemote, describeTerminals, installed, memory, nap, pidOf } from '../support/remote.js'

describeRemote('ssh_exec', (bench) => {
  const exec = (command: string, args: Facts = {}) => bench.remote.exec(command, args)
  const output = async (command: string, args: Facts = {}): Promise<string> => {
    const { stdout, stderr, isError, message } = await exec(command, args)
    return isError ? `error: ${message}` : stdout + stderr
  }
  const inHome = (name: string) => join(bench.remote.sshd.home, name)

  it('keeps the two outputs apart, and every byte in them', async () => {
    const command = String.raw`printf 'a\r\nno end'; printf '\033[31mred\033[0m\0\ttab\n' >&2`
    expect(await exec(command)).toMatchObject({
      ...{ ok: true, exit_code: 0, signal: null, timed_out: false, truncated: false, warning: null },
      ...{ stdout: 'a\r\nno end', stderr: '\x1b[31mred\x1b[0m\0\ttab\n' },
      ...{ target: bench.remote.sshd.connection.target, command, isError: false },
    })
    expect(await exec(String.raw`printf 'a\377b\303'; printf '\360\237\230\200\303\251' >&2`)).toMatchObject({
      ...{ stdout: 'a\ufffdb\ufffd', stderr: '😀é' },
    })
  })

  it('gives each output as text of its own and the facts last, where nothing structured is wanted', async () => {
    const plain = await bench.remote.place.client({ SSH_MCP_STRUCTURED: '' })
    const run = (command: string) => bench.remote.execBy(plain, command)
    const [out, err, facts, ...more] = (await run('echo out; echo err >&2; exit 3')).texts
    expect([out, err, more]).toEqual(['out\n', 'stderr:\nerr\n', []])
    expect(JSON.parse(facts)).toEqual({ ok: false, exit_code: 3, duration_ms: expect.any(Number) })
    const silent = await run('true')
    expect(silent.texts.map((text: string) => JSON.parse(text))).toEqual([
      { ok: true, exit_code: 0, duration_ms: expect.any(Number) },
    ])
    expect((await run('echo err >&2')).texts[0]).toBe('stderr:\nerr\n')
    const cut = JSON.parse((await run('seq 9000')).texts.at(-1))
    expect(cut).toMatchObject({ ok: true, truncated: true })
  })

  it.concurrent.each([0, 1, 2, 125, 126, 127, 128, 130, 254, 255])(
    'reports exit code %i',
    async (exit_code) => {
      const facts = await exec(`echo before; exit ${exit_code}`)
      expect(facts).toMatchObject({ exit_code, ok: exit_code === 0, signal: null, stdout: 'before\n' })
    },
  )

  it.concurrent.each(['TERM', 'KILL', 'HUP', 'INT', 'SEGV', 'USR1'])(
    'names the signal that ended a command: %s',
    async (name) => {
      const facts = await exec(`echo before; kill -${name} $$; sleep 5`)
      expect(facts).toMatchObject({ exit_code: null, ok: false, signal: `SIG${name}`, stdout: 'before\n' })
    },
  )

  it.concurrent('gives a command its input, all of it', async () => {
    const stdin = 'zwölf Boxkämpfer\r\n\0'.repeat(210_000).slice(0, 3_700_000)
    const bytes = Buffer.from(stdin)
    expect(bytes.length).toBeGreaterThan(4_000_000)
    const digest = createHash('sha256').update(bytes).digest('hex')
    expect(await output('sha256sum', { stdin })).toBe(`${digest}  -\n`)
    const most = 'x'.repeat(4 * 1024 * 1024)
    expect(await output('wc -c', { stdin: most })).toBe(`${most.length}\n`)
    expect(await output('head -c 3', { stdin: most })).toBe('xxx')
    const refused = await exec('wc -c', { stdin: `${most}x` })
    expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
    expect(await output('cat', { stdin: 'no end' })).toBe('no end')
  })

  // A timer of more than 24 days went off at once, and a fraction of a millisecond was no time to open a channel in.
  it.concurrent.each([31_536_000, 1.2345678])('takes a timeout of %d seconds', async (timeout) => {
    expect(await exec('echo ran', { timeout })).toMatchObject({ stdout: 'ran\n', timed_out: false })
  })

  it.concurrent('closes the input of a command that is given none', async () => {
    expect(await output('cat; read x || echo end')).toBe('end\n')
    expect(await output('cat; echo end', { stdin: '' })).toBe('end\n')
  })

  it('sets variables, whatever they hold', async () => {
    const env = {
      QUOTES: `it's "quoted" \`date\` $HOME \${HOME} \\ \\n`,
      LINES: 'first\nsecond\r\n\tthird\n',
      SIGNS: "!! ; & | < > ( ) { } [ ] * ? ~ # % ^ = ''",
      LETTERS: 'Grüße 日本語 😀',
      DASH: '-n -e',
      EMPTY: '',
      _lower1: ' blank ',
    }
    const show = Object.keys(env).map((name) => `printf '%s\\0' "$${name}"`)
    for (const _ of ['not known yet', 'known']) {
      const { stdout } = await exec(`${show.join(';')}; test -n "\${EMPTY+set}"`, { env })
      expect(stdout.split('\0')).toEqual([...Object.values(env), ''])
    }
    expect(await output("sh -c 'echo $FOR_CHILDREN'", { env: { FOR_CHILDREN: 'exported' } })).toBe(
      'exported\n',
    )
    const refused = await exec('true', { env: { 'A;B': 'x' } })
    expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
  })

  it('starts in a directory, the remote home first of all', async () => {
    const { home } = bench.remote.sshd
    const odd = inHome(`it's -a  directory $HOME`)
    mkdirSync(odd)
    mkdirSync(inHome('-dash'))
    const tilde = `~/it's -a  directory $HOME`
    expect(await output('pwd', { cwd: '~' })).toBe(`${home}\n`)
    expect(await output('pwd', { cwd: '~/' })).toBe(`${home}\n`)
    expect(await output('pwd', { cwd: odd })).toBe(`${odd}\n`)
    expect(await output('pwd', { cwd: tilde })).toBe(`${odd}\n`)
    expect(await output('pwd', { cwd: '/' })).toBe('/\n')
    expect(await output('pwd', { cwd: '-dash', env: { HOME: home } })).not.toContain('error')
  })

  it('runs nothing of a command whose directory is not there', async () => {
    for (const command of ['touch canary; touch canary', 'false || touch canary', '\ntouch canary\n']) {
      const facts = await exec(`cd ~; ${command}`, { cwd: '~/nowhere' })
      expect(facts).toMatchObject({ ok: false, exit_code: 1, stdout: '' })
      expect(facts.stderr).toContain('nowhere')
      const other = await exec(`cd ~; ${command}`, { cwd: '/etc/passwd', shell: 'sh' })
      expect(other.ok).toBe(false)
    }
    expect(existsSync(inHome('canary'))).toBe(false)
  })

  it('gives the command to another shell where one is asked for', async () => {
    const env = { ODD: `it's "odd" $x` }
    expect(await output(`echo "$0 $ODD"; echo \${x:-"#"} # done`, { shell: '/bin/dash', env })).toBe(
      `/bin/dash ${env.ODD}\n#\n`,
    )
    expect(await output('readlink -f /proc/$$/exe', { shell: 'dash' })).toContain('dash')
    expect(await output('exit 4; echo not this', { shell: 'sh' })).toBe('')
    for (const python of ['python3', 'perl'].filter(installed)) {
      const flag = python === 'perl' ? [] : ['import os; print(os.environ["ODD"])\nprint(6 * 7)']
      for (const command of flag) {
        expect(await output(command, { shell: python, env })).toBe(`${env.ODD}\n42\n`)
      }
    }
    const missing = await exec('echo not this', { shell: '/no/such/shell' })
    expect(missing).toMatchObject({ ok: false, exit_code: 127, stdout: '' })
    expect(missing.stderr).toContain('/no/such/shell')
  })

  it.concurrent.each([
    ['of many lines', 'for i in 1 2; do\n  echo $i\ndone\n\n\necho "a\nb"\n', '1\n2\na\nb\n'],
    ['with a heredoc', "cat <<'END'\n$HOME `x` it's\nEND\necho after", "$HOME `x` it's\nafter\n"],
    ['that ends in a heredoc', 'x=5; cat <<END\nvalue $x\nEND', 'value 5\n'],
    ['with a comment at its end', 'echo a # b', 'a\n'],
    ['that is only a comment', '# nothing', ''],
    ['that begins with a comment', '# first\necho second', 'second\n'],
    ['with every quote', `echo 'a' "b" 'it'\\''s' "\\"" \\!`, `a b it's " !\n`],
    ['with a function', 'f() { echo "$1"; }\nf x', 'x\n'],
    ['in a group', '{ echo a; } && (echo b)', 'a\nb\n'],
    ['that ends in an ampersand', 'echo a &', 'a\n'],
    ['that ends in a semicolon', 'echo a;', 'a\n'],
    ['with percent signs', "printf '%s%%\\n' 5", '5%\n'],
    ['in other letters', 'echo "Grüße 日本語 😀"', 'Grüße 日本語 😀\n'],
    ['with blanks around it', '   echo a   ', 'a\n'],
    ['with CRLF within quotes', 'echo "a\r\nb"', 'a\r\nb\n'],
    ['with shell options', 'set -eu; echo a; false; echo b', 'a\n'],
    ['with a trap', "trap 'echo bye' EXIT; echo hi", 'hi\nbye\n'],
    ['that closes its own output', 'echo a; exec >&-; sleep 0.1', 'a\n'],
    ['with arithmetic and history signs', 'echo $((1 << 3))!!', '8!!\n'],
  ])('takes a command %s', async (_, command, expected) => {
    expect(await output(command)).toBe(expected)
    expect(await output(command, { env: { A: '1' }, cwd: '~' })).toBe(expected)
  })

  it('takes a shell’s own quotes, where it is asked for', async () => {
    expect(await output("echo $'\\x41'", { shell: 'bash' })).toBe('A\n')
  })

  it('shows the shell’s own complaints about a command, with its own line numbers', async () => {
    const unfinished = await exec('echo "never closed')
    expect(unfinished).toMatchObject({ ok: false, stdout: '' })
    expect(unfinished.stderr).toMatch(/unexpected EOF|Unterminated/i)
    const dash = await exec('-x')
    expect(dash).toMatchObject({ exit_code: 127 })
    expect(dash.stderr).toContain('-x')
    expect((await exec('-x', { shell: 'dash' })).stderr).toContain('-x')
    const second = await exec('true\nno-such-program')
    expect(second).toMatchObject({ exit_code: 127 })
    expect(second.stderr).toMatch(/line 2|:2:|: 2:/)
    expect(second.stderr).not.toContain('ssh-mcp')
  })

  it('takes long commands, and says what to do about one that is too long', async () => {
    const quotes = `'"`.repeat(2000)
    const text = `${'x'.repeat(100_000)}`
    for (const _ of ['not known yet', 'known'])
      expect(await output(`printf %s ${text} | wc -c`)).toBe('100000\n')
    expect(await output(`cat <<'END'\n${quotes}\nEND`)).toBe(`${quotes}\n`)
    const refused = await exec(`true ${'x'.repeat(200_000)}`)
    expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
    expect(refused.message).toContain('stdin')
    expect(await output('sh -s', { stdin: `true ${'x'.repeat(200_000)}; echo ran` })).toBe('ran\n')
  })

  it.concurrent.each([
    ['a command with a NUL', { command: 'echo a\0b' }],
    ['a command with half a character', { command: 'echo \ud800' }],
    ['a variable with a NUL', { env: { A: 'a\0' } }],
    ['a variable with half a character', { env: { A: '\udc00' } }],
    ['a directory with a NUL', { cwd: '/tmp\0' }],
    ['a shell with a NUL', { shell: 'sh\0' }],
    ['no command', { command: '' }],
    ['a negative time', { timeout: -1 }],
    ['an argument that it does not know', { commands: 'true' }],
    ['an argument of another tool', { wait_seconds: 1 }],
    ['two users', { user: 'somebody-else' }],
    ['two hosts', { host: 'elsewhere' }],
    ['two times', { timeout: 1, timeout_sec: 2 }],
  ])('refuses %s', async (_, args) => {
    const facts = await exec('touch ~/refused-canary', args)
    expect(facts).toMatchObject({ isError: true, error_type: 'validation_error' })
    expect(existsSync(inHome('refused-canary'))).toBe(false)
  })

  it('takes other names of its parameters too, without publishing them', async () => {
    const { target, ...connection } = bench.remote.sshd.connection
    const [user, host] = target.split('@')
    const call = (args: Facts) =>
      bench.remote.client.call('ssh_exec', { ...connection, command: 'echo $USER; sleep 0.1', ...args })
    expect(await call({ host, user, timeout_sec: 20 })).toMatchObject({ ok: true, stdout: `${user}\n` })
    expect(await call({ target: host, user, timeout_sec: '20' })).toMatchObject({ ok: true })
    const late = await call({ host: target, command: `sleep ${nap()}`, timeout_sec: 0.2 })
    expect(late).toMatchObject({ timed_out: true })
    const { tools } = await bench.remote.client.mcp.listTools()
    const published = tools.find(({ name }) => name === 'ssh_exec')?.inputSchema.properties
    expect(published).toHaveProperty('timeout')
    for (const name of ['host', 'user', 'timeout_sec']) expect(published).not.toHaveProperty(name)
    const unknown = await exec('true', { hosst: 'x' })
    expect(unknown.message).toMatch(/hosst.*takes: target/)
    expect(unknown.message).not.toContain('timeout_sec')
  })

  it.concurrent('gives the beginning and the end of what is too much, and counts what lies between', async () => {
    const facts = await exec('seq -w 1 99999 | tr "\\n" ","; seq 5 >&2', { max_output_chars: 100 })
    const whole = Array.from({ length: 99999 }, (_, i) => `${String(i + 1).padStart(5, '0')},`).join('')
    const missing = (whole.length - 100).toLocaleString('en-US')
    expect(facts.stdout).toBe(
      `${whole.slice(0, 50)}\n… ${missing} characters left out …\n${whole.slice(-50)}`,
    )
    expect(facts).toMatchObject({ truncated: true, stderr: '1\n2\n3\n4\n5\n' })
    const exact = await exec("printf '%0100d' 0", { max_output_chars: 100 })
    expect(exact).toMatchObject({ truncated: false, stdout: '0'.repeat(100) })
    const one = await exec("printf '%0101d' 0", { max_output_chars: 100 })
    expect(one.stdout).toBe(`${'0'.repeat(50)}\n… 1 characters left out …\n${'0'.repeat(50)}`)
  })

  it.concurrent('cuts no character in two, and counts as it is told to', async () => {
    const facts = await exec('for i in $(seq 500); do printf "😀é"; done', { max_output_chars: 101 })
    const [first = '', middle = '', last = ''] = facts.stdout.split('\n')
    expect(facts.stdout.isWellFormed()).toBe(true)
    expect(first + last).toMatch(/^[😀é]+$/u)
    const missing = Number(/^… ([\d,]+) characters left out …$/.exec(middle)?.[1]?.replaceAll(',', ''))
    expect(first.length + missing + last.length).toBe(1500)
    expect(first.length + last.length).toBeLessThanOrEqual(101)
    expect(first.length + last.length).toBeGreaterThan(95)
    const usual = await exec('head -c 20000 /dev/zero | tr "\\0" x')
    expect(usual.stdout).toContain(`x\n… 4,000 characters left out …\nx`)
  })

  it('passes 300 MB by without keeping them', async () => {
    const pid = bench.remote.daemonPid()
    await exec('head -c 30000000 /dev/zero | tr "\\0" x')
    const before = memory(pid, 'VmRSS')
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
    const facts = await exec('echo first; head -c 300000000 /dev/zero | tr "\\0" "x"; echo; echo last', {
      max_output_chars: 1000,
    })
    expect(memory(pid, 'VmHWM') - before).toBeLessThan(40)
    expect(facts).toMatchObject({ ok: true, truncated: true })
    expect(facts.stdout).toMatch(/^first\nx{494}\n… 299,999,012 characters left out …\nx{494}\nlast\n$/)
  })

  const LONG: [string, (time: string) => string][] = [
    ['plain', (time) => `sleep ${time}`],
    ['compound', (time) => `echo begin; sleep ${time}; echo end`],
    ['in the background too', (time) => `sleep ${time} & sleep ${time}; wait`],
    ['in a subshell in the background', (time) => `(sleep ${time} &) ; sleep ${time}`],
    ['a pipeline', (time) => `sleep ${time} | cat | wc -c`],
    ['deaf to the polite signal', (time) => `trap '' TERM HUP INT; sleep ${time}; sleep ${time}`],
    ['in a process group of its own', (time) => `timeout 300 sleep ${time}`],
    ['with job control', (time) => `set -m; sleep ${time} & sleep ${time}`],
    ['that does not hang up', (time) => `nohup sleep ${time}`],
    ['in another shell', (time) => `dash -c 'sleep ${time}; true'`],
    ['that talks all the time', (time) => `sleep ${time} & while :; do echo more; done`],
    ['that reads', (time) => `sleep ${time} & cat /dev/zero > /dev/null`],
  ]

  it.concurrent.each(LONG)('ends what is running when its time is up: %s', async (_, command) => {
    const time = nap()
    const facts = await exec(`echo first; ${command(time)}`, { timeout: 0.7 })
    expect(processesWith(time)).toEqual([])
    expect(facts).toMatchObject({ timed_out: true, ok: false, exit_code: null, warning: null })
    expect(facts.stdout.startsWith('first\n')).toBe(true)
    expect(facts.duration_ms).toBeGreaterThan(690)
    expect(facts.duration_ms).toBeLessThan(5000)
  })

  it.concurrent('gives back what a command said before its time was up', async () => {
    const facts = await exec(`printf out; printf err >&2; sleep ${nap()}`, { timeout: 0.5 })
    expect(facts).toMatchObject({ timed_out: true, stdout: 'out', stderr: 'err' })
    const within = await exec('sleep 0.3; echo done', { timeout: 0 })
    expect(within).toMatchObject({ ok: true, stdout: 'done\n' })
  })

  it('takes the client’s own time where the call names none', async () => {
    const client = await bench.remote.place.client({ SSH_DEFAULT_TIMEOUT_SEC: '1' })
    const time = nap()
    expect(await bench.remote.execBy(client, `sleep ${time}`)).toMatchObject({ timed_out: true })
    expect(await bench.remote.execBy(client, 'sleep 1.5; echo done', { timeout: 10 })).toMatchObject({
      ok: true,
    })
  })

  it.concurrent.each(LONG.slice(0, 7))(
    'ends what is running when its call is cancelled: %s',
    async (_, command) => {
      const time = nap()
      const abort = new AbortController()
      const call = bench.remote.exec(command(time), {}, abort.signal).catch((error: Error) => error)
      await eventually('the command runs', () => processesWith(`sleep ${time}`).length > 0)
      abort.abort(new Error('not wanted any more'))
      expect(await call).toBeInstanceOf(Error)
      await eventually('nothing is left of it', () => processesWith(time).length === 0)
    },
  )

  // The daemon takes the end of the bridge for the end of its input, and goes on for an answer nobody takes.
  it.concurrent.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends what is running when its client is ended by %s',
    async (signal) => {
      const client = await bench.remote.place.client()
      const times = LONG.slice(0, 7).map(([, command]) => {
        const time = nap()
        bench.remote.execBy(client, command(time)).catch(() => {})
        return time
      })
      const asleep = () => processesWith('sleep 120.')
      const runs = (time: string) => asleep().some((line) => line.includes(`sleep ${time}`))
      await eventually('all commands run', () => times.every(runs))
      process.kill(client.pid, signal)
      await eventually('nothing is left of them', () => !times.some(runs))
    },
  )

  // As above.
  it.concurrent('ends what is running when its client goes away in order', async () => {
    const client = await bench.remote.place.client()
    const time = nap()
    bench.remote.execBy(client, `sleep ${time}`).catch(() => {})
    await eventually('the command runs', () => processesWith(`sleep ${time}`).length > 0)
    await client.close()
    await eventually('nothing is left of it', () => processesWith(time).length === 0)
  })

  it.concurrent('leaves alone what a command has left behind, and does not wait for it', async () => {
    const time = nap()
    const facts = await exec(`sleep ${time} & echo done`)
    expect(facts).toMatchObject({ ok: true, stdout: 'done\n', stderr: '' })
    expect(facts.duration_ms).toBeLessThan(2000)
    const chatty = await exec(`(while sleep 0.1; do echo tick; done; true ${time}) & echo done; exit 7`)
    expect(chatty).toMatchObject({ exit_code: 7, timed_out: false })
    expect(chatty.duration_ms).toBeLessThan(8000)
    expect(chatty.stdout.startsWith('done\n')).toBe(true)
    const [left] = processesWith(`sleep ${time}`).map(pidOf)
    expect(alive(left as number)).toBe(true)
    process.kill(left as number)
    await eventually('what it talks to is gone', () => processesWith(time).length === 0)
  })

  it('gives each of thirty calls at once its own output', async () => {
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        exec(`seq ${i} ${i + 1000} | sha256sum; echo err${i} >&2; exit ${i}`),
      ),
    )
    for (const [i, facts] of all.entries()) {
      const numbers = Array.from({ length: 1001 }, (_, k) => `${i + k}\n`).join('')
      const digest = createHash('sha256').update(numbers).digest('hex')
      expect(facts).toMatchObject({ stdout: `${digest}  -\n`, stderr: `err${i}\n`, exit_code: i })
    }
  })

  it.concurrent('lets a client that asked for it follow a long command', async () => {
    const reports: { progress: number; message?: string | undefined }[] = []
    const args = { ...bench.remote.sshd.connection, command: 'echo step one; echo; sleep 5.5; echo two' }
    const result = await bench.remote.client.mcp.callTool({ name: 'ssh_exec', arguments: args }, undefined, {
      timeout: 30_000,
      onprogress: (report) => reports.push(report),
    })
    expect(result.structuredContent).toMatchObject({ ok: true, stdout: 'step one\n\ntwo\n' })
    expect(reports).toMatchObject([{ progress: 5, message: 'step one' }])
  })

  it('shows nothing of a login’s own greetings', async () => {
    const rc = inHome('.bashrc')
    writeFileSync(rc, 'echo welcome; echo careful >&2\n')
    for (const _ of ['once', 'again']) {
      const facts = await exec('echo out; echo err >&2')
      expect(facts).toMatchObject({ stdout: 'out\n', stderr: 'err\n' })
    }
    writeFileSync(rc, '')
  })
})

describeTerminals('ssh_exec with a terminal', (bench) => {
  const exec = (command: string, args: Facts = {}) => bench.remote.exec(command, { tty: true, ...args })

  it.concurrent('is one of the usual size, on all three ends', async () => {
    const facts = await exec('stty size; for i in 0 1 2; do test -t $i && echo yes; done; echo $TERM >&2', {
      env: { A: 'x' },
    })
    expect(facts).toMatchObject({ ok: true, stderr: '' })
    expect(facts.stdout).toBe('40 120\r\nyes\r\nyes\r\nyes\r\nxterm-256color\r\n')
  })

  it.concurrent('reports exit codes and signals', async () => {
    expect(await exec('exit 3')).toMatchObject({ exit_code: 3 })
    expect(await exec('kill -KILL $$')).toMatchObject({ exit_code: null, signal: 'SIGKILL' })
  })

  it.concurrent('answers a question from the input', async () => {
    const facts = await exec(`printf 'Name? '; read name; echo "hello $name"`, { stdin: 'World\n' })
    expect(facts).toMatchObject({ ok: true })
    expect(facts.stdout).toContain('Name? ')
    expect(facts.stdout).toContain('hello World\r\n')
  })

  // The key for the end of input, typed on an unfinished line, only sends the line.
  it.concurrent('completes an answer that has no line end', async () => {
    const command = `printf 'Name? '; read name; echo "hello $name"`
    const facts = await exec(command, { stdin: 'World', timeout: 6 })
    expect(facts).toMatchObject({ ok: true, timed_out: false })
    expect(facts.stdout).toContain('hello World\r\n')
    const copied = await exec('stty -echo; cat; echo end', { stdin: 'one', timeout: 6 })
    expect(copied).toMatchObject({ ok: true })
    expect(copied.stdout).toMatch(/^one(\r\n)?end\r\n$/)
  })

  it.concurrent.each([
    ['bash', `read -rsp 'First: ' a; echo; read -rsp 'Second: ' b; echo; echo "<$a> <$b>"`],
    [
      'perl',
      `perl -MPOSIX -e '$| = 1; sub ask { my $t = POSIX::Termios->new; $t->getattr(0); my $f = $t->getlflag;
         $t->setlflag($f & ~ECHO); $t->setattr(0, TCSAFLUSH); print shift; my $x = <STDIN>; chomp $x;
         $t->setlflag($f); $t->setattr(0, TCSAFLUSH); print "\\n"; $x }
       print "<", ask("First: "), "> <", ask("Second: "), ">\\n"'`,
    ],
    [
      'stty',
      `stty -echo; printf 'First: '; read a; printf '\\nSecond: '; read b; stty echo; echo; echo "<$a> <$b>"`,
    ],
  ])('answers two questions for passwords: %s', async (_, command) => {
    const facts = await exec(command, { stdin: "pass wörd'1\nsecond\n", timeout: 20 })
    expect(facts).toMatchObject({ ok: true })
    expect(facts.stdout).toMatch(/^First: \r\n+Second: \r\n+<pass wörd'1> <second>\r\n$/)
  })

  it.concurrent('ends the input of what reads on', async () => {
    expect(await exec('cat; echo end', { timeout: 15 })).toMatchObject({ ok: true })
    const copied = await exec('stty -echo; cat; echo end', { stdin: 'one\ntwo\n', timeout: 20 })
    expect(copied).toMatchObject({ ok: true, stdout: 'one\r\ntwo\r\nend\r\n' })
  })

  it.concurrent.each([
    ['plain', (time: string) => `sleep ${time}`],
    ['compound', (time: string) => `echo begin; sleep ${time}; echo end`],
    ['in the background', (time: string) => `sleep ${time} & sleep ${time}`],
    ['a pipeline', (time: string) => `sleep ${time} | cat`],
    ['deaf to signals', (time: string) => `trap '' TERM HUP INT; sleep ${time}; sleep ${time}`],
    ['in a process group of its own', (time: string) => `timeout --foreground 300 sleep ${time}`],
    ['with job control', (time: string) => `set -m; sleep ${time} & sleep ${time}`],
  ])('ends what is running when its time is up: %s', async (_, command) => {
    const time = nap()
    const facts = await exec(`echo first; ${command(time)}`, { timeout: 0.7 })
    expect(processesWith(time)).toEqual([])
    expect(facts).toMatchObject({ timed_out: true, ok: false, exit_code: null, warning: null })
    expect(facts.stdout.startsWith('first\r\n')).toBe(true)
  })

  it.concurrent('ends what is running when its call is cancelled', async () => {
    const time = nap()
    const abort = new AbortController()
    const call = bench.remote
      .exec(`sleep ${time} & trap '' HUP; sleep ${time}`, { tty: true }, abort.signal)
      .catch(() => {})
    await eventually('the command runs', () => processesWith(`sleep ${time}`).length > 0)
    abort.abort()
    await call
    await eventually('nothing is left of it', () => processesWith(time).length === 0)
  })
})

const LOGIN_SHELLS = [
  ['fish', 'set x 5; echo $x; for i in a b; echo $i; end; string length abc', '5\na\nb\n3\n'],
  ['tcsh', 'set x = (5 6); echo $x[2]; @ y = $x[1] * 2; echo $y\nif ( $y == 10 ) echo yes', '6\n10\nyes\n'],
  ['zsh', 'a=(x y z); echo $a[2]; print -l $a[2,3]', 'y\ny\nz\n'],
  ['ksh', 'integer n=7; (( n += 1 )); print -- $n; echo $((7 / 2.0))', '8\n3.5\n'],
  ['dash', 'x=5; echo "$x"; [ -n "$RANDOM" ] || echo none', '5\nnone\n'],
].filter(([shell]) => installed(shell as string)) as [string, string, string][]

for (const [shell, own, expected] of LOGIN_SHELLS) {
  const config = [
    `SetEnv HOME=%HOME% SHELL=/usr/bin/${shell} LANG=C.UTF-8`,
    // What sshd does with a login shell, which is the password entry's own business.
    `ForceCommand exec /usr/bin/${shell} -c "$SSH_ORIGINAL_COMMAND"`,
  ]
  describeRemote(
    `ssh_exec for a user of ${shell}`,
    (bench) => {
      const exec = (command: string, args: Facts = {}) => bench.remote.exec(command, args)

      it('gives the command to that shell, each time', async () => {
        for (const _ of ['not known yet', 'known', 'still'])
          expect(await exec(own)).toMatchObject({ stdout: expected, stderr: '', exit_code: 0 })
        expect(await exec('exit 3')).toMatchObject({ exit_code: 3 })
        expect(await exec('echo a # b')).toMatchObject({ stdout: 'a\n' })
        const wrong = await exec('no-such-program-here')
        expect(wrong.ok).toBe(false)
        expect(wrong.stderr).toContain('no-such-program-here')
      })

      it('is not taken for no shell at all because of a mistake in a command', async () => {
        // "Syntax error: Unterminated quoted string", says dash, before it comes to anything else.
        for (const _ of ['not known yet', 'known']) await exec('echo "never closed')
        const time = nap()
        const late = await exec(`timeout 300 sleep ${time}`, { timeout: 0.7 })
        expect(processesWith(time)).toEqual([])
        expect(late).toMatchObject({ timed_out: true, warning: null })
      })

      it('sets variables, and starts in a directory', async () => {
        const directory = join(bench.remote.sshd.home, `it's a "place" $HOME!`)
        mkdirSync(directory)
        const env = { ODD: `it's "odd" $HOME \\ \\n !! 😀\nsecond`, EMPTY: '' }
        for (const _ of ['not known yet', 'known']) {
          const facts = await exec('pwd; printenv ODD', { env, cwd: directory })
          expect(facts).toMatchObject({ stdout: `${directory}\n${env.ODD}\n`, stderr: '' })
        }
        const nowhere = await exec('touch ~/canary; touch ~/canary', { cwd: '/no/where' })
        expect(nowhere).toMatchObject({ exit_code: 1, stdout: '' })
        expect(existsSync(join(bench.remote.sshd.home, 'canary'))).toBe(false)
      })

      it('takes another shell for one call, and the user’s own for the next', async () => {
        const command = `x='it'\\''s'; echo "$x" \\\\ "!"; case $x in i*) echo yes;; esac`
        const facts = await exec(command, { shell: 'sh' })
        expect(facts).toMatchObject({ stdout: `it's \\ !\nyes\n`, stderr: '' })
        expect(await exec(own)).toMatchObject({ stdout: expected })
      })
    },
    { config },
  )
}

/** A script that stands for what is no shell; it notes each command that it is given. */
const NOTING = ['#!/bin/sh', 'printf "%s\\n--\\n" "$SSH_ORIGINAL_COMMAND" >> "$HOME/calls"']
const ROUTER = [
  ...NOTING,
  'case "$SSH_ORIGINAL_COMMAND" in',
  "'show version') echo 'Router OS 1.0';;",
  "'show clock') echo 'noon'; exit 4;;",
  `*) printf '%% Invalid input detected\\n';;`,
  'esac',
]

describeRemote(
  'ssh_exec where there is no shell',
  (bench) => {
    const calls = () => {
      const file = join(bench.remote.sshd.home, 'calls')
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n--\n').slice(0, -1) : []
    }
    beforeEach(() => {
      writeFileSync(join(bench.remote.sshd.home, 'router'), `${ROUTER.join('\n')}\n`, { mode: 0o755 })
    })

    it('gives a command as it is, once, and from then on at once', async () => {
      const refused = await bench.remote.exec('show version', { cwd: '/tmp' })
      expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
      expect(refused.message).toContain('cwd')
      const before = calls().length
      expect(await bench.remote.exec('show version')).toMatchObject({ ok: true, stdout: 'Router OS 1.0\n' })
      expect(calls().slice(before)).toEqual(['show version'])
      expect(await bench.remote.exec('show clock')).toMatchObject({ exit_code: 4, stdout: 'noon\n' })
      expect(await bench.remote.exec('show nothing')).toMatchObject({ stdout: '% Invalid input detected\n' })
      expect(calls().slice(before)).toEqual(['show version', 'show clock', 'show nothing'])
      for (const args of [{ env: { A: '1' } }, { shell: 'sh' }, { cwd: '~' }]) {
        const facts = await bench.remote.exec('show version', args)
        expect(facts).toMatchObject({ isError: true, error_type: 'validation_error' })
      }
      expect(calls().slice(before)).toHaveLength(3)
    })
  },
  { config: ['ForceCommand %HOME%/router'] },
)

describeRemote(
  'ssh_exec where a first command meets no shell',
  (bench) => {
    it('gives it as it is after what was not understood', async () => {
      const { home } = bench.remote.sshd
      writeFileSync(join(home, 'router'), `${ROUTER.join('\n')}\n`, { mode: 0o755 })
      const many = await Promise.all(Array.from({ length: 5 }, () => bench.remote.exec('show version')))
      for (const facts of many) expect(facts).toMatchObject({ ok: true, stdout: 'Router OS 1.0\n' })
      const seen = readFileSync(join(home, 'calls'), 'utf8').split('\n--\n')
      expect(seen.filter((command) => command === 'show version')).toHaveLength(5)
    })
  },
  { config: ['ForceCommand %HOME%/router'] },
)

describeRemote(
  'ssh_exec where the server runs what it wants to',
  (bench) => {
    it.each([
      ['that says so', 'echo backup done', { stdout: 'backup done\n', exit_code: 0 }],
      ['that says nothing', 'exit 5', { stdout: '', exit_code: 5 }],
      ['that says much', 'seq 3000', { exit_code: 0 }],
    ])('runs it once for each call: one %s', async (_, script, expected) => {
      const { home } = bench.remote.sshd
      writeFileSync(join(home, 'forced'), `${[...NOTING, script].join('\n')}\n`, { mode: 0o755 })
      writeFileSync(join(home, 'calls'), '')
      const calls = () => readFileSync(join(home, 'calls'), 'utf8').split('\n--\n').length - 1
      expect(await bench.remote.exec('ignored')).toMatchObject(expected)
      expect(calls()).toBe(1)
      expect(await bench.remote.exec('ignored')).toMatchObject(expected)
      expect(calls()).toBe(2)
    })
  },
  { config: ['ForceCommand %HOME%/forced'] },
)
