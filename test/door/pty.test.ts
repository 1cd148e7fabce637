import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runChild } from '../../src/platform/child.js'
import { Pty, type PtyExit } from '../../src/platform/pty.js'
import { readTtyMode } from '../../src/platform/tty-mode.js'
import { InputQueue } from '../../src/session/input-queue.js'
import { eventually } from '../support/harness.js'
import { StockPty } from '../support/stock-pty.js'

const Class = (process.env.PTY_CLASS === 'stock' ? StockPty : Pty) as typeof Pty
const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' }

interface Run {
  pty: Pty
  /** Everything it printed so far. */
  output: () => Buffer
  exit: Promise<PtyExit>
}

function run(script: string, onChunk: (pty: Pty) => void = () => {}): Run {
  const chunks: Buffer[] = []
  let onExit: (exit: PtyExit) => void = () => {}
  const exit = new Promise<PtyExit>((resolve) => {
    onExit = resolve
  })
  const pty: Pty = new Class({
    ...{ file: '/bin/sh', args: ['-c', script], env, cwd: '/', cols: 80, rows: 24 },
    onData: (chunk) => {
      chunks.push(Buffer.from(chunk))
      onChunk(pty)
    },
    onExit: (result) => onExit(result),
  })
  return { pty, output: () => Buffer.concat(chunks), exit }
}

/** Keeps the event loop from turning, as a large reply or a garbage collection does. */
function blockLoop(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('the last words of a child', () => {
  const PRINT = "head -c 20000 /dev/zero | tr '\\0' x; printf END; exit 7"

  it('all arrive before its exit is told, though the loop was busy when it ended', async () => {
    for (let round = 0; round < 30; round++) {
      const { output, exit } = run(PRINT, () => blockLoop(20))
      expect(await exit).toEqual({ code: 7, signal: null })
      expect(output().toString('latin1')).toBe(`${'x'.repeat(20_000)}END`)
    }
  })

  it('all arrive from many children at once', async () => {
    const runs = Array.from({ length: 40 }, () => run(PRINT))
    for (const { output, exit } of runs) {
      await exit
      expect(output().length).toBe(20_003)
    }
  })

  it('are kept while reading is paused, however long ago the child ended', async () => {
    const { pty, output, exit } = run('printf LATE')
    pty.pause()
    await eventually('the child is a zombie or gone', () => {
      try {
        return execFileSync('ps', ['-o', 'stat=', '-p', String(pty.pid)], { encoding: 'utf8' }).startsWith(
          'Z',
        )
      } catch {
        return true
      }
    })
    await pause(300) // the stock class throws away what was not read 200 ms after the exit
    pty.resume()
    await exit
    expect(output().toString()).toBe('LATE')
  })
})

describe('input', () => {
  it('of a session that ended never reaches a later one that gets its descriptor', async () => {
    // A password typed into one host must not end up on another.
    for (let round = 0; round < 10; round++) {
      const first = run('stty raw -echo; printf R; sleep 0.1')
      const queue = new InputQueue((bytes) => first.pty.write(bytes))
      await eventually('it is ready', () => first.output().length > 0)
      queue.send(Buffer.alloc(300_000, 's'), false, () => {})
      // It reads what comes within 0.2 s, and says how much that was.
      const count = 'stty raw -echo min 0 time 2; printf R; wc -c'
      const second = await new Promise<Run>((resolve) => void first.exit.then(() => resolve(run(count))))
      await second.exit
      expect(second.output().toString().trim()).toBe('R0')
    }
  })

  it('that nobody takes costs next to no processor time', async () => {
    const { pty, output, exit } = run('stty raw -echo; printf R; exec sleep 60')
    await eventually('it is ready', () => output().length > 0)
    const queue = new InputQueue((bytes) => pty.write(bytes))
    const pending = queue.send(Buffer.alloc(1_000_000, 'x'), false, () => {})
    const before = process.cpuUsage()
    await pause(1500)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_500_000).toBeLessThan(0.25)
    pending.withdraw()
    pty.kill('SIGKILL')
    expect(await exit).toEqual({ code: 0, signal: 'SIGKILL' })
  })

  it('arrives whole at the pace of the reader', async () => {
    const { pty, output, exit } = run('stty raw -echo; printf R; head -c 300000 | md5sum')
    await eventually('it is ready', () => output().length > 0)
    const text = Buffer.from(Array.from({ length: 300_000 }, (_, i) => 32 + (i % 90)))
    new InputQueue((bytes) => pty.write(bytes)).send(text, false, () => {})
    await exit
    expect(output().toString()).toContain(
      execFileSync('md5sum', { input: text, encoding: 'utf8' }).slice(0, 32),
    )
  })
})

describe('descriptors', () => {
  const terminals = (lines: string) => lines.split('\n').filter((line) => line.includes('ptmx'))
  const LIST = 'ls -l /proc/self/fd'

  it('of terminals are inherited by no child, however it is started', async () => {
    // Closed sessions leave gaps among the numbers, and node-pty's child stops closing at the first gap over 15.
    const open = Array.from({ length: 30 }, () => run('exec sleep 60'))
    const gaps = open.splice(12, 4)
    for (const { pty, exit } of gaps) {
      pty.kill('SIGKILL')
      await exit
    }
    const listing = run(LIST)
    await listing.exit
    expect(terminals(listing.output().toString())).toEqual([])
    const child = await runChild('/bin/sh', ['-c', LIST], { env, timeoutMs: 5000 })
    expect(child.stdout).toContain('/dev/null')
    expect(terminals(child.stdout)).toEqual([])
    for (const { pty, exit } of open) {
      pty.kill('SIGKILL')
      await exit
    }
  })

  it('are given back when a child has ended', async () => {
    const held = () => readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).includes('/dev/pt')).length
    const before = held()
    for (let round = 0; round < 20; round++) await run('exit 0').exit
    await eventually('they are closed', () => held() === before)
  })

  function linkOf(fd: string): string {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  }
})

describe('a terminal', () => {
  it('says what it is set to', async () => {
    for (const [setting, mode] of [
      ['sane', 'cooked'],
      ['-echo', 'noecho'],
      ['raw', 'raw'],
    ] as const) {
      const { pty, output, exit } = run(`stty ${setting}; printf R; exec sleep 60`)
      await eventually('it is ready', () => output().length > 0)
      expect(await readTtyMode(pty.ttyPath)).toBe(mode)
      pty.kill('SIGKILL')
      await exit
    }
    expect(await readTtyMode('/dev/null')).toBe('unknown')
  })

  it('is the controlling terminal of its child, of the size asked for, and can be resized', async () => {
    const { pty, output, exit } = run('stty size < /dev/tty; read x; stty size; stty -a | grep -o iutf8')
    await eventually('the first size', () => output().includes('24 80'))
    pty.resize(100, 30)
    pty.write(Buffer.from('\n'))
    await exit
    expect(output().toString()).toContain('30 100\r\niutf8')
  })

  it('is left alone once its child has ended, for its number may be another’s', async () => {
    const { pty, exit } = run('exit 3')
    expect(await exit).toEqual({ code: 3, signal: null })
    expect(pty.write(Buffer.from('x'))).toBe(0)
    expect(pty.kill('SIGKILL')).toBe(false)
    pty.resize(10, 10)
    pty.resume()
  })
})
