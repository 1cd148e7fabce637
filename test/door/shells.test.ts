import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeSessions } from '../support/harness.js'

const SHELLS = ['/bin/bash', '/usr/bin/zsh', '/usr/bin/fish', '/bin/dash'].filter((shell) =>
  existsSync(shell),
)

describeSessions('a session in another shell', (bench) => {
  const open = (shell: string, session_name = shell) =>
    bench.client.ensure({ ...bench.sshd.connection, session_name, shell })

  it.each(SHELLS)('is not at rest while a command is silent: %s', async (shell) => {
    expect(await open(shell)).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    const written = await bench.client.write(shell, 'sleep 0.7; echo wo"ken"\n')
    expect(written.wait_ended_by).toBe('prompt')
    expect(written.output).toContain('\nwoken\n')
    const found = await bench.client.write(shell, 'sleep 0.3; echo la"ter"; sleep 0.2\n', {
      wait_for: 'pattern',
      pattern: '^later',
    })
    expect(found.wait_ended_by).toBe('pattern')
    await bench.client.read(shell, { wait_for: 'prompt', wait_seconds: 1 })
  })

  it('is at its prompt where that is empty, and not where an editor has the screen', async () => {
    const id = (await open('/bin/bash', 'bare')).session_id
    await bench.client.write(id, 'PS1=\n', { wait_for: 'prompt' })
    expect(await bench.client.write(id, 'true\n')).toMatchObject({ wait_ended_by: 'prompt' })
    // What vim does: the alternate screen, bracketed paste, some text.
    const editor = "printf '\\033[?1049h\\033[?2004h~ '; sleep 1; printf '\\033[?2004l\\033[?1049l'"
    expect(await bench.client.write(id, `${editor}\n`)).toMatchObject({
      wait_ended_by: 'prompt',
      command: { finished: true, exit_code: 0 },
    })
  })

  it.each(SHELLS.filter((shell) => !shell.endsWith('fish')))(
    'shows a command wider than the terminal as one line: %s',
    async (shell) => {
      await open(shell)
      const words = 'abcdefghij '.repeat(30)
      const written = await bench.client.write(shell, `echo ${words}| wc -w\n`)
      expect(written.output).toContain(`echo ${words}| wc -w\n`)
      expect(written.output).toMatch(/\n *30\n/)
    },
  )
})
