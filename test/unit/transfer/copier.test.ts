import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Copier, type CopierEnd, runCopier } from '../../../src/transfer/copier.js'
import { alive, eventually } from '../../support/harness.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copier-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

interface Told {
  out: string
  err: string
  end: Promise<CopierEnd>
}

function run(script: string, more: Partial<Copier> = {}): Told {
  const told = { out: '', err: '' } as Told
  told.end = runCopier({
    ...{ file: '/bin/sh', args: ['-c', script], env: { A: 'a' }, cwd: directory, timeoutMs: null },
    signal: new AbortController().signal,
    onStdout: (chunk) => {
      told.out += chunk
    },
    onStderr: (chunk) => {
      told.err += chunk
    },
    ...more,
  })
  return told
}

describe('a copying program', () => {
  it('runs to its end, with its own environment, directory and an empty input', async () => {
    const told = run('cat; pwd; echo "$A$HOME"; echo err >&2; exit 3')
    expect(await told.end).toMatchObject({ code: 3, signal: null, cut: null })
    expect(told).toMatchObject({ out: `${directory}\na\n`, err: 'err\n' })
  })

  it('is asked to end, with what it started, when nobody waits any more', async () => {
    const cancel = new AbortController()
    const told = run("trap 'echo asked; exit 20' TERM; sleep 100 & echo $!; wait", { signal: cancel.signal })
    await eventually('it runs', () => told.out.includes('\n'))
    cancel.abort()
    expect(await told.end).toMatchObject({ code: 20, cut: 'aborted' })
    expect(told.out).toContain('asked')
    await eventually('its child has gone', () => !alive(Number(told.out.split('\n')[0])))
  })

  it('is killed, with what it started, where it does not end', async () => {
    const told = run("trap '' TERM; sleep 100 & echo $!; wait; wait", { timeoutMs: 200 })
    expect(await told.end).toMatchObject({ signal: 'SIGKILL', cut: 'timed-out' })
    await eventually('its child has gone', () => !alive(Number(told.out.split('\n')[0])))
  })

  it('is over when it ends, though something of its own still holds its output', async () => {
    const told = run('sleep 100 & echo $!; exit 0')
    expect(await told.end).toMatchObject({ code: 0, cut: null })
    await eventually('that has gone', () => !alive(Number(told.out.split('\n')[0])))
  })

  it('may take longer than a timer can be set to', async () => {
    expect(await run('exit 0', { timeoutMs: 31_536_000_000 }).end).toMatchObject({ code: 0, cut: null })
  })

  it('that cannot be started says so', async () => {
    await expect(run('', { file: '/none' }).end).rejects.toThrow(/ENOENT/)
    await expect(run('', { signal: AbortSignal.abort() }).end).rejects.toThrow(/abort/)
  })
})
