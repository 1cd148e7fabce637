import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeSessions, eventually, processesWith } from '../support/harness.js'
import { PROMPT } from '../support/sshd.js'

describeSessions('input', (bench) => {
  const open = async (session_name: string, more = {}): Promise<string> =>
    (await bench.client.ensure({ ...bench.sshd.connection, session_name, ...more })).session_id

  it('carries a megabyte of lines whole', async () => {
    const id = await open('paste')
    const file = join(bench.sshd.directory, 'pasted')
    const text = Array.from({ length: 16_000 }, (_, i) => `${i} ~. ~? ${'äx'.repeat(20)}`).join('\n')
    await bench.client.write(id, `stty -echo; cat > ${file}; stty echo\n`, {
      wait_for: 'output',
      wait_seconds: 1,
    })
    const written = await bench.client.write(id, `${text}\n`, { wait_seconds: 0 })
    expect(written.bytes_written).toBe(Buffer.byteLength(text) + 1)
    await bench.client.call('ssh_write_session', { session_id: id, keys: ['C-d'], wait_for: 'prompt' })
    const digest = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
    expect(digest(readFileSync(file))).toBe(digest(`${text}\n`))
  })

  it('withdraws what a remote that does not read has not taken, and Ctrl-C goes ahead of the rest', async () => {
    const id = await open('deaf')
    await bench.client.write(id, 'stty raw -echo isig; echo READY; sleep 600; stty sane\n', {
      wait_for: 'pattern',
      pattern: '^READY',
    })
    const big = 'x'.repeat(4_000_000)
    const slow = await bench.client.write(id, big, { wait_seconds: 1 })
    expect(slow.wait_ended_by).toBe('timeout')
    expect(slow.bytes_written).toBeGreaterThan(0)
    expect(slow.bytes_written).toBeLessThan(big.length)
    const waiting = bench.client.write(id, big, { wait_seconds: 20 })
    const other = await open('not deaf')
    expect((await bench.client.write(other, 'echo fine\n')).output).toContain('\nfine\n')
    await bench.client.call('ssh_stop_session', { session_id: id, wait_seconds: 0 })
    expect(await waiting).toMatchObject({ wait_ended_by: 'exit', running: false })
  })

  it('sends Ctrl-C ahead of all that was not taken yet', async () => {
    const id = await open('overtaken')
    const file = join(bench.sshd.directory, 'overtaken')
    const text = 'x'.repeat(500_000)
    const collect = `stty raw -echo; echo READY; head -c ${text.length + 1} > ${file}; stty sane; echo "D"ONE`
    await bench.client.write(id, `${collect}\n`, { wait_for: 'pattern', pattern: '^READY' })
    const ssh = Number(processesWith(`c/${id}`)[0]?.trim().split(/\s+/)[1])
    process.kill(ssh, 'SIGSTOP')
    const writing = bench.client.write(id, text, { wait_for: 'pattern', pattern: 'DONE', wait_seconds: 20 })
    await eventually('the terminal is full', () => readFileSync(`/proc/${ssh}/stat`, 'utf8').includes(') T '))
    const interrupting = bench.client.call('ssh_write_session', {
      session_id: id,
      keys: ['C-c'],
      wait_for: 'pattern',
      pattern: 'DONE',
    })
    await bench.client.call('ssh_list_sessions')
    process.kill(ssh, 'SIGCONT')
    expect(await writing).toMatchObject({ wait_ended_by: 'pattern', bytes_written: text.length })
    expect(await interrupting).toMatchObject({ wait_ended_by: 'pattern', bytes_written: 1 })
    const arrived = readFileSync(file, 'latin1')
    expect(arrived.replace('\x03', '')).toBe(text)
    expect(arrived.indexOf('\x03')).toBeLessThan(200_000)
  })

  it('holds input back until ssh passes it on, so that nothing is cut or echoed twice', async () => {
    const slow = join(bench.sshd.directory, 'slow-ssh')
    const go = join(bench.sshd.directory, 'go-ssh')
    execFileSync('mkfifo', [go])
    writeFileSync(
      slow,
      `#!/bin/sh\ncase "$*" in -V*|-G*) exec ssh "$@";; esac\nread x < ${go}\nexec ssh "$@"\n`,
      { mode: 0o755 },
    )
    const client = await bench.place.client({ SSH_MCP_SSH_BIN: slow })
    const opened = await client.ensure({ ...bench.sshd.connection, session_name: 'early', wait_seconds: 0 })
    expect(opened).toMatchObject({ running: true, wait_ended_by: 'timeout', output: '' })
    const writing = client.write('early', `echo ${'y'.repeat(6000)} | wc -c\n`, {
      wait_for: 'pattern',
      pattern: '^6001$',
      wait_seconds: 30,
    })
    writeFileSync(go, '\n')
    const written = await writing
    expect(written.wait_ended_by).toBe('pattern')
    expect(written.output.split('y'.repeat(6000))).toHaveLength(2)
  })

  it('sends keys by name', async () => {
    const id = await open('keys')
    await bench.client.write(id, 'cat -v\n', { wait_for: 'output' })
    const shown = await bench.client.call('ssh_write_session', {
      session_id: id,
      input: 'x',
      keys: ['Up', 'F5', 'Enter'],
      wait_for: 'pattern',
      pattern: 'x\\^\\[\\[A',
    })
    expect(shown.wait_ended_by).toBe('pattern')
    await bench.client.call('ssh_write_session', { session_id: id, keys: ['C-c'] })
  })

  it('leaves a password that is asked for to be typed, and says that it is asked', async () => {
    const locked = join(bench.sshd.directory, 'locked')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', locked])
    appendFileSync(join(bench.sshd.directory, 'authorized_keys'), readFileSync(`${locked}.pub`))
    const asked = await bench.client.ensure({
      ...bench.sshd.connection,
      session_name: 'locked',
      identity_file: locked,
    })
    expect(asked).toMatchObject({ running: true, wait_ended_by: 'password_prompt' })
    const answered = await bench.client.write('locked', 'open sesame\n', { wait_for: 'prompt' })
    expect(answered).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    expect(answered.output).not.toContain('sesame')
  })

  it.each([
    ['a lone surrogate', { input: 'a\ud800' }, 'surrogate'],
    ['over 4 MiB', { input: 'x'.repeat(5_000_000) }, '4 MiB'],
    ['an unknown key', { keys: ['Entre'] }, 'Entre'],
    ['nothing at all', {}, 'input'],
    ['a negative wait', { input: 'x', wait_seconds: -1 }, 'wait_seconds'],
    ['an infinite wait', { input: 'x', wait_seconds: 'inf' }, 'wait_seconds'],
    ['a wait that is no number', { input: 'x', wait_seconds: 'NaN' }, 'wait_seconds'],
    ['a wrong type', { input: 5 }, 'input'],
    ['an argument that does not exist', { input: 'x', wait_secs: 1 }, 'wait_seconds'],
    ['a pattern that is none', { input: 'x', wait_for: 'pattern', pattern: '(' }, 'pattern'],
    ['a condition that does not exist', { input: 'x', wait_for: 'done' }, 'wait_for'],
  ])('refuses %s at once, with a sentence, and sends nothing', async (_, args, word) => {
    const id = await open('refusals')
    const before = await bench.client.read(id, { wait_seconds: 0 })
    const refused = await bench.client.call('ssh_write_session', { session_id: id, ...args })
    expect(refused).toMatchObject({ isError: true, ok: false, error_type: 'validation_error' })
    expect(refused.message).toContain(word)
    expect((await bench.client.read(id, { wait_seconds: 0 })).transcript_size_bytes).toBe(
      before.transcript_size_bytes,
    )
  })

  it.each([
    ['a target that is an option', { target: '-oProxyCommand=touch /tmp/pwned' }],
    ['an empty target', { target: '' }],
    ['a target with a line break', { target: 'host\nother' }],
    ['an empty name', { session_name: '' }],
    ['a name of 5,000 characters', { session_name: 'n'.repeat(5000) }],
    ['a name with a line break', { session_name: 'a\nb' }],
    ['a name with an escape code', { session_name: 'a\x1b[2Jb' }],
    ['a screen of no size', { cols: 0 }],
    ['a variable that is no name', { env: { 'A B': 'c' } }],
    ['a key that everybody can read', { identity_file: '/etc/hostname' }],
    ['a known_hosts file that is none', { known_hosts_file: '/etc/passwd' }],
    ['host keys left unchecked', { strict_host_key_checking: 'no' }, 'policy_denied'],
    ['an option that runs a program', { extra_ssh_args: ['-oProxyCommand=x'] }, 'policy_denied'],
    ['what is not there yet', { durable: true }],
  ])('refuses to open a session with %s', async (_, args, error_type = 'validation_error') => {
    const refused = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'refused', ...args })
    expect(refused).toMatchObject({ isError: true, error_type })
    const { sessions } = await bench.client.call('ssh_list_sessions')
    expect(sessions.map((session: { session_name: string }) => session.session_name)).not.toContain('refused')
  })

  it('knows no session that is not there', async () => {
    const read = await bench.client.read('nobody')
    expect(read).toMatchObject({ isError: true, error_type: 'session_not_found' })
    expect(read.message).toContain('nobody')
  })

  it('takes numbers and booleans as words, and null for what is not given', async () => {
    const id = await open('coerced', { auto_close: 'yes', cols: '100', cwd: null })
    const written = await bench.client.write(id, 'stty size\n', {
      wait_seconds: '5',
      pattern: null,
      max_output_chars: '9999999',
    })
    expect(written.output).toBe(`stty size\n40 100\n${PROMPT}`)
    await bench.client.call('ssh_stop_session', { session_id: id, force: 'false' })
    await eventually('gone from the list of the running', async () => {
      const { sessions } = await bench.client.call('ssh_list_sessions', {
        include_exited: 'no',
        session_name: 'coerced',
      })
      return sessions.length === 0
    })
  })
})
