import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeSessions } from '../support/harness.js'
import { PROMPT } from '../support/sshd.js'

describeSessions('sessions', (bench) => {
  const open = (session_name: string, more = {}) =>
    bench.client.ensure({ ...bench.sshd.connection, session_name, ...more })

  it('opens at the first prompt, and finds the same shell again', async () => {
    const first = await open('deploy-api')
    expect(first).toMatchObject({
      created: true,
      reused: false,
      running: true,
      wait_ended_by: 'prompt',
      output: PROMPT,
    })
    await bench.client.write(first.session_id, 'COLOUR=violet; cd /tmp\n')
    const second = await open('deploy-api')
    expect(second).toMatchObject({ created: false, reused: true, matched_by: 'session_name' })
    expect(second.session_id).toBe(first.session_id)
    const answer = await bench.client.write('deploy-api', 'echo "$COLOUR $PWD"\n')
    expect(answer).toMatchObject({ wait_ended_by: 'prompt', bytes_written: 20 })
    expect(answer.output).toBe(`echo "$COLOUR $PWD"\nviolet /tmp\n${PROMPT}`)
  })

  it('gives the text to read first and the facts last, without a structured copy unless asked for', async () => {
    const { session_id } = await open('texts')
    const plain = await bench.place.client({ SSH_MCP_STRUCTURED: '' })
    const result = await plain.mcp.callTool({
      name: 'ssh_write_session',
      arguments: { session_id, input: 'echo "a\\"b"\n' },
    })
    expect(result.structuredContent).toBeUndefined()
    const [text, facts] = (result.content as { text: string }[]).map((part) => part.text)
    expect(text).toBe(`echo "a\\"b"\na"b\n${PROMPT}`)
    expect(JSON.parse(facts as string)).toMatchObject({ session_id, running: true, wait_ended_by: 'prompt' })
    expect(JSON.parse(facts as string)).not.toHaveProperty('output')
    expect(facts?.length).toBeLessThan(250)
  })

  it('makes one session of ten ensures at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => open('once')))
    expect(new Set(all.map(({ session_id }) => session_id)).size).toBe(1)
    expect(all.filter(({ created }) => created)).toHaveLength(1)
  })

  it('refuses to start what is running, and takes an unnamed call to the only session there', async () => {
    await open('taken')
    const again = await bench.client.call('ssh_start_session', {
      ...bench.sshd.connection,
      session_name: 'taken',
    })
    expect(again).toMatchObject({ isError: true, error_type: 'validation_error' })
    const several = await bench.client.ensure(bench.sshd.connection)
    expect(several.isError).toBe(true)
    expect(several.message).toContain('taken')
    const target = `${bench.sshd.connection.target.split('@')[0]}@localhost`
    const other = { ...bench.sshd.connection, target, strict_host_key_checking: 'accept-new' }
    const one = await bench.client.ensure(other)
    const same = await bench.client.ensure(other)
    expect(same).toMatchObject({ matched_by: 'target', session_id: one.session_id, session_name: null })
  })

  it('keeps sessions of different ports apart, though target and name are the same', async () => {
    const here = await open('ported')
    const elsewhere = await open('ported', { port: 1 })
    expect(elsewhere.session_id).not.toBe(here.session_id)
    expect(elsewhere).toMatchObject({
      running: false,
      exit_reason: 'connection-refused',
      wait_ended_by: 'exit',
    })
  })

  it('starts in a directory, with variables and a shell of the caller, whatever they hold', async () => {
    const value = `it's "quoted" \\ !$HOME\n2nd ünï`
    const opened = await open('custom', { cwd: '~', env: { ODD: value }, shell: '/bin/dash' })
    expect(opened.running).toBe(true)
    const answer = await bench.client.write('custom', `pwd; printf '<%s>\\n' "$ODD"; echo $0\n`)
    expect(answer.output).toContain(`${bench.sshd.home}\n<${value}>\n`)
    expect(await open('nowhere', { cwd: '/does/not/exist' })).toMatchObject({ running: false, exit_code: 2 })
  })

  it('resizes a running session when it is asked for again with a size', async () => {
    await open('sized', { cols: 100, rows: 30 })
    expect((await bench.client.write('sized', 'stty size\n')).output).toContain('30 100\n')
    expect(await open('sized', { cols: 90 })).toMatchObject({ cols: 90, rows: 30 })
    expect((await bench.client.write('sized', 'stty size\n')).output).toContain('30 90\n')
  })

  it('keeps the transcript to its owner, and every byte in it', async () => {
    const { session_id, transcript_path } = await open('private')
    const directory = join(bench.place.state, session_id)
    expect(transcript_path).toBe(join(directory, 'transcript.log'))
    for (const [path, mode] of [
      [bench.place.state, 0o700],
      [directory, 0o700],
      [transcript_path, 0o600],
    ] as const) {
      expect(statSync(path).mode & 0o777).toBe(mode)
    }
    await bench.client.write(session_id, "printf 'a\\377\\000b\\n'\n", { format: 'raw' })
    const whole = await bench.client.read(session_id, { offset: 0, format: 'raw' })
    expect(whole.next_offset).toBe(statSync(transcript_path).size)
    expect(whole.output).toContain('a\ufffd\0b\r\n')
  })

  it('stops a session without calling it a failure', async () => {
    const { session_id } = await open('stopped')
    const facts = await bench.client.call('ssh_stop_session', { session_id })
    expect(facts).toMatchObject({
      running: false,
      exit_reason: 'stopped',
      was_running: true,
      termination_signal: 'SIGHUP',
    })
    const again = await bench.client.call('ssh_stop_session', { session_id: 'stopped' })
    expect(again).toMatchObject({ was_running: false, termination_signal: null, exit_reason: 'stopped' })
    const written = await bench.client.write(session_id, 'true\n')
    expect(written).toMatchObject({ isError: true, error_type: 'validation_error' })
    await open('forced')
    const forced = await bench.client.call('ssh_stop_session', { session_id: 'forced', force: true })
    expect(forced).toMatchObject({ exit_reason: 'killed', termination_signal: 'SIGKILL' })
  })

  it.each([
    ['exit 0', { exit_code: 0, exit_reason: 'clean-exit' }],
    ['exit 3', { exit_code: 3, exit_reason: 'exit-3' }],
    ['exit 255', { exit_code: 255, exit_reason: 'exit-255' }],
    ['kill -9 $PPID', { exit_code: 255, exit_reason: 'connection-lost' }],
  ])('says how a session ended after: %s', async (command, facts) => {
    const { session_id } = await open(`end ${command}`)
    expect(await bench.client.write(session_id, `${command}\n`, { wait_for: 'exit' })).toMatchObject({
      ...facts,
      running: false,
      wait_ended_by: 'exit',
    })
  })

  it.each([
    [{ target: 'no-such-host.invalid' }, 'name-not-resolved'],
    [{ identity_file: 'hostkey' }, 'auth-failed'],
    [{ known_hosts_file: 'known_hosts_none', strict_host_key_checking: 'yes' }, 'host-key-unknown'],
    [{ known_hosts_file: 'known_hosts_changed' }, 'host-key-changed'],
  ])('says why ssh could not connect: %o', async (options, exit_reason) => {
    const known = readFileSync(bench.sshd.knownHosts, 'utf8').split(' ')
    const other = readFileSync(`${bench.sshd.identityFile}.pub`, 'utf8')
    writeFileSync(join(bench.sshd.directory, 'known_hosts_changed'), `${known[0]} ${other}`)
    const files = Object.entries(options).map(([name, value]) =>
      name.endsWith('_file') ? [name, join(bench.sshd.directory, value)] : [name, value],
    )
    const facts = await open(`fails ${exit_reason}`, Object.fromEntries(files))
    expect(facts).toMatchObject({
      isError: false,
      running: false,
      exit_code: 255,
      exit_reason,
      wait_ended_by: 'exit',
    })
  })

  it("shows ssh's host-key question, and takes the answer", async () => {
    const known_hosts_file = join(bench.sshd.directory, 'known_hosts_new')
    const asked = await open('asked', { known_hosts_file })
    expect(asked).toMatchObject({ running: true, wait_ended_by: 'needs_input' })
    expect(asked.output).toContain('Are you sure you want to continue connecting')
    const answered = await bench.client.write('asked', 'yes\n', { wait_for: 'prompt' })
    expect(answered).toMatchObject({ wait_ended_by: 'prompt' })
    expect(answered.output.endsWith(PROMPT)).toBe(true)
  })

  it('lists what runs, with its newest line', async () => {
    await open('listed')
    await bench.client.write('listed', 'echo newest; sleep 30\n', {
      wait_for: 'pattern',
      pattern: '^newest$',
    })
    const { sessions } = await bench.client.call('ssh_list_sessions', { session_name: 'listed' })
    expect(sessions).toMatchObject([{ session_name: 'listed', running: true, last_line: 'newest' }])
    const running = await bench.client.call('ssh_list_sessions', { include_exited: false })
    expect(running.sessions.every((session: { running: boolean }) => session.running)).toBe(true)
  })
})
