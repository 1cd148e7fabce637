import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  alive,
  describeSessions,
  eventually,
  type Facts,
  processesWith,
  type TestClient,
} from '../support/harness.js'
import { describeTerminals, nap } from '../support/remote.js'
import { PROMPT, type Sshd, signalAll, unusedPort } from '../support/sshd.js'

const runIn = (
  client: TestClient,
  session_id: string,
  command: string,
  args: Record<string, unknown> = {},
): Promise<Facts> => client.call('ssh_run', { session_id, command, ...args })

const finished = (output: string, exit_code = 0) => ({
  finished: true,
  wait_ended_by: 'finished',
  output,
  exit_code,
  pending_output_chars: 0,
})

const refused = { isError: true, ok: false, error_type: 'validation_error' }

const ended = (exit_code: number | null) => ({ finished: true, exit_code })

/** The one session of this name, as it is listed. */
async function listed(client: TestClient, session_name: string): Promise<Facts> {
  const { sessions } = await client.call('ssh_list_sessions', { session_name })
  expect(sessions).toHaveLength(1)
  return sessions[0]
}

/** A command that goes on until a file is there, and a function that makes it. */
function gate(
  sshd: Sshd,
  name: string,
): { command: string; started: () => Promise<unknown>; open: () => void } {
  const path = join(sshd.directory, name)
  return {
    command: `touch ${path}.on; until [ -e ${path} ]; do sleep 0.02; done`,
    started: () => eventually(`${name} runs`, () => existsSync(`${path}.on`)),
    open: () => writeFileSync(path, ''),
  }
}

describeSessions('waits where the shell reports', (bench) => {
  const open = async (session_name: string, args: Record<string, unknown> = {}): Promise<string> =>
    (await bench.client.ensure({ ...bench.sshd.connection, session_name, ...args })).session_id

  it('ends a write of several lines by the last of their prompts', async () => {
    const id = await open('several lines')
    const lines = ['sleep 0.2; echo a', 'echo b', 'sleep 0.2; echo c'].map((line) => `${line}\n`).join('')
    for (const wait_for of ['prompt', 'quiet']) {
      const ran = await bench.client.write(id, lines, { wait_for })
      expect(ran).toMatchObject({ wait_ended_by: 'prompt', command: ended(0) })
      expect(ran.output.endsWith(`\nc\n${PROMPT}`)).toBe(true)
    }
  })

  it('ends a write by the prompt, never by silence', async () => {
    const id = await open('written')
    const command = "sleep 1; echo x; sh -c 'exit 3'"
    const written = await bench.client.write(id, `${command}\n`)
    expect(written).toMatchObject({
      wait_ended_by: 'prompt',
      output: `${command}\nx\n${PROMPT}`,
      command: { line: command, ...ended(3) },
    })
    expect(written.command.duration_seconds).toBeGreaterThanOrEqual(1)
    const waited = await bench.client.write(id, 'sleep 0.4; echo y\n', { wait_for: 'prompt' })
    expect(waited).toMatchObject({ wait_ended_by: 'prompt', output: `sleep 0.4; echo y\ny\n${PROMPT}` })
  })

  it('ends a write by output, a pattern or the exit where that is asked for', async () => {
    const id = await open('conditions')
    const first = await bench.client.write(id, 'sleep 0.3; echo 1; sleep 0.3; echo 2\n', {
      wait_for: 'output',
    })
    expect(first).toMatchObject({ wait_ended_by: 'output', command: { finished: false, exit_code: null } })
    const second = await bench.client.read(id, { wait_for: 'pattern', pattern: '^2$' })
    expect(second.wait_ended_by).toBe('pattern')
    const third = await bench.client.read(id, { wait_for: 'prompt' })
    expect(third).toMatchObject({ wait_ended_by: 'prompt', command: ended(0) })
    expect(first.output + second.output + third.output).toBe(
      `sleep 0.3; echo 1; sleep 0.3; echo 2\n1\n2\n${PROMPT}`,
    )
    const last = await bench.client.write(id, 'exit 3\n', { wait_for: 'exit' })
    expect(last).toMatchObject({ wait_ended_by: 'exit', running: false, exit_code: 3 })
  })

  it('names a question, a password and a command that is not complete', async () => {
    const id = await open('asks')
    expect(await bench.client.write(id, 'read -p "Name: " n; echo "<$n>"\n')).toMatchObject({
      wait_ended_by: 'needs_input',
      output: 'read -p "Name: " n; echo "<$n>"\nName: ',
      command: { finished: false },
    })
    expect(await bench.client.write(id, 'me\n')).toMatchObject({
      wait_ended_by: 'prompt',
      output: `me\n<me>\n${PROMPT}`,
      command: ended(0),
    })
    const asked = await bench.client.write(id, 'read -sp "Secret: " s; echo; echo ${#s}\n')
    expect(asked.wait_ended_by).toBe('password_prompt')
    expect(await bench.client.write(id, 'hidden\n')).toMatchObject({
      wait_ended_by: 'prompt',
      output: `\n6\n${PROMPT}`,
    })
    const opened = await bench.client.write(id, "echo 'a\n")
    expect(opened).toMatchObject({ wait_ended_by: 'incomplete_input', command: { finished: false } })
    const closed = await bench.client.write(id, "b'\n")
    expect(closed).toMatchObject({ wait_ended_by: 'prompt', output: `b'\na\nb\n${PROMPT}` })
  })

  it('tells of the newest command in writes, reads and the list', async () => {
    const id = await open('facts')
    const { command, started, open: go } = gate(bench.sshd, 'facts')
    expect(await bench.client.read(id, { wait_seconds: 0 })).not.toMatchObject({ command: expect.anything() })
    await bench.client.write(id, `${command}; false\n`, { wait_for: 'output' })
    await started()
    const going = { line: `${command}; false`.slice(0, 100), finished: false, exit_code: null }
    expect((await listed(bench.client, 'facts')).command.line).toContain(going.line.slice(0, 90))
    expect(await bench.client.read(id, { wait_seconds: 0 })).toMatchObject({ command: { finished: false } })
    go()
    expect(await bench.client.read(id, { wait_for: 'prompt' })).toMatchObject({ command: ended(1) })
    expect(await listed(bench.client, 'facts')).toMatchObject({ command: ended(1) })
    await runIn(bench.client, id, "sh -c 'exit 9'")
    expect(await listed(bench.client, 'facts')).toMatchObject({
      command: { line: "sh -c 'exit 9'", ...ended(9) },
    })
  })

  it('leaves what is typed and not entered alone, until it is cleared', async () => {
    const id = await open('typed')
    expect(await bench.client.write(id, 'echo half')).toMatchObject({ output: 'echo half' })
    const not = await runIn(bench.client, id, 'echo whole')
    expect(not).toMatchObject(refused)
    expect(not.message).toContain('"echo half"')
    expect(await bench.client.call('ssh_write_session', { session_id: id, keys: ['C-c'] })).toMatchObject({
      wait_ended_by: 'prompt',
    })
    expect(await runIn(bench.client, id, 'echo whole')).toMatchObject(finished('whole\n'))
    await bench.client.write(id, 'echo  entered')
    const entered = await bench.client.call('ssh_write_session', { session_id: id, keys: ['Enter'] })
    expect(entered).toMatchObject({ wait_ended_by: 'prompt', output: `\nentered\n${PROMPT}` })
  })

  it.skipIf(!existsSync('/usr/bin/zsh'))(
    'types no command behind a line that a Ctrl-C has left',
    async () => {
      // zsh asks whether to show all of many completions; a Ctrl-C ended that question, and the next command was
      // typed behind the line that still stood there: `ls /usr/bin/echo hi`.
      const { sshd, client } = bench
      const started = { ...sshd.connection, session_name: 'completing', shell: '/usr/bin/zsh' }
      const id = (await client.ensure(started)).session_id
      await client.call('ssh_write_session', { session_id: id, input: 'LISTMAX=2\n', wait_for: 'prompt' })
      await client.write(id, 'ls /usr/b\t\t', { wait_for: 'pattern', pattern: 'do you wish to see' })
      const interrupt = () => client.call('ssh_write_session', { session_id: id, keys: ['C-c'] })
      expect(await interrupt()).toMatchObject({ wait_ended_by: 'prompt' })
      const not = await runIn(client, id, 'echo hi')
      expect(not).toMatchObject(refused)
      expect(not.message).toContain('ls /usr/b')
      await interrupt()
      expect(await runIn(client, id, 'echo hi')).toMatchObject(finished('hi\n'))
    },
  )

  it('interrupts a command that takes no input, past all that waits for it', async () => {
    const id = await open('blocked')
    const time = nap(600)
    const lines = 'a line of input\n'.repeat(12_500)
    await bench.client.write(id, `sleep ${time}\n${lines}`, { wait_seconds: 0 })
    await eventually('it sleeps', () => processesWith(`sleep ${time}`).length > 0)
    const began = performance.now()
    const stopped = await bench.client.call('ssh_write_session', {
      session_id: id,
      keys: ['C-c'],
      wait_for: 'prompt',
    })
    expect(performance.now() - began).toBeLessThan(3000)
    expect(stopped).toMatchObject({ wait_ended_by: 'prompt', command: { finished: true } })
    expect(processesWith(`sleep ${time}`)).toEqual([])
  })
})

describeSessions('a run', (bench) => {
  const open = async (session_name: string, args: Record<string, unknown> = {}): Promise<string> =>
    (await bench.client.ensure({ ...bench.sshd.connection, session_name, ...args })).session_id
  const byName = (session_name: string, command: string, args: Record<string, unknown> = {}) =>
    bench.client.call('ssh_run', {
      ...bench.sshd.connection,
      session_name,
      observer_mode: 'transcript',
      command,
      ...args,
    })

  it('opens the session by itself, and goes on in it', async () => {
    const first = await byName('one call', 'pwd; x=kept', { cwd: '/tmp', env: { MY: 'own' } })
    expect(first).toMatchObject({ created: true, reused: false, cwd: '/tmp', ...finished('/tmp\n') })
    const second = await byName('one call', 'echo $x $MY')
    expect(second).toMatchObject({ created: false, reused: true, ...finished('kept own\n') })
    expect(second.session_id).toBe(first.session_id)
    const both = { session_id: first.session_id, session_name: 'one call', command: 'true' }
    expect(await bench.client.call('ssh_run', both)).toMatchObject(refused)
    expect(await byName('one call', '')).toMatchObject(refused)
    const left = await byName('one call', 'exit 5')
    expect(left).toMatchObject({ running: false, wait_ended_by: 'exit', finished: true, exit_code: 5 })
    expect(await runIn(bench.client, first.session_id, 'true')).toMatchObject(refused)
    const third = await byName('one call', 'echo ${x-new}')
    expect(third).toMatchObject({ created: true, ...finished('new\n') })
    expect(third.session_id).not.toBe(first.session_id)
  })

  it('says what kept the session from opening, and runs nothing', async () => {
    const port = await unusedPort()
    const nobody = await byName('nobody', 'true', { port })
    expect(nobody).toMatchObject({
      isError: false,
      running: false,
      finished: false,
      exit_reason: 'connection-refused',
      wait_ended_by: 'exit',
    })
    const locked = join(bench.sshd.directory, 'locked')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', locked])
    appendFileSync(join(bench.sshd.directory, 'authorized_keys'), readFileSync(`${locked}.pub`))
    const asked = await byName('locked', 'echo ran', { identity_file: locked })
    expect(asked).toMatchObject({
      running: true,
      finished: false,
      exit_code: null,
      wait_ended_by: 'password_prompt',
    })
    const again = await runIn(bench.client, asked.session_id, 'echo ran', { timeout_seconds: 1 })
    expect(again).toMatchObject({ finished: false, exit_code: null, wait_ended_by: 'password_prompt' })
    const answered = await bench.client.write(asked.session_id, 'open sesame\n', { wait_for: 'prompt' })
    expect(answered.output).not.toContain('ran')
    expect(await runIn(bench.client, asked.session_id, 'echo ran')).toMatchObject(finished('ran\n'))
  })

  it('that takes longer goes on, and a read gives the rest and its exit code', async () => {
    const id = await open('longer')
    const { command, started, open: go } = gate(bench.sshd, 'longer')
    const begun = await runIn(bench.client, id, `echo early; ${command}; echo late; sh -c 'exit 6'`, {
      timeout_seconds: 0.5,
    })
    await started()
    expect(begun).toMatchObject({
      finished: false,
      exit_code: null,
      wait_ended_by: 'timeout',
      output: 'early\n',
    })
    const busy = await runIn(bench.client, id, 'true')
    expect(busy).toMatchObject(refused)
    expect(busy.message).toContain('echo early')
    const reading = bench.client.read(id, { wait_for: 'prompt' })
    go()
    expect(await reading).toMatchObject({
      wait_ended_by: 'prompt',
      output: `late\n${PROMPT}`,
      command: ended(6),
      pending_output_chars: 0,
    })
    expect(await runIn(bench.client, id, 'echo $?')).toMatchObject({
      ...finished('6\n'),
      skipped_output_chars: 0,
    })
  })

  it('skips exactly what was unread, and says where that is', async () => {
    const id = await open('skipped')
    const short = await bench.client.write(id, 'seq 100 200\n', { wait_for: 'prompt', max_output_chars: 50 })
    expect(short.truncated).toBe(true)
    const ran = await runIn(bench.client, id, 'echo own')
    expect(ran).toMatchObject(finished('own\n'))
    const { skipped_output_chars, skipped_offset } = ran
    const skipped = await bench.client.read(id, { offset: skipped_offset, format: 'raw', wait_seconds: 0 })
    const rest = skipped.output.slice(0, skipped_output_chars)
    expect(`${short.output}${rest}`.replaceAll('\r\n', '\n')).toBe(
      `seq 100 200\n${Array.from({ length: 101 }, (_, index) => `${100 + index}\n`).join('')}`,
    )
    expect(await runIn(bench.client, id, 'echo own')).toMatchObject({
      skipped_output_chars: 0,
      ...finished('own\n'),
    })
  })

  it('moves the read position past its prompt, so that nothing is given twice', async () => {
    const id = await open('position')
    for (const text of ['one', 'two'])
      expect(await runIn(bench.client, id, `echo ${text}`)).toMatchObject(finished(`${text}\n`))
    const nothing = await bench.client.read(id, { wait_seconds: 0 })
    expect(nothing).toMatchObject({ output: '', pending_output_chars: 0 })
    expect(await listed(bench.client, 'position')).toMatchObject({ pending_output_chars: 0 })
    const written = await bench.client.write(id, 'echo three\n')
    expect(written).toMatchObject({ wait_ended_by: 'prompt', output: `echo three\nthree\n${PROMPT}` })
  })

  it('gives raw output exactly, and long output by its ends', async () => {
    const id = await open('formats')
    const colour = await runIn(bench.client, id, "printf '\\033[31mred\\033[0m\\r\\n\\ttab'", {
      format: 'raw',
    })
    expect(colour).toMatchObject(finished('\x1b[31mred\x1b[0m\r\r\n\ttab'))
    const long = await runIn(bench.client, id, 'seq 1 5000', { max_output_chars: 1000 })
    expect(long).toMatchObject({ finished: true, truncated: true, pending_output_chars: 0 })
    const [, head = '', left = '', offset = '', tail = ''] =
      /^([\d\n]*)… ([\d,]+) characters left out; read on with offset (\d+) …\n([\d\n]*)$/.exec(long.output) ??
      []
    expect(long.output.length).toBeLessThanOrEqual(1100)
    const whole = Array.from({ length: 5000 }, (_, index) => `${index + 1}\n`).join('')
    expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true)
    const middle = await bench.client.read(id, {
      offset: Number(offset),
      max_output_chars: 100_000,
      wait_seconds: 0,
    })
    expect(middle.output.startsWith(whole.slice(head.length))).toBe(true)
    const missing = whole.slice(head.length, whole.length - tail.length)
    expect(Number(left.replaceAll(',', ''))).toBe(missing.length)
  })

  it('reports its progress', async () => {
    const id = await open('progress')
    const messages: string[] = []
    await bench.client.mcp.callTool(
      { name: 'ssh_run', arguments: { session_id: id, command: 'echo the newest; sleep 5.5' } },
      undefined,
      { onprogress: ({ message }) => messages.push(String(message)) },
    )
    expect(messages).toEqual(['the newest'])
  })

  it('that is cancelled goes on', async () => {
    const id = await open('cancelled')
    const { command, started, open: go } = gate(bench.sshd, 'cancelled')
    const cancel = new AbortController()
    const call = { session_id: id, command: `echo kept; ${command}; sh -c 'exit 8'` }
    const cancelled = bench.client.call('ssh_run', call, cancel.signal).catch((error) => error)
    await started()
    cancel.abort()
    expect(await cancelled).toBeInstanceOf(Error)
    expect(await runIn(bench.client, id, 'true')).toMatchObject(refused)
    go()
    const rest = await bench.client.read(id, { wait_for: 'prompt' })
    expect(rest).toMatchObject({ wait_ended_by: 'prompt', command: ended(8) })
    expect(rest.output).toContain('kept\n')
    expect(await runIn(bench.client, id, 'echo on')).toMatchObject(finished('on\n'))
  })

  it('is the only one in its session, whoever else wants to', async () => {
    const id = await open('both')
    const other = await bench.place.client()
    for (let round = 0; round < 20; round++) {
      const both = await Promise.all([
        runIn(bench.client, id, 'sleep 0.05; echo first'),
        runIn(other, id, 'sleep 0.05; echo second'),
      ])
      const texts = ['first\n', 'second\n']
      const won = both.filter(({ isError }) => !isError)
      expect(won.length, JSON.stringify(both)).toBeGreaterThanOrEqual(1)
      both.forEach((one, index) => {
        if (one.isError) expect(one).toMatchObject(refused)
        else expect(one).toMatchObject(finished(texts[index] as string))
      })
    }
    expect(await runIn(bench.client, id, 'echo $((6*7))')).toMatchObject(finished('42\n'))
  })

  it('is given whole and alone, whatever else is typed meanwhile', async () => {
    const id = await open('between')
    for (let round = 0; round < 15; round++) {
      // Beyond ASCII, so the shell is told to read it.
      const running = runIn(bench.client, id, `echo 'é ${round}'\necho b; sh -c 'exit 3'`)
      const written = await bench.client.write(id, `echo ty"ped" ${round}\n`, { wait_for: 'prompt' })
      expect(written.wait_ended_by).toBe('prompt')
      const ran = await running
      if (ran.isError) expect(ran).toMatchObject(refused)
      else expect(ran).toMatchObject({ finished: true, exit_code: 3, wait_ended_by: 'finished' })
      // A terminal shows what is typed while a command runs, wherever that stands.
      if (!ran.isError) expect(ran.output.replace(/^echo ty.*\n/m, '')).toBe(`é ${round}\nb\n`)
    }
  })

  it('is not taken for what was typed ahead of it', async () => {
    const id = await open('ahead')
    for (let round = 0; round < 10; round++) {
      await bench.client.write(id, `sleep 0.0${round}\n`, { wait_for: 'output' })
      await bench.client.write(id, "sh -c 'exit 9'\n", { wait_seconds: 0 })
      const ran = await runIn(bench.client, id, `echo own ${round}`)
      if (ran.isError) expect(ran).toMatchObject(refused)
      else expect(ran).toMatchObject({ finished: true, exit_code: 0, output: `own ${round}\n` })
      await bench.client.read(id, { wait_for: 'prompt' })
    }
  })

  it('waits for its turn or is refused while somebody types', async () => {
    const id = await open('person')
    for (let round = 0; round < 20; round++) {
      const writing = bench.client.write(id, 'echo ty"ped"; sleep 0.05\n', { wait_for: 'prompt' })
      const ran = await runIn(bench.client, id, 'echo run')
      const written = await writing
      if (ran.isError) expect(ran).toMatchObject(refused)
      else expect(ran).toMatchObject(finished('run\n'))
      expect(written.wait_ended_by).toBe('prompt')
      await bench.client.read(id, { wait_seconds: 0 })
    }
  })

  it('ends with its session: by exit, by a kill, by a stop', async () => {
    const killed = await byName('killed', 'echo before; kill -9 $$')
    expect(killed).toMatchObject({ running: false, wait_ended_by: 'exit', output: 'before\n' })
    expect(killed.exit_code).not.toBe(0)
    const id = await open('stopped')
    const { command, started } = gate(bench.sshd, 'stopped')
    const running = runIn(bench.client, id, `echo begun; ${command}`)
    await started()
    await bench.client.call('ssh_stop_session', { session_id: id })
    expect(await running).toMatchObject({ running: false, wait_ended_by: 'exit', exit_reason: 'stopped' })
    expect((await running).output).toContain('begun\n')
  })

  it('goes on while the terminal changes its size', async () => {
    const id = await open('resized')
    const { command, started, open: go } = gate(bench.sshd, 'resized')
    const running = runIn(bench.client, id, `${command}; stty size`)
    await started()
    await open('resized', { cols: 90, rows: 30 })
    go()
    expect(await running).toMatchObject(finished('30 90\n'))
    expect(await runIn(bench.client, id, 'stty size')).toMatchObject(finished('30 90\n'))
    await open('resized', { cols: 20, rows: 5 })
    expect(await runIn(bench.client, id, `echo ${'w'.repeat(100)}`)).toMatchObject(
      finished(`${'w'.repeat(100)}\n`),
    )
    expect(await runIn(bench.client, id, 'echo $?')).toMatchObject(finished('0\n'))
  })

  it('is not disturbed by what others print meanwhile', async () => {
    const id = await open('noisy')
    writeFileSync(join(bench.sshd.home, 'noise'), '')
    await runIn(bench.client, id, '(while [ -e ~/noise ]; do echo noise; sleep 0.05; done) & sleep 0.2')
    const ran = await runIn(bench.client, id, 'bash --norc', { timeout_seconds: 1 })
    const inside = ran.wait_ended_by === 'prompt'
    const code = await runIn(bench.client, id, "sh -c 'exit 3'")
    if (inside) expect(code).toMatchObject({ finished: true, exit_code: 3 })
    await runIn(bench.client, id, 'rm ~/noise')
    const { transcript_path } = await bench.client.read(id, { wait_seconds: 0 })
    expect(readFileSync(transcript_path, 'latin1')).not.toContain('command not found')
  })
})

describeTerminals('a run over a connection that is cut', (bench) => {
  it('ends with it, and says so', async () => {
    const { client, sshd } = bench.remote
    const { session_id } = await client.ensure({ ...sshd.connection, session_name: 'cut' })
    const time = nap()
    const running = runIn(client, session_id, `echo begun; sleep ${time}`)
    await eventually('it sleeps', () => processesWith(`sleep ${time}`).some((line) => !line.includes('echo')))
    signalAll(bench.remote.servers(), 'SIGKILL')
    const cut = await running
    expect(cut).toMatchObject({ running: false, wait_ended_by: 'exit', exit_reason: 'connection-lost' })
    expect(cut.output).toMatch(/^begun\n/)
  })
})

describeSessions('what a later daemon tells', (bench) => {
  it('shows nothing of how the shell was set up', async () => {
    const connection = { ...bench.sshd.connection, session_name: 'lost' }
    const { session_id } = await bench.client.ensure(connection)
    await runIn(bench.client, session_id, 'echo before')
    await runIn(bench.client, session_id, 'bash --norc')
    await runIn(bench.client, session_id, 'echo inside')
    const { pid } = JSON.parse(bench.place.run('status', '--json'))
    const all = await bench.client.read(session_id, { offset: 0, wait_seconds: 0 })
    process.kill(pid, 'SIGKILL')
    await eventually('the daemon has gone', () => !alive(pid))
    const client = await bench.place.client()
    const list = await listed(client, 'lost')
    expect(list).toMatchObject({ session_id, running: false, exit_reason: 'daemon-lost' })
    for (const format of ['text', 'raw']) {
      const read = await client.read(session_id, { offset: 0, format, wait_seconds: 0 })
      expect(read.output).not.toMatch(/__sm|133;/)
      expect(read.output).toMatch(/before[\s\S]*inside/)
      if (format === 'text') expect(read.output).toBe(all.output)
    }
    expect((await client.read(session_id, { wait_seconds: 0 })).output).not.toContain('__sm')
    expect((await client.read(session_id, { tail_lines: 100, wait_seconds: 0 })).output).not.toContain('__sm')
  })
})

describeTerminals(
  'a server that gives no second channel',
  (bench) => {
    it('has its shell set up by its prompt', async () => {
      const { client, sshd } = bench.remote
      writeFileSync(join(sshd.home, '.bash_profile'), "PS1='me@there:\\w\\$ '\nHISTFILE=\n")
      const opened = await client.ensure({ ...sshd.connection, session_name: 'single' })
      expect(opened).toMatchObject({ running: true, wait_ended_by: 'prompt' })
      const id = opened.session_id
      expect(await runIn(client, id, "echo a; sh -c 'exit 3'")).toMatchObject(finished('a\n', 3))
      const asked = await runIn(client, id, 'read -p "Name: " x; echo "$x"', { timeout_seconds: 3 })
      expect(asked).toMatchObject({ finished: false, exit_code: null })
      expect(await client.write(id, 'me\n', { wait_for: 'prompt' })).toMatchObject({ command: ended(0) })
      expect(await runIn(client, id, 'exit 9')).toMatchObject({
        running: false,
        wait_ended_by: 'exit',
        exit_code: 9,
      })
    })

    it('leaves a shell alone whose prompt is of no known form, and refuses to run', async () => {
      const { client, sshd } = bench.remote
      writeFileSync(join(sshd.home, '.bash_profile'), "PS1='=> '\nHISTFILE=\n")
      const { session_id } = await client.ensure({ ...sshd.connection, session_name: 'silent' })
      expect(await runIn(client, session_id, 'echo a', { timeout_seconds: 5 })).toMatchObject(refused)
      const written = await client.write(session_id, 'echo a\n')
      expect(written.output).toBe('echo a\na\n=> ')
      const left = await client.write(session_id, 'exit 7\n', { wait_for: 'exit' })
      expect(left).toMatchObject({ running: false, exit_code: 7 })
    })
  },
  { config: ['MaxSessions 1'] },
)

/** Prints a menu, and writes down what it reads. */
const MENU = `#!/bin/sh
printf 'Choice# '
while read -r line; do echo "$line" >>"$0.heard"; echo "no such choice"; printf 'Choice# '; done
`

describeTerminals(
  'a server that runs a command of its own',
  (bench) => {
    it('is not typed into by itself, and says that nothing can be run', async () => {
      const { client, sshd } = bench.remote
      const menu = join(sshd.directory, 'menu')
      writeFileSync(menu, MENU, { mode: 0o755 })
      const opened = await client.ensure({ ...sshd.connection, session_name: 'menu', wait_seconds: 5 })
      expect(opened).toMatchObject({ running: true, output: 'Choice# ' })
      expect(await runIn(client, opened.session_id, 'echo a', { timeout_seconds: 5 })).toMatchObject(refused)
      expect(existsSync(`${menu}.heard`) ? readFileSync(`${menu}.heard`, 'utf8') : '').toBe('')
      const written = await client.write(opened.session_id, 'choice\n', {
        wait_for: 'pattern',
        pattern: 'no such',
      })
      expect(written.wait_ended_by).toBe('pattern')
      expect(readFileSync(`${menu}.heard`, 'utf8')).toBe('choice\n')
    })
  },
  { config: ['ForceCommand %DIR%/menu'] },
)
