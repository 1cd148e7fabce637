import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { ChannelEnd, CommandChannel } from '../../../src/connection/command-channel.js'
import { CommandRun, type RunOptions } from '../../../src/connection/run.js'

const [QUIET, MOST] = [60, 400]
vi.mock('../../../src/common/limits.js', async (original) => ({
  ...(await original<object>()),
  LEFTOVER_QUIET_MS: 60,
  LEFTOVER_MS: 400,
}))

const MARK = 'ssh-mcp-abc'
const OPTIONS: RunOptions = { stdin: null, terminal: false, timeoutMs: null, max: 1000 }
const ended = (end: Partial<ChannelEnd>): ChannelEnd => ({
  ...{ code: null, signal: null, lost: null, refused: false },
  ...end,
})

class FakeChannel implements CommandChannel {
  readonly input: string[] = []
  readonly ended: Promise<ChannelEnd>
  end!: (end: ChannelEnd) => void

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
  }

  write(bytes: Buffer): void {
    this.input.push(bytes.toString())
  }

  endInput(): void {
    this.input.push('<end>')
  }

  signal(): Promise<boolean> {
    return Promise.resolve(false)
  }

  close(): void {
    this.input.push('<closed>')
  }
}

/** A run in a channel that is driven by hand. */
function started(options: Partial<RunOptions> = {}, mark: string | null = MARK) {
  const run = new CommandRun({ ...OPTIONS, ...options }, mark)
  const channel = new FakeChannel()
  const stop = new AbortController()
  const state = { over: false }
  const over = run.over(channel, stop.signal).then(() => {
    state.over = true
  })
  return {
    ...{ run, channel, stop, over, state },
    stdout: (text: string) => run.listener.stdout(Buffer.from(text)),
    stderr: (text: string) => run.listener.stderr(Buffer.from(text)),
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('input', () => {
  it.each<[string, string | null, string[]]>([
    ['none', null, ['<end>']],
    ['an empty one', '', ['<end>']],
    ['a text', 'a\nü\n', ['a\nü\n', '<end>']],
  ])('is given and ended: %s', async (_, stdin, input) => {
    const { channel, over } = started({ stdin })
    expect(channel.input).toEqual(input)
    channel.end(ended({ code: 0 }))
    await over
    expect(channel.input).toEqual(input)
  })

  it('is typed where there is a terminal, as long as the command runs', async () => {
    const { channel, over, stdout } = started({ stdin: 'secret\nmore\n', terminal: true })
    expect(channel.input).toEqual([])
    stdout(`${MARK} 5 /bin/sh\r\nPassword: `)
    await vi.waitFor(() => expect(channel.input).toEqual(['secret\n']))
    stdout('Again: ')
    channel.end(ended({ code: 0 }))
    await over
    await pause(200)
    expect(channel.input).toEqual(['secret\n'])
  })
})

describe('output', () => {
  it('is what comes behind the marks', async () => {
    const { run, channel, over, stdout, stderr } = started()
    stdout(`Welcome\n${MARK}\nout`)
    stderr(`${MARK} 4711 /usr/bin/my fish\nerr`)
    channel.end(ended({ code: 0 }))
    await over
    expect(run.finish()).toEqual({ stdout: 'out', stderr: 'err', truncated: false })
    expect([run.pid, run.shell]).toEqual([4711, '/usr/bin/my fish'])
  })

  it('is on one stream with a terminal, as its mark', async () => {
    const { run, channel, over, stdout } = started({ terminal: true })
    stdout(`${MARK} 12 /bin/bash\r\nout\r\n`)
    expect([run.pid, run.shell]).toEqual([12, '/bin/bash'])
    channel.end(ended({ code: 0 }))
    await over
    expect(run.finish()).toEqual({ stdout: 'out\r\n', stderr: '', truncated: false })
  })

  it('is all there is where no mark came', async () => {
    const { run, channel, over, stdout, stderr } = started()
    stdout('% Invalid input')
    stderr('no')
    channel.end(ended({ code: 1 }))
    await over
    expect(run.finish()).toEqual({ stdout: '% Invalid input', stderr: 'no', truncated: false })
    expect([run.pid, run.shell]).toEqual([null, null])
  })

  it('is passed on at once where there is no mark to look for', () => {
    const { run, stdout } = started({}, null)
    stdout('50%\n')
    expect(run.newestLine).toBe('50%')
    expect([run.pid, run.shell]).toEqual([null, null])
  })

  it.each([
    ['standard output', 'one', ''],
    ['standard error', '', 'one'],
  ])('is said to be cut where one of the streams is: %s', async (_, out, err) => {
    const { run, channel, over, stdout, stderr } = started({ max: 2 }, null)
    stdout(out)
    stderr(err)
    channel.end(ended({ code: 0 }))
    await over
    expect(run.finish().truncated).toBe(true)
  })

  it('tells the newest line, of standard error where there is no other', () => {
    const { run, stdout, stderr } = started()
    expect(run.newestLine).toBeNull()
    stderr(`${MARK} 1 x\nwarning\n`)
    expect(run.newestLine).toBe('warning')
    stdout(`${MARK}\n10%\r20%`)
    expect(run.newestLine).toBe('20%')
  })
})

describe('pid and shell', () => {
  it.each<[string, number | null, string | null]>([
    ['123 /bin/sh', 123, '/bin/sh'],
    ['123', 123, ''],
    ['', null, ''],
    ['0 /bin/sh', null, '/bin/sh'],
    ['1 /bin/sh', null, '/bin/sh'],
    ['-5 /bin/sh', null, '/bin/sh'],
    ['1.5 /bin/sh', null, '/bin/sh'],
    ['$$ $SHELL', null, '$SHELL'],
  ])('of %j are %j and %j', (word, pid, shell) => {
    const { run, stderr } = started()
    stderr(`${MARK} ${word}\n`)
    expect([run.pid, run.shell]).toEqual([pid, shell])
  })

  it('are waited for', async () => {
    const { run, stderr } = started()
    const pid = run.pidSoon()
    await pause(60)
    stderr(`${MARK} 77 /bin/sh\n`)
    expect(await pid).toBe(77)
    expect(await run.pidSoon()).toBe(77)
  })

  it('are not waited for where there is no mark', async () => {
    const start = performance.now()
    expect(await started({}, null).run.pidSoon()).toBeNull()
    expect(performance.now() - start).toBeLessThan(40)
  })
})

describe('the end', () => {
  it('is that of the channel', async () => {
    const { run, channel, over } = started({ timeoutMs: 5000 })
    run.listener.exited(ended({ code: 3 }))
    channel.end(ended({ code: 3 }))
    await over
    expect([run.end, run.cut]).toEqual([ended({ code: 3 }), null])
    expect(run.durationMs).toBeGreaterThanOrEqual(0)
    expect(run.durationMs).toBeLessThan(QUIET)
  })

  it('is that of a connection that is lost', async () => {
    const { run, channel, over, stdout } = started()
    stdout(`${MARK}\nhalf`)
    channel.end(ended({ lost: 'gone' }))
    await over
    expect([run.end, run.cut, run.finish().stdout]).toEqual([ended({ lost: 'gone' }), null, 'half'])
  })

  it('does not wait for what the command left in the background', async () => {
    const { run, over } = started()
    const start = performance.now()
    run.listener.exited(ended({ code: 0 }))
    await over
    expect(run.end).toEqual(ended({ code: 0 }))
    expect(performance.now() - start).toBeGreaterThanOrEqual(QUIET - 1)
    expect(performance.now() - start).toBeLessThan(MOST)
  })

  it('waits for output that still comes, but not for ever', async () => {
    const { run, over, stdout, state } = started({}, null)
    const start = performance.now()
    const timer = setInterval(() => stdout('.'), 10)
    run.listener.exited(ended({ signal: 'SIGTERM' }))
    await pause(3 * QUIET)
    expect(state.over).toBe(false)
    await over
    clearInterval(timer)
    expect(run.end).toEqual(ended({ signal: 'SIGTERM' }))
    expect(performance.now() - start).toBeGreaterThanOrEqual(MOST - 1)
    expect(performance.now() - start).toBeLessThan(3 * MOST)
  })

  it('comes when its time is up', async () => {
    const { run, over, channel } = started({ timeoutMs: 30 })
    await over
    expect([run.end, run.cut]).toEqual([null, 'timed-out'])
    expect(run.durationMs).toBeGreaterThanOrEqual(29)
    expect(channel.input).toEqual(['<end>'])
  })

  it('has any time where none is given', async () => {
    const { state, channel, over } = started({ timeoutMs: null })
    await pause(100)
    expect(state.over).toBe(false)
    channel.end(ended({ code: 0 }))
    await over
  })

  it('comes when nobody waits any longer', async () => {
    const { run, over, stop } = started({ timeoutMs: 5000 })
    stop.abort()
    await over
    expect([run.end, run.cut]).toEqual([null, 'aborted'])
  })

  it('comes at once where nobody waited from the beginning', async () => {
    const run = new CommandRun(OPTIONS, null)
    await run.over(new FakeChannel(), AbortSignal.abort())
    expect(run.cut).toBe('aborted')
  })

  it('stays what it was, whatever comes later', async () => {
    const { run, channel, over, stop } = started({ timeoutMs: 20 })
    channel.end(ended({ code: 0 }))
    await over
    stop.abort()
    await pause(40)
    expect([run.end, run.cut]).toEqual([ended({ code: 0 }), null])
  })

  it('may take longer than a timer can be set to', async () => {
    const { run, channel, over } = started({ timeoutMs: 31_536_000_000 })
    await pause(20)
    channel.end(ended({ code: 0 }))
    await over
    expect(run.cut).toBe(null)
  })

  it('leaves no timers behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const { channel, over } = started({ timeoutMs: 50_000, stdin: 'a', terminal: true })
    channel.end(ended({ code: 0 }))
    await over
    expect(timers()).toBe(before)
  })

  it('leaves no listeners behind on a signal that lives on', async () => {
    const { channel, over, stop } = started()
    expect(EventEmitter.getEventListeners(stop.signal, 'abort')).toHaveLength(1)
    channel.end(ended({ code: 0 }))
    await over
    expect(EventEmitter.getEventListeners(stop.signal, 'abort')).toEqual([])
  })
})
