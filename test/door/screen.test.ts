import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeSessions, type Facts } from '../support/harness.js'

const CLEAR = "clear; printf '"

describeSessions('the screen', (bench) => {
  const open = async (session_name: string, args: object = {}): Promise<string> => {
    const { sshd, client } = bench
    const size = { cols: 60, rows: 12 }
    return (await client.ensure({ ...sshd.connection, session_name, ...size, ...args })).session_id
  }
  /** Writes text or presses keys. @returns the screen that follows */
  const type = (session_id: string, what: string | string[], args: object = {}): Promise<Facts> => {
    const input = typeof what === 'string' ? { input: what } : { keys: what }
    return bench.client.call('ssh_write_session', { session_id, ...input, format: 'screen', ...args })
  }
  const look = (id: string, args: object = {}): Promise<Facts> =>
    bench.client.read(id, { format: 'screen', wait_seconds: 0, ...args })
  const run = (session_id: string, command: string, args: object = {}): Promise<Facts> =>
    bench.client.call('ssh_run', { session_id, command, ...args })
  const fileOf = (name: string, text: string): string => {
    writeFileSync(join(bench.sshd.directory, name), text)
    return join(bench.sshd.directory, name)
  }
  const rows = ({ output }: Facts): string[] => output.split('\n')

  it('shows vim: opened, moved in, typed into, left', async () => {
    const id = await open('vim')
    await run(id, 'export LC_ALL=C.UTF-8 EXINIT="set ttimeoutlen=10 noshowcmd"')
    const file = fileOf('poem', 'one\ntwo 日本語\nthree\n')
    const opened = await run(id, `vi ${file}`, { format: 'screen' })
    expect(opened).toMatchObject({ finished: false, wait_ended_by: 'needs_input' })
    expect(rows(opened).slice(0, 4)).toEqual(['one', 'two 日本語', 'three', '~'])
    expect(rows(opened)).toHaveLength(12)
    expect(opened.screen).toMatchObject({ cursor: { row: 1, column: 1, visible: true }, alternate: true })
    const moved = await type(id, ['Down', 'End'])
    // In columns: the last of the wide characters begins in the ninth.
    expect(moved.screen.cursor).toMatchObject({ row: 2, column: 9 })
    const typed = await type(id, 'A and more')
    expect(rows(typed)[1]).toBe('two 日本語 and more')
    expect(rows(typed).at(-1)).toMatch(/^-- INSERT --/)
    expect(rows(await type(id, ['Escape'])).at(-1)).not.toContain('INSERT')
    const left = await type(id, ':q!\n')
    expect(left).toMatchObject({ wait_ended_by: 'prompt', screen: { alternate: false } })
    expect(left.output).not.toContain('three')
    expect(rows(left).at(-1)).toBe('remote$')
  })

  it('shows it where no shell reports, too', async () => {
    const id = await open('silent', { integration: false })
    const file = fileOf('lines', 'one\ntwo\n')
    const opened = await type(id, `vi ${file}\n`)
    expect(opened).toMatchObject({ wait_ended_by: 'quiet', screen: { cursor: { row: 1, column: 1 } } })
    expect(rows(opened).slice(0, 3)).toEqual(['one', 'two', '~'])
    // Nothing but the cursor moves, and nothing but what was typed shows.
    expect(await type(id, ['Down'])).toMatchObject({ wait_ended_by: 'quiet', screen: { cursor: { row: 2 } } })
    expect(rows(await type(id, 'Ax'))[1]).toBe('twox')
    await type(id, ['Escape'])
    expect(await type(id, ':q!\n')).toMatchObject({ screen: { alternate: false } })
  })

  it('shows less, with wide characters and marks', async () => {
    const id = await open('less')
    await run(id, 'export LC_ALL=C.UTF-8')
    const file = fileOf('wide', Array.from({ length: 40 }, (_, i) => `${i} 日本語 e\u0301 😀|`).join('\n'))
    const first = await type(id, `less ${file}\n`)
    expect(rows(first)[0]).toBe('0 日本語 e\u0301 😀|')
    expect(first.screen).toMatchObject({ alternate: true, cursor: { row: 12 } })
    expect(rows(await type(id, ' '))[0]).toBe('11 日本語 e\u0301 😀|')
    expect(rows(await type(id, ['End'])).at(-2)).toBe('39 日本語 e\u0301 😀|')
    expect(await type(id, 'q')).toMatchObject({ wait_ended_by: 'prompt', screen: { alternate: false } })
  })

  it.each(['top', 'htop'].filter((program) => existsSync(`/usr/bin/${program}`)))(
    'shows %s',
    async (program) => {
      const id = await open(program, { cols: 100, rows: 20 })
      const shown = await type(id, `${program} -d 50\n`)
      expect(shown.output).toMatch(/PID +USER/)
      expect(rows(shown).length).toBeGreaterThan(10)
      expect(rows(shown).length).toBeLessThanOrEqual(20)
      const asked = await type(id, program === 'top' ? 'u' : ['F3'])
      expect(asked.output).toContain(program === 'top' ? 'Which user' : 'Search')
      await type(id, ['C-c'])
      await type(id, 'q', { wait_for: 'prompt' })
    },
  )

  it('shows what is drawn with a character set and within a scroll region', async () => {
    const id = await open('drawing')
    const frame = `${CLEAR}\\033(0lqqk\\033(B\\n\\033(0x  x\\033(B\\n\\033(0mqqj\\033(B\\n'\n`
    expect(await type(id, frame)).toMatchObject({
      output: '┌──┐\n│  │\n└──┘\nremote$',
      screen: { cursor: { row: 4, column: 9 } },
    })
    const region = `${CLEAR}head\\n\\033[2;4r\\033[4;1H'; seq 5; printf '\\033[r\\033[5;1Htail\\n'\n`
    expect((await type(id, region)).output).toBe('head\n4\n5\n\ntail\nremote$')
  })

  it('is given behind a command, whose output is not pending then', async () => {
    const id = await open('behind')
    const ran = await run(id, `${CLEAR}one\\ntwo\\n'`, { format: 'screen' })
    // The prompt may have come already.
    expect(ran.output).toMatch(/^one\ntwo(?:\nremote\$)?$/)
    expect(ran).toMatchObject({ finished: true, exit_code: 0, pending_output_chars: 0 })
    const { offset, next_offset } = ran
    const again = await bench.client.read(id, { offset, wait_seconds: 0, format: 'raw' })
    expect(again.output).toContain('one\r\ntwo\r\n')
    expect(next_offset).toBeGreaterThan(offset)
    expect((await bench.client.read(id, { wait_seconds: 0 })).output).not.toContain('one')
  })

  it('leaves what was not read to be read', async () => {
    const id = await open('pending')
    await type(id, 'echo un"read"\n')
    const shown = await look(id)
    expect(shown.output).toContain('\nunread\n')
    expect(shown.pending_output_chars).toBeGreaterThan(0)
    expect((await bench.client.read(id)).output).toContain('\nunread\n')
    expect(await look(id)).toMatchObject({ pending_output_chars: 0, offset: null })
  })

  it('waits for something new since the screen that was given last', async () => {
    const id = await open('news')
    await run(id, 'true')
    await look(id)
    expect(await look(id)).toMatchObject({ wait_ended_by: 'timeout' })
    await type(id, '(sleep 1; echo la"te") &\n', { wait_for: 'output' })
    await look(id)
    const later = await bench.client.read(id, { format: 'screen', wait_seconds: 20, wait_for: 'output' })
    expect(later).toMatchObject({ wait_ended_by: 'output' })
    await bench.client.read(id, { wait_seconds: 20, pattern: 'late' })
    expect((await look(id)).output).toContain('late')
    await bench.client.write(id, 'echo new\n')
    expect(await look(id)).toMatchObject({ wait_ended_by: 'output' })
  })

  it('is short: what is as usual is left out, and rows without text at the end', async () => {
    const id = await open('short')
    const { texts } = await type(id, 'clear\n')
    expect(texts[0]).toBe('remote$')
    expect(JSON.parse(texts[1]).screen).toEqual({ cursor: { row: 1, column: 9 } })
  })

  it('is cut to whole rows, the cursor among them', async () => {
    const id = await open('cut')
    const cut = await type(id, 'clear; seq 1000 1008\n', { max_output_chars: 20 })
    expect(cut).toMatchObject({ output: '1007\n1008\nremote$', truncated: true, screen: { first_row: 8 } })
  })

  it('has no other place than the present', async () => {
    const id = await open('present')
    for (const place of [{ offset: 0 }, { tail_lines: 3 }])
      expect(await look(id, place)).toMatchObject({ isError: true, error_type: 'validation_error' })
  })

  it('is there for a session that has ended, and after the daemon has died', async () => {
    const id = await open('ended')
    await run(id, `${CLEAR}last\\nwords\\n'`)
    const stopped = await bench.client.call('ssh_stop_session', { session_id: id, format: 'screen' })
    expect(rows(stopped).slice(0, 2)).toEqual(['last', 'words'])
    expect(rows(await look(id)).slice(0, 2)).toEqual(['last', 'words'])
    const other = await open('lost')
    await type(other, `vi ${fileOf('lost', 'a\nb\n')}\n`)
    const { pid } = JSON.parse(bench.place.run('status', '--json'))
    process.kill(pid, 'SIGKILL')
    const client = await bench.place.client()
    const lost = await client.read(other, { format: 'screen', wait_seconds: 0 })
    expect(lost).toMatchObject({ running: false, exit_reason: 'daemon-lost', screen: { alternate: true } })
    expect(rows(lost).slice(0, 3)).toEqual(['a', 'b', '~'])
    bench.client = client
  })
})
