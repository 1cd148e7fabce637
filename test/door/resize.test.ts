import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeSessions, eventually, type Facts } from '../support/harness.js'

describeSessions('another size', (bench) => {
  const ensure = (session_name: string, args: object = {}): Promise<Facts> =>
    bench.client.call('ssh_ensure_session', { ...bench.sshd.connection, session_name, ...args })
  const run = (session_id: string, command: string): Promise<Facts> =>
    bench.client.call('ssh_run', { session_id, command })
  const windowOf = ({ tmux_session_name }: Facts): string =>
    bench.place
      .tmux('display', '-p', '-t', `=${tmux_session_name}:`, '#{window_width}x#{window_height}')
      .trim()

  it('is seen by the remote, the screen, the window, the results and the record', async () => {
    const { session_id, transcript_path } = await ensure('all')
    expect((await run(session_id, 'stty size')).output).toBe('40 120\n')
    const resized = await ensure('all', { cols: 100, rows: 30, format: 'screen', wait_seconds: 0 })
    expect(resized).toMatchObject({ reused: true, cols: 100, rows: 30 })
    expect((await run(session_id, 'stty size; tput cols; echo $COLUMNS')).output).toBe('30 100\n100\n100\n')
    expect(windowOf(resized)).toBe('100x30')
    const corner = await bench.client.write(session_id, "clear; printf '\\033[99;999Hx\\033[H'\n", {
      format: 'screen',
    })
    const rows = corner.output.split('\n')
    expect(rows).toHaveLength(30)
    expect(rows[29]).toBe(`${' '.repeat(99)}x`)
    const record = join(transcript_path, '../session.json')
    await eventually('it is remembered', () => {
      const { cols, rows, sizes } = JSON.parse(readFileSync(record, 'utf8'))
      return cols === 100 && rows === 30 && sizes.at(-1).cols === 100
    })
  })

  it('changes what is given, and leaves the rest', async () => {
    const { session_id } = await ensure('one', { cols: 90, rows: 20 })
    expect(await ensure('one', { rows: 25 })).toMatchObject({ cols: 90, rows: 25 })
    expect(await ensure('one')).toMatchObject({ cols: 90, rows: 25 })
    expect((await run(session_id, 'stty size')).output).toBe('25 90\n')
  })

  it('comes to a program that is drawing, and to a window that a person looks at', async () => {
    const opened = await ensure('person', { cols: 80, rows: 20 })
    const attach = `tmux attach -t '=${opened.tmux_session_name}'`
    const person = spawn('script', ['-qc', `stty cols 70 rows 15; ${attach}`, '/dev/null'], {
      env: { ...bench.place.env, TERM: 'xterm' },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    await eventually('the person is there', () => bench.place.tmux('list-clients').includes('ssh-mcp-'))
    const file = join(bench.sshd.directory, 'long')
    writeFileSync(file, Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(75)}`).join('\n'))
    const { session_id } = opened
    const shown = await bench.client.write(session_id, `vi ${file}\n`, { format: 'screen' })
    expect(shown.output.split('\n')).toHaveLength(20)
    await ensure('person', { cols: 50, rows: 10, wait_seconds: 0 })
    await bench.client.write(session_id, '\x0c', { format: 'screen' })
    const redrawn = await bench.client.read(session_id, { format: 'screen', wait_seconds: 0 })
    expect(redrawn).toMatchObject({ cols: 50, rows: 10, screen: { alternate: true } })
    const rows = redrawn.output.split('\n')
    expect(rows.slice(0, 2)).toEqual([`0 ${'x'.repeat(48)}`, 'x'.repeat(27)])
    expect(rows).toHaveLength(10)
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(50)
    expect(windowOf(opened)).toBe('50x10')
    person.kill()
    await bench.client.write(session_id, ':q!\n')
    expect((await run(session_id, 'stty size')).output).toBe('10 50\n')
  })
})
