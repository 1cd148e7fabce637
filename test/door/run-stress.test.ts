import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bench, describeSessions } from '../support/harness.js'
import { installed } from '../support/remote.js'

/** Numbers that look thrown and are the same each time. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return state / 0x7fffffff
  }
}

/** The i-th command, with what it prints and how it ends; in words that every shell understands. */
function job(index: number, random: () => number): { command: string; output: string; exit_code: number } {
  const exit_code = index % 256
  const end = `sh -c 'exit ${exit_code}'`
  const size = Math.floor(random() ** 3 * 5000)
  switch (index % 5) {
    case 0:
      return {
        command: `printf '%0${size}d\\n' ${index}; ${end}`,
        output: `${String(index).padStart(size, '0')}\n`,
        exit_code,
      }
    case 1:
      return { command: `echo w${index} | tr w v; ${end}`, output: `v${index}\n`, exit_code }
    case 2:
      return { command: end, output: '', exit_code }
    case 3:
      return { command: `printf 'é ${index}'; ${end}`, output: `é ${index}`, exit_code }
    default: {
      const lines = Math.floor(size / 50)
      const output = Array.from({ length: lines + 1 }, (_, line) => `${index + line}\n`).join('')
      return { command: `seq ${index} ${index + lines}; ${end}`, output, exit_code }
    }
  }
}

const SHELLS: [string, number][] = [
  ['bash', 1000],
  ['zsh', 150],
  ['fish', 150],
  ['dash', 150],
  ['ash', 150],
]

describeSessions('many runs in a row', (bench: Bench) => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stress-'))
    symlinkSync('/bin/busybox', join(folder, 'ash'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function runAll(shell: string, session_name: string, times: number): Promise<string[]> {
    const path = shell === 'ash' ? join(folder, 'ash') : shell
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name, shell: path })
    const random = dice(times)
    const wrong: string[] = []
    for (let index = 0; index < times; index++) {
      const { command, ...expected } = job(index, random)
      const ran = await bench.client.call('ssh_run', { session_id, command })
      const told = { output: ran.output, exit_code: ran.exit_code }
      const clean = ran.wait_ended_by === 'finished' && !ran.skipped_output_chars && !ran.pending_output_chars
      if (!clean || JSON.stringify(told) !== JSON.stringify(expected))
        wrong.push(JSON.stringify({ command, ...ran }))
      if (random() < 0.1) await pause(random() * 10)
    }
    return wrong
  }

  it.each(SHELLS.filter(([shell]) => installed(shell === 'ash' ? 'busybox' : shell)))(
    'give each its own output and exit code: %s, %i times',
    async (shell, times) => {
      expect(await runAll(shell, shell, times)).toEqual([])
    },
  )

  it('in several sessions at once', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => runAll('bash', name, 50)))
    expect(all.flat()).toEqual([])
  })
})
