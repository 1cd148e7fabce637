import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, it } from 'vitest'
import { describeSessions, type Facts } from '../support/harness.js'

/** Figures of commands in a session, printed and never asserted: npm run bench */
const sorted = (values: number[]): number[] => values.toSorted((a, b) => a - b)
const at = (values: number[], part: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))] as number
const show = (what: string, value: string): void => void process.stdout.write(`${what.padEnd(68)} ${value}\n`)
const figures = (values: number[]): string =>
  `median ${at(values, 0.5).toFixed(2)} ms, p99 ${at(values, 0.99).toFixed(2)}`

const directory = mkdtempSync(join(tmpdir(), 'ash-'))
symlinkSync('/bin/busybox', join(directory, 'ash'))
const SHELLS = ['/bin/bash', '/usr/bin/zsh', '/usr/bin/fish', '/bin/dash', join(directory, 'ash')]

describeSessions('figures of commands', (bench) => {
  afterAll(() => rmSync(directory, { recursive: true }))

  const timed = async (times: number[], work: () => Promise<Facts>): Promise<void> => {
    await pause(5)
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }

  it('a command, beside an echo on the same way', async () => {
    const shell = '/bin/bash --norc'
    const { session_id } = await bench.client.ensure({
      ...bench.sshd.connection,
      shell: '/bin/bash',
      session_name: shell,
    })
    await bench.client.call('ssh_run', {
      session_id,
      command: "unset PROMPT_COMMAND; PS1='$ '; exec bash --norc",
    })
    const echo: number[] = []
    const run: number[] = []
    for (let round = 0; round < 500; round++) {
      await timed(echo, () => bench.client.write(session_id, 'x', { wait_for: 'output' }))
      await bench.client.call('ssh_write_session', { session_id, keys: ['C-u'], wait_seconds: 0 })
      await timed(run, () => bench.client.call('ssh_run', { session_id, command: 'true' }))
    }
    show('echo of one key, 5 ms between calls', figures(echo))
    show('ssh_run "true" in bash without start files, 5 ms between calls', figures(run))
    show('above the echo, median', `${(at(run, 0.5) - at(echo, 0.5)).toFixed(2)} ms`)
  })

  it.each(SHELLS)('%s', async (shell) => {
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, shell, session_name: shell })
    const run: number[] = []
    const large: number[] = []
    const text = `echo ${'x'.repeat(40_000)} | wc -c`
    for (let round = 0; round < 50; round++)
      await timed(run, () => bench.client.call('ssh_run', { session_id, command: 'true' }))
    for (let round = 0; round < 3; round++)
      await timed(large, () => bench.client.call('ssh_run', { session_id, command: text }))
    const name = shell.split('/').at(-1)
    show(`ssh_run "true" in ${name}`, figures(run))
    show(`ssh_run of 40 KB in ${name}`, figures(large))
  })

  it.each(SHELLS)('from nothing to the prompt: %s', async (shell) => {
    const armed: number[] = []
    const plain: number[] = []
    const { target, port, identity_file, known_hosts_file } = bench.sshd.connection
    const hosts = `UserKnownHostsFile=${known_hosts_file}`
    const ssh = ['-tt', '-e', 'none', '-i', identity_file, '-o', hosts, '-p', String(port), target]
    for (let round = 0; round < 9; round++) {
      let start = performance.now()
      const { session_id } = await bench.client.ensure({
        ...bench.sshd.connection,
        shell,
        session_name: `${shell} ${round}`,
      })
      armed.push(performance.now() - start)
      await bench.client.call('ssh_stop_session', { session_id })
      start = performance.now()
      await new Promise((resolve) => {
        const child = spawn('ssh', [...ssh, `exec ${shell} -l`], { stdio: ['pipe', 'pipe', 'ignore'] })
        child.stdout.on(
          'data',
          (chunk) => /[$#] (?:\x1b\S*)*$|\x1b\[\?2004h/.test(String(chunk)) && child.kill(),
        )
        child.on('exit', resolve)
      })
      plain.push(performance.now() - start)
    }
    const cost = at(armed, 0.5) - at(plain, 0.5)
    const name = shell.split('/').at(-1)
    show(
      `ensure with ${name}, set up, above plain ssh -tt to its prompt`,
      `${cost.toFixed(0)} ms (${at(armed, 0.5).toFixed(0)} against ${at(plain, 0.5).toFixed(0)})`,
    )
  })
})
