import { expect, it } from 'vitest'
import { describeSessions, type Facts, type TestClient } from '../support/harness.js'

/** What a model gets of a call: all but the facts as one text, and the facts, with their size in bytes. */
interface Told {
  text: string
  facts: Facts
  bytes: number
}

describeSessions('what a model is told', (bench) => {
  let plain: TestClient | undefined
  const call = async (name: string, args: Facts = {}): Promise<Told> => {
    plain ??= await bench.place.client({ SSH_MCP_STRUCTURED: '' })
    const { texts, isError } = await plain.call(name, args)
    expect(isError, texts.join()).toBe(false)
    const facts = texts.pop() as string
    return { text: texts.join('\n--\n'), facts: JSON.parse(facts), bytes: Buffer.byteLength(facts) }
  }
  const named = (session_name: string) => ({ ...bench.sshd.connection, session_name })
  const write = (session_id: string, input: string, more: Facts = {}) =>
    call('ssh_write_session', { session_id, input, ...more })
  const listed = async (session_name: string): Promise<string> =>
    (await call('ssh_list_sessions', { session_name })).text

  it('is how to come back and how to watch, when a session is opened', async () => {
    const opened = await call('ssh_ensure_session', named('opened'))
    expect(opened.facts).toEqual({
      ...{ session_id: expect.any(String), session_name: 'opened', running: true, created: true },
      ...{ target: bench.sshd.connection.target, shell: 'bash', wait_ended_by: 'prompt' },
      transcript_path: expect.any(String),
      observer_command: expect.stringContaining('tmux attach'),
    })
    const again = await call('ssh_ensure_session', { ...named('opened'), cols: 90 })
    expect(again.facts).toMatchObject({ reused: true, matched_by: 'session_name', cols: 90 })
  })

  it('is what went wrong with the window, where there is none', async () => {
    const client = await bench.place.client({ SSH_MCP_STRUCTURED: '', SSH_MCP_TMUX_BIN: '/does/not/exist' })
    const { texts } = await client.call('ssh_ensure_session', named('no window'))
    expect(JSON.parse(texts.at(-1))).toMatchObject({ observer: { warning: expect.stringContaining('tmux') } })
  })

  it('is little beside the output of a write, whatever size the session has and has grown to', async () => {
    await call('ssh_ensure_session', { ...named('deploy-api'), cols: 100, auto_close: true })
    await write('deploy-api', 'seq 100000\n', { max_output_chars: 1, wait_for: 'prompt' })
    await call('ssh_read_session', { session_id: 'deploy-api', max_output_chars: 1_000_000, wait_seconds: 0 })
    const { facts, bytes, text } = await write('deploy-api', 'echo hi\n')
    expect(text.slice(0, 20)).toMatch(/^echo hi\nhi\n/)
    expect(facts.command).toMatchObject({ exit_code: 0 })
    delete facts.command.duration_seconds // of less than 50 ms nothing is said
    expect(facts).toEqual({
      ...{ session_id: expect.any(String), running: true, wait_ended_by: 'prompt' },
      command: { exit_code: 0 },
    })
    expect(bytes).toBeLessThan(150)
  })

  it('is which command it was, where somebody else began it', async () => {
    await call('ssh_ensure_session', named('whose'))
    await write('whose', 'sleep 60\n', { wait_seconds: 0.2 })
    const more = await write('whose', 'sleep', { wait_seconds: 0.2 })
    expect(more.facts.command).toMatchObject({ line: 'sleep 60', finished: false })
    const { facts } = await call('ssh_read_session', { session_id: 'whose', wait_seconds: 0 })
    expect(facts.command).toMatchObject({ line: 'sleep 60', finished: false })
    expect(facts).not.toHaveProperty('session_name')
  })

  it('is where the output stands, if there is more of it or the caller goes by places', async () => {
    await call('ssh_ensure_session', named('places'))
    await write('places', 'seq 100\n', { max_output_chars: 1, wait_for: 'prompt' })
    const read = (more: Facts) => call('ssh_read_session', { session_id: 'places', wait_seconds: 0, ...more })
    const place = { offset: expect.any(Number), next_offset: expect.any(Number) }
    expect((await read({ max_output_chars: 50 })).facts).toMatchObject({ truncated: true, ...place })
    expect((await read({})).facts).not.toHaveProperty('offset')
    expect((await read({ tail_lines: 2 })).facts).toMatchObject(place)
    expect((await read({ offset: 0 })).facts).toMatchObject({ ...place, offset: 0 })
  })

  it('is how a command ended and where the shell is, after a run', async () => {
    const run = (command: string, more: Facts = {}) =>
      call('ssh_run', { ...named('runs'), command, max_output_chars: 1000, ...more })
    const { facts } = await run('cd /; (exit 3)')
    delete facts.duration_seconds // of less than half a millisecond nothing is said
    expect(facts).toEqual({
      ...{ session_id: expect.any(String), running: true, created: true },
      ...{ exit_code: 3, cwd: '/', wait_ended_by: 'finished' },
    })
    const long = await run('seq 5000')
    expect(long.facts).toMatchObject({ exit_code: 0, truncated: true, offset: expect.any(Number) })
    expect(long.facts).not.toHaveProperty('reused')
    expect((await run('sleep 60', { timeout_seconds: 0.3 })).facts).toMatchObject({
      ...{ finished: false, wait_ended_by: 'timeout' },
    })
  })

  it('is where a person types a secret, when one is asked for', async () => {
    const asked = await call('ssh_run', { ...named('secret'), command: 'read -s x', timeout_seconds: 20 })
    expect(asked.facts).toMatchObject({
      ...{ wait_ended_by: 'password_prompt', observer_command: expect.stringContaining('tmux attach') },
    })
    expect(await listed('secret')).toMatch(/^secret on .*: `read -s x` waits for a password\n$/)
  })

  it('is why a session has ended', async () => {
    await call('ssh_ensure_session', named('ends'))
    expect((await write('ends', 'exit 3\n', { wait_for: 'exit' })).facts).toMatchObject({
      ...{ running: false, exit_code: 3, exit_reason: 'exit-3', wait_ended_by: 'exit' },
    })
    const stopped = await call('ssh_stop_session', { session_id: 'ends' })
    expect(stopped.facts).toMatchObject({ exit_reason: 'exit-3', transcript_path: expect.any(String) })
    expect(stopped.facts).not.toHaveProperty('target')
  })

  it('leaves nothing out of the structured form', async () => {
    const { session_id } = await bench.client.ensure(named('complete'))
    const session = {
      ...{ session_id, session_name: 'complete', target: bench.sshd.connection.target, running: true },
      ...{ exit_code: null, signal: null, exit_reason: null, pending_output_chars: 0, gaps: [] },
      ...{ uptime_seconds: expect.any(Number), idle_seconds: expect.any(Number) },
      ...{ transcript_path: expect.any(String), transcript_size_bytes: expect.any(Number) },
      ...{ observer: { mode: 'transcript' }, observer_command: expect.any(String), tmux_session_name: null },
      ...{ auto_close: false, cols: 120, rows: 40, shell: 'bash', output: expect.any(String) },
    }
    const command = { line: 'echo hi', finished: true, exit_code: 0, duration_seconds: expect.any(Number) }
    expect(await bench.client.write(session_id, 'echo hi\n')).toMatchObject({
      ...{ ...session, truncated: false, bytes_written: 8, wait_ended_by: 'prompt', command },
    })
    const read = await bench.client.read(session_id, { wait_seconds: 0 })
    expect(read).toMatchObject({ ...session, truncated: false, offset: expect.any(Number), command })
    const run = await bench.client.call('ssh_run', { session_id, command: 'echo hi' })
    expect(run).toMatchObject({
      ...{ ...session, exit_code: 0, finished: true, created: false, reused: true, truncated: false },
      ...{ offset: expect.any(Number), next_offset: expect.any(Number), skipped_output_chars: 0 },
      ...{ skipped_offset: null, duration_seconds: expect.any(Number), cwd: expect.any(String) },
    })
    const list = await bench.client.call('ssh_list_sessions', { session_name: 'complete' })
    expect(list).toMatchObject({ count: 1, sessions: [{ ...session, last_line: 'remote$', command }] })
  })

  it('is a line a session, for a context that knows nothing', async () => {
    const { target } = bench.sshd.connection
    const started = async (name: string, input: string, until: string, more: Facts = {}) => {
      await call('ssh_ensure_session', { ...named(name), observer_mode: 'transcript', ...more })
      await write(name, input, { wait_for: 'pattern', pattern: until, max_output_chars: 1_000_000 })
    }
    await started('l-done', "printf 'a\\nb\\n'; (exit 4)\n", '^b$')
    await call('ssh_read_session', { session_id: 'l-done', wait_for: 'prompt' })
    await started('l-runs', 'echo go; sleep 60\n', '^go$')
    await started('l-screen', "printf '\\033[?1049hover'; sleep 60\n", 'over$')
    await started('l-blind', "printf 'menu> '; sleep 60\n", '^menu> $', { integration: false })
    await started('l-lost', 'echo go; kill -9 $PPID; sleep 60\n', '^go$')
    await call('ssh_read_session', { session_id: 'l-lost', wait_for: 'exit' })
    await call('ssh_run', { session_id: 'l-done', command: 'true\n\ntrue' })
    expect(await listed('l-done')).toMatch(/^l-done on .*, up \d+ s: `true…` exited 0, 0 s ago\n$/)
    expect(await listed('l-runs')).toMatch(/^.*: running `echo go; sleep 60` for \d+ s(; \d+ unread)?\n$/)
    expect(await listed('l-screen')).toMatch(/: running `printf .*…?` full-screen for \d+ s/)
    expect(await listed('l-blind')).toMatch(/^l-blind on .*, up \d+ s: "menu>"(; \d+ unread)?\n$/)
    expect(await listed('l-lost')).toMatch(/, exited \(connection-lost\) \d+ s ago: during `echo go; kill/)

    const all = await call('ssh_list_sessions')
    const lines = all.text.split('\n').slice(0, -1)
    expect(all.facts.sessions).toHaveLength(all.facts.count)
    expect(lines).toHaveLength(all.facts.count)
    for (const line of lines) expect(line).toContain(` on ${target}, `)
    expect(all.bytes + Buffer.byteLength(all.text)).toBeLessThan(150 * lines.length)
    const one = await call('ssh_list_sessions', { session_name: 'l-runs' })
    expect(one.bytes + Buffer.byteLength(one.text)).toBeLessThan(150)
    expect(await call('ssh_list_sessions', { session_name: 'none' })).toMatchObject({
      ...{ text: '', facts: { count: 0 } },
    })
  })

  it('calls a session without a name by its id, and gives a name whole that is too long for a line', async () => {
    const target = `${bench.sshd.connection.target.split('@')[0]}@localhost`
    const other = { ...bench.sshd.connection, target, strict_host_key_checking: 'accept-new' }
    const { facts } = await call('ssh_ensure_session', other)
    const list = await call('ssh_list_sessions', { target })
    expect(list.text).toMatch(new RegExp(`^${facts.session_id} on ${target}, up \\d+ s: at its prompt\n$`))
    expect(list.facts).toEqual({ count: 1, sessions: [{ session_id: facts.session_id }] })
    const session_name = 'the release of the day before yesterday'
    await call('ssh_ensure_session', named(session_name))
    const long = await call('ssh_list_sessions', { session_name })
    const [{ session_id }] = long.facts.sessions
    expect(long.text).toContain(`the release of the day… (${session_id}) on `)
    expect(long.facts.sessions).toEqual([{ session_id, session_name }])
  })
})
