import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLI, describeSessions, eventually, processesWith, Workplace } from '../support/harness.js'

describe('commands for people, with no daemon', () => {
  let place: Workplace
  beforeAll(() => {
    place = new Workplace()
  })
  afterAll(() => place.close())

  const command = (...args: string[]) =>
    spawnSync(process.execPath, [CLI, ...args], { env: place.env, encoding: 'utf8', input: '' })

  it.each([
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['help'], 0, /ssh-mcp demo/],
    [['list'], 0, /^No sessions\.\n$/],
    [['list', '--json'], 0, /^\{"count":0,"sessions":\[\]\}\n$/],
    [['status'], 0, /^not running/],
    [['status', '--json'], 0, /"pid":null/],
    [['shutdown'], 0, /No daemon was running/],
  ])('%j says so', (args, code, words) => {
    const { status, stdout } = command(...args)
    expect(stdout).toMatch(words)
    expect(status).toBe(code)
  })

  it.each([
    [['nonsense'], 2, 'nonsense'],
    [['list', '--wrong'], 2, 'wrong'],
    [['stop'], 2, 'name'],
    [['tail'], 2, 'name'],
    [['stop', 'x'], 1, 'no daemon'],
    [['tail', 'x'], 1, "no session 'x'"],
    [['--embedded', 'x'], 2, 'unexpected'],
  ])('%j fails with a sentence', (args, code, words) => {
    const { status, stderr } = command(...args)
    expect(stderr).toContain(words)
    expect(status).toBe(code)
  })

  it('starts no daemon for looking', () => {
    expect(existsSync(place.state)).toBe(false)
  })
})

describeSessions('commands for people', (bench) => {
  it('list, status and stop what runs', async () => {
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'by hand' })
    await bench.client.write(session_id, 'echo seen by a person; sleep 100\n', {
      wait_for: 'pattern',
      pattern: '^seen',
    })
    expect(bench.place.run('list')).toMatch(
      new RegExp(`by hand +${session_id} +\\S+@127.0.0.1 +running +0 +seen by a person\n`),
    )
    expect(bench.place.run('status')).toMatch(/^running: pid \d+, version \d+\.\d+\.\d+, 1 sessions/)
    expect(bench.place.run('stop', 'by hand')).toMatch(/^by hand on \S+@127.0.0.1: stopped\n$/)
    expect(bench.place.run('stop', session_id)).toContain('had ended before (stopped)')
  })

  it('follow a transcript to its end', async () => {
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'tailed' })
    await bench.client.write(session_id, 'for i in 1 2 3 4 5; do echo "line $i"; done\n')
    const tail = spawn(process.execPath, [CLI, 'tail', 'tailed', '-n', '3'], { env: bench.place.env })
    let shown = ''
    tail.stdout.on('data', (text) => {
      shown += text
    })
    const ended = new Promise((resolve) => tail.on('exit', resolve))
    await eventually('the last lines are shown', () => shown.includes('line 5'))
    expect(shown).not.toContain('line 3')
    await bench.client.write(session_id, 'echo and on\n')
    await eventually('what came later is shown', () => /[\r\n\x07]and on\r\n/.test(shown))
    await bench.client.call('ssh_stop_session', { session_id })
    expect(await ended).toBe(0)
    expect(bench.place.run('tail', 'tailed', '--no-follow')).toContain('and on')
  })
})

describe('the demo', () => {
  it('runs the main job, and cleans up', () => {
    const place = new Workplace()
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'demo'], {
      env: place.env,
      encoding: 'utf8',
      input: '',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('\nthe colour is violet, in /tmp\n')
    expect(stdout).toContain("tmux attach -t '=ssh-mcp-")
    const directory = /TMUX_TMPDIR=(\S+)/.exec(stdout)?.[1] as string
    expect(processesWith('ssh-mcp-demo-')).toEqual([])
    expect(directory).toBe(place.directory)
    expect(() => place.tmux('ls')).toThrow()
  })
})
