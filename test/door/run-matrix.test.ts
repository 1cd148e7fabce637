import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Bench, describeSessions, type Facts } from '../support/harness.js'
import { OPEN, SHELLS, type Shell, type Step, scenariosOf } from '../support/run-cases.js'

/** Where a shell is, none if it is not installed. */
function pathOf(shell: Shell): string {
  const name = shell === 'ash' ? 'busybox' : shell
  try {
    return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** A session in one shell. */
class Shells {
  readonly #bench: Bench

  constructor(bench: Bench) {
    this.#bench = bench
  }

  /** Makes what the commands look at, and a busybox that is called ash. */
  prepare(): void {
    const { home, directory } = this.#bench.sshd
    mkdirSync(join(home, 'globs'))
    for (const name of ['a.txt', 'b.txt', 'c d']) writeFileSync(join(home, 'globs', name), '')
    const busybox = pathOf('ash')
    if (busybox) symlinkSync(busybox, join(directory, 'ash'))
  }

  run(shell: Shell, command: string, args: Record<string, unknown> = {}): Promise<Facts> {
    const { sshd, client } = this.#bench
    const path = shell === 'ash' ? join(sshd.directory, 'ash') : pathOf(shell)
    return client.call('ssh_run', {
      ...sshd.connection,
      session_name: shell,
      shell: path,
      observer_mode: 'transcript',
      timeout_seconds: 5,
      command,
      ...args,
    })
  }

  /** Takes steps in order, and then one more; of a single one the next test shows what it left behind. */
  async take(shell: Shell, steps: Step[]): Promise<void> {
    const next: Step = { run: 'echo next', output: 'next\n' }
    for (const each of steps.length === 1 ? steps : [...steps, next]) {
      const ran = await this.run(shell, each.run, each.raw === undefined ? {} : { format: 'raw' })
      expect({ run: each.run, ...seen(ran) }).toEqual({ run: each.run, ...wanted(each) })
    }
  }

  /** A test whose failure must not break the next one: that gets a new session. */
  test(shell: Shell, name: string, body: () => Promise<void>): void {
    it(name, async () => {
      try {
        await body()
      } catch (error) {
        await this.#bench.client.call('ssh_stop_session', { session_id: shell, force: true })
        throw error
      }
    })
  }
}

const seen = (ran: Facts) => ({
  output: ran.output,
  exit_code: ran.exit_code,
  finished: ran.finished,
  wait_ended_by: ran.wait_ended_by,
  cwd: ran.cwd,
  pending: ran.pending_output_chars,
  skipped: ran.created ? 0 : ran.skipped_output_chars,
  error: ran.error ?? null,
})

const wanted = ({ code = 0, output = '', raw, cwd }: Step) => ({
  output: raw ?? (typeof output === 'string' ? output : expect.stringMatching(output)),
  exit_code: code === 'any' ? expect.any(Number) : code,
  finished: true,
  wait_ended_by: 'finished',
  cwd: cwd ?? expect.stringMatching(/^\//),
  pending: 0,
  skipped: 0,
  error: null,
})

describeSessions('ssh_run in', (bench) => {
  const shells = new Shells(bench)
  beforeAll(() => shells.prepare())

  describe.each(SHELLS.filter(pathOf))('%s', (shell) => {
    const test = (name: string, body: () => Promise<void>) => shells.test(shell, name, body)
    for (const [name, ...steps] of scenariosOf(shell)) test(name, () => shells.take(shell, steps))

    for (const command of shell === 'fish' ? [] : OPEN)
      test(`incomplete: ${command}`, async () => {
        const ran = await shells.run(shell, command)
        expect(ran).toMatchObject({
          wait_ended_by: 'incomplete_input',
          finished: false,
          exit_code: null,
          output: '',
        })
        await shells.take(shell, [])
      })

    test('what is no text is refused', async () => {
      expect(await shells.run(shell, 'echo a\0b')).toMatchObject({
        isError: true,
        texts: [expect.stringContaining('NUL'), expect.stringContaining('validation_error')],
      })
      await shells.take(shell, [])
    })

    test('input that a command asks for is written, and then its end is told', async () => {
      const asking =
        shell === 'fish'
          ? 'read -P "name? " name; echo "hi $name"'
          : 'printf \'name? \'; read name; echo "hi $name"'
      const asked = await shells.run(shell, `${asking}; ${shell === 'fish' ? 'sh -c "exit 4"' : '(exit 4)'}`)
      expect(asked).toMatchObject({ wait_ended_by: 'needs_input', finished: false, exit_code: null })
      expect(asked.output).toMatch(/name\? ?$/)
      const again = await shells.run(shell, 'echo no')
      expect(again.texts[0]).toMatch(/still running in session .*name\? /)
      const answered = await bench.client.write(asked.session_id, 'bob\n', { wait_for: 'prompt' })
      expect(answered).toMatchObject({ wait_ended_by: 'prompt', command: { finished: true, exit_code: 4 } })
      expect(answered.output).toContain('hi bob\n')
      await shells.take(shell, [])
    })

    test('a program that reads its standard input', async () => {
      const asked = await shells.run(shell, 'cat; echo done')
      expect(asked).toMatchObject({ wait_ended_by: 'needs_input', finished: false, output: '' })
      const answered = await bench.client.call('ssh_write_session', {
        session_id: asked.session_id,
        input: 'to cat\n',
        keys: ['C-d'],
        wait_for: 'prompt',
      })
      expect(answered.output).toMatch(/^to cat\nto cat\ndone\n/)
      expect(answered.command).toMatchObject({ finished: true, exit_code: 0 })
      await shells.take(shell, [])
    })

    test('a password', async () => {
      const asking = {
        bash: 'read -rsp "Password: " p; echo',
        zsh: 'read -rs "p?Password: "; echo',
        fish: '',
      }[shell as 'bash']
      const command =
        asking || 'sh -c \'stty -echo; printf "Password: "; read p; stty echo; echo; echo "got $p"\''
      const asked = await shells.run(shell, command)
      expect(asked).toMatchObject({ wait_ended_by: 'password_prompt', finished: false, output: 'Password: ' })
      const answered = await bench.client.write(asked.session_id, 'secret\n', { wait_for: 'prompt' })
      expect(answered.command).toMatchObject({ finished: true, exit_code: 0 })
      await shells.take(shell, [])
    })

    test('a command that goes on is named to the next one, and interrupted', async () => {
      const slept = await shells.run(shell, 'sleep 30', { timeout_seconds: 0.5 })
      expect(slept).toMatchObject({ wait_ended_by: 'timeout', finished: false, exit_code: null, output: '' })
      const refused = await shells.run(shell, 'echo no')
      expect(refused).toMatchObject({ isError: true })
      expect(refused.texts[0]).toContain('sleep 30')
      const { session_id } = slept
      const ended = await bench.client.call('ssh_write_session', {
        session_id,
        keys: ['C-c'],
        wait_for: 'prompt',
      })
      expect(ended).toMatchObject({
        wait_ended_by: 'prompt',
        command: { line: 'sleep 30', finished: true, exit_code: 130 },
      })
      await shells.take(shell, [])
    })

    test('what goes on past its time ends where it is read', async () => {
      const slept = await shells.run(
        shell,
        `echo a; sleep 0.7; echo b; ${shell === 'fish' ? 'false' : '(exit 1)'}`,
        { timeout_seconds: 0.3 },
      )
      expect(slept).toMatchObject({ wait_ended_by: 'timeout', output: 'a\n' })
      const rest = await bench.client.read(slept.session_id, { wait_for: 'prompt' })
      expect(rest).toMatchObject({ wait_ended_by: 'prompt', command: { finished: true, exit_code: 1 } })
      expect(rest.output).toMatch(/^b\n/)
      await shells.take(shell, [])
    })

    test('its own transcript, printed', async () => {
      const ran = await shells.run(shell, "echo 'ü fed'")
      const copied = `cp '${ran.transcript_path}' copy; cat copy`
      const whole = await shells.run(shell, `${copied}; ${shell === 'fish' ? 'false' : '(exit 3)'}`, {
        timeout_seconds: 30,
        max_output_chars: 1_000_000,
      })
      expect(whole).toMatchObject({
        finished: true,
        exit_code: shell === 'fish' ? 1 : 3,
        wait_ended_by: 'finished',
        pending_output_chars: 0,
      })
      expect(whole.output).toContain('ü fed')
      expect(whole.output.length).toBeGreaterThan(900)
      await shells.take(shell, [{ run: 'tail -c 3000 copy; echo; echo end', output: /end\n$/ }])
    })

    test('much output has its head and tail, and the rest by offset', async () => {
      const numbers = Array.from({ length: 300_000 }, (_, i) => `${i + 1}`)
      const ran = await shells.run(shell, 'seq 1 300000', { max_output_chars: 1000, timeout_seconds: 30 })
      expect(ran).toMatchObject({ finished: true, exit_code: 0, truncated: true, pending_output_chars: 0 })
      const [, head = '', chars = '', offset = '', tail = ''] =
        /^([\s\S]*\n)… ([\d,]+) characters left out; read on with offset (\d+) …\n([\s\S]*)$/.exec(
          ran.output,
        ) ?? []
      const all = `${numbers.join('\n')}\n`
      expect(all.startsWith(head) && all.endsWith(tail)).toBe(true)
      expect(head.length + tail.length).toBeLessThanOrEqual(1000)
      expect(tail.length).toBeGreaterThan(300)
      const middle = all.slice(head.length, all.length - tail.length)
      expect(Number(chars.replaceAll(',', ''))).toBe(middle.length)
      let read = ''
      for (let at = Number(offset); read.length < middle.length; ) {
        const part = await bench.client.read(ran.session_id, { offset: at, max_output_chars: 1_000_000 })
        read += part.output
        at = part.next_offset
      }
      expect(read.startsWith(middle)).toBe(true)
      await shells.take(shell, [])
    })
  })

  describe.each(SHELLS.filter(pathOf))('a shell that ends: %s', (shell) => {
    const test = (name: string, body: () => Promise<void>) => shells.test(shell, name, body)
    const ends = [
      ['exit 3', 3],
      ['exec true', 0],
      ["echo 'ü'; exit 4", 4],
    ] as const
    for (const [command, code] of ends)
      test(command, async () => {
        const ran = await shells.run(shell, command, { session_name: `${shell}-${code}` })
        expect(ran).toMatchObject({ running: false, exit_code: code, finished: true, wait_ended_by: 'exit' })
        expect(ran.output).toMatch(code === 4 ? /^ü\n(logout\n)?$/ : /^(logout\n)?$/)
        const after = await bench.client.call('ssh_run', { session_id: ran.session_id, command: 'true' })
        expect(after.isError).toBe(true)
      })

    test('killed', async () => {
      const self = shell === 'fish' ? '$fish_pid' : '$$'
      const ran = await shells.run(shell, `kill -9 ${self}`, { session_name: `${shell}-9` })
      expect(ran).toMatchObject({ running: false, finished: true, wait_ended_by: 'exit', output: '' })
      expect([ran.exit_code, ran.exit_reason]).toEqual([255, 'exit-255'])
    })
  })
})
