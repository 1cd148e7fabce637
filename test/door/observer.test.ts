import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeSessions, eventually } from '../support/harness.js'

describeSessions('the window to watch', (bench) => {
  const open = (session_name: string, more = {}) =>
    bench.client.call('ssh_ensure_session', { ...bench.sshd.connection, session_name, ...more })
  const windows = () => {
    try {
      return bench.place.tmux('ls', '-F', '#{session_name}').trim().split('\n')
    } catch {
      return []
    }
  }

  it('shows what the session prints, at its size, under the name that is reported', async () => {
    const opened = await open('seen', { cols: 100, rows: 20 })
    const name = opened.tmux_session_name
    // Every IP address has dots, which tmux turns into underscores.
    expect(name).toMatch(/^ssh-mcp-[a-z0-9_-]+-127_0_0_1-seen$/)
    expect(opened.observer).toMatchObject({
      requested_mode: 'tmux',
      mode: 'tmux',
      tmux_started: true,
      tmux_session_name: name,
      warning: null,
    })
    expect(opened.observer_command).toContain(`tmux attach -t '=${name}'`)
    expect(windows()).toContain(name)
    expect(
      bench.place.tmux('display-message', '-p', '-t', `=${name}:`, '#{pane_width}x#{pane_height}').trim(),
    ).toBe('100x20')
    await bench.client.write('seen', 'echo look here\n')
    await eventually('it is shown', () =>
      bench.place.tmux('capture-pane', '-p', '-t', `=${name}:`).includes('\nlook here\n'),
    )
    await open('seen', { cols: 90, rows: 25 })
    expect(
      bench.place.tmux('display-message', '-p', '-t', `=${name}:`, '#{pane_width}x#{pane_height}').trim(),
    ).toBe('90x25')
  })

  it('is made again when the person closed it, and ended with its session only', async () => {
    // `kill-session -t dep` would also end `deploy`: tmux takes a prefix for the name.
    const dep = await open('dep')
    const deploy = await open('deploy')
    bench.place.tmux('kill-session', '-t', `=${dep.tmux_session_name}`)
    expect(await open('dep')).toMatchObject({ reused: true, tmux_session_name: dep.tmux_session_name })
    expect(windows()).toContain(dep.tmux_session_name)
    bench.place.tmux('kill-session', '-t', `=${dep.tmux_session_name}`)
    await bench.client.call('ssh_stop_session', { session_id: dep.session_id })
    expect(windows()).toContain(deploy.tmux_session_name)
    await bench.client.call('ssh_stop_session', { session_id: deploy.session_id })
    expect(windows()).not.toContain(deploy.tmux_session_name)
  })

  it('has a name of its own where two sessions would get the same', async () => {
    const [one, two] = [await open('a b'), await open('a-b')]
    expect(one.tmux_session_name).not.toBe(two.tmux_session_name)
    expect(windows()).toEqual(expect.arrayContaining([one.tmux_session_name, two.tmux_session_name]))
    const unnameable = await open('日本')
    expect(windows()).toContain(unnameable.tmux_session_name)
  })

  it('leaves a tmux session of the person alone that has its name', async () => {
    const opened = await open('mine')
    bench.place.tmux('kill-session', '-t', `=${opened.tmux_session_name}`)
    bench.place.tmux('new-session', '-d', '-s', opened.tmux_session_name, 'cat')
    await bench.client.call('ssh_stop_session', { session_id: opened.session_id })
    expect(windows()).toContain(opened.tmux_session_name)
    bench.place.tmux('kill-session', '-t', `=${opened.tmux_session_name}`)
  })

  it('runs nothing that a name asks tmux to run', async () => {
    const opened = await open('#(touch pwned)')
    expect(opened.observer.mode).toBe('tmux')
    expect(opened.tmux_session_name).not.toContain('#')
  })

  it('closes by itself with auto_close when the shell ends, and stays without', async () => {
    const closing = await open('closing', { auto_close: true })
    const staying = await open('staying')
    for (const id of ['closing', 'staying']) await bench.client.write(id, 'exit\n', { wait_for: 'exit' })
    await eventually('it is closed', () => !windows().includes(closing.tmux_session_name))
    expect(windows()).toContain(staying.tmux_session_name)
  })

  it('echoes no answers to what programs ask the terminal', async () => {
    const opened = await open('asking')
    await bench.client.write('asking', "printf 'A\\033[c\\033[6nB\\n'\n")
    const shown = () => bench.place.tmux('capture-pane', '-p', '-t', `=${opened.tmux_session_name}:`)
    await eventually('it is shown', () => shown().includes('\nAB\n'))
    expect(shown()).not.toMatch(/\[\?|;1R|1;2c/)
  })

  it('is done without where tmux is missing or fails, and the reply says so', async () => {
    const broken = fileURLToPath(new URL('../../fixtures/broken-tmux', import.meta.url))
    for (const [program, words] of [
      ['/nonexistent/tmux', 'not found'],
      [broken, 'no server for you'],
    ] as const) {
      const client = await bench.place.client({ SSH_MCP_TMUX_BIN: program })
      const opened = await client.call('ssh_ensure_session', {
        ...bench.sshd.connection,
        session_name: `without ${words}`,
      })
      expect(opened).toMatchObject({ running: true, wait_ended_by: 'prompt', tmux_session_name: null })
      expect(opened.observer).toMatchObject({
        requested_mode: 'tmux',
        mode: 'transcript',
        tmux_started: false,
      })
      expect(opened.observer.warning).toContain(words)
      expect(opened.observer_command).toBe(`tail -n +1 -f ${opened.transcript_path}`)
    }
  })

  it('can be added later, but is not taken away', async () => {
    expect((await open('later', { observer_mode: 'transcript' })).observer.mode).toBe('transcript')
    expect((await open('later')).observer.mode).toBe('tmux')
    expect((await open('later', { observer_mode: 'transcript' })).observer.mode).toBe('tmux')
  })
})
