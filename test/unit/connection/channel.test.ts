import { describe, expect, it } from 'vitest'
import { MAX_OUTPUT_WINDOW } from '../../../src/common/limits.js'
import { Channel } from '../../../src/connection/channel.js'
import {
  type ChannelCommand,
  type ChannelEnd,
  ChannelRefused,
} from '../../../src/connection/command-channel.js'
import * as mux from '../../../src/ssh/mux-messages.js'

const ID = 5
const REMOTE = 42
const COMMAND: ChannelCommand = { command: 'ls', env: [], forwardAgent: false, terminal: null }
const NOTHING: ChannelEnd = { code: null, signal: null, lost: null, refused: false }

/** A channel and the other side of it, which is driven by hand. */
class Driven {
  readonly channel: Channel
  /** What was sent since it was last looked at. */
  #sent: Buffer[] = []
  heard = { stdout: '', stderr: '' }
  exits: ChannelEnd[] = []
  end: ChannelEnd | null = null

  constructor(command: Partial<ChannelCommand> = {}) {
    this.channel = new Channel(
      ID,
      (message) => this.#sent.push(Buffer.from(message)),
      { ...COMMAND, ...command },
      {
        stdout: (chunk) => {
          this.heard.stdout += chunk
        },
        stderr: (chunk) => {
          this.heard.stderr += chunk
        },
        exited: (end) => this.exits.push({ ...end }),
      },
    )
    void this.channel.ended.then((end) => {
      this.end = end
    })
  }

  /** A channel that is open and runs its command. */
  static async running(window = 1000, packet = 100, command: Partial<ChannelCommand> = {}): Promise<Driven> {
    const driven = new Driven(command)
    driven.receive({ kind: 'confirmed', remote: REMOTE, window, packet })
    driven.receive({ kind: 'success' })
    await driven.channel.opened
    driven.sent()
    return driven
  }

  receive(message: DistributiveOmit<mux.ChannelMessage, 'channel'>): void {
    this.channel.receive({ ...message, channel: ID } as mux.ChannelMessage)
  }

  sent(): Buffer[] {
    return this.#sent.splice(0)
  }
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never

const input = (text: string): Buffer => mux.data(REMOTE, Buffer.from(text))
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a channel that is opened', () => {
  it('asks for a session, with room for output', () => {
    expect(new Driven().sent()).toEqual([mux.openSession(ID, MAX_OUTPUT_WINDOW, 32 * 1024)])
  })

  it('sends the command as soon as it is there', async () => {
    const driven = new Driven({ command: 'echo ü' })
    driven.sent()
    driven.receive({ kind: 'confirmed', remote: REMOTE, window: 10, packet: 10 })
    await driven.channel.opened
    expect(driven.sent()).toEqual([mux.execute(REMOTE, 'echo ü')])
  })

  it('sends variables, agent and terminal before it', () => {
    const terminal = { cols: 80, rows: 24 }
    const driven = new Driven({
      env: [
        ['A', '1'],
        ['B', ''],
      ],
      forwardAgent: true,
      terminal,
    })
    driven.sent()
    driven.receive({ kind: 'confirmed', remote: REMOTE, window: 10, packet: 10 })
    expect(driven.sent()).toEqual([
      mux.setVariable(REMOTE, 'A', '1'),
      mux.setVariable(REMOTE, 'B', ''),
      mux.forwardAgent(REMOTE),
      mux.requestTerminal(REMOTE, 'xterm-256color', 80, 24),
      mux.execute(REMOTE, 'ls'),
    ])
  })

  it('sends nothing before it is there, but keeps it', () => {
    const driven = new Driven()
    driven.sent()
    driven.channel.write(Buffer.from('abc'))
    driven.channel.endInput()
    expect(driven.sent()).toEqual([])
    driven.receive({ kind: 'confirmed', remote: REMOTE, window: 10, packet: 10 })
    expect(driven.sent()).toEqual([mux.execute(REMOTE, 'ls'), input('abc'), mux.endOfInput(REMOTE)])
  })

  it('is told why where the server refuses', async () => {
    const driven = new Driven()
    driven.sent()
    driven.receive({ kind: 'refused', reason: 'open failed' })
    const error: unknown = await driven.channel.opened.catch((reason) => reason)
    expect(error).toBeInstanceOf(ChannelRefused)
    expect((error as Error).message).toBe('open failed')
    expect(await driven.channel.ended).toEqual(NOTHING)
    driven.channel.write(Buffer.from('a'))
    driven.channel.endInput()
    driven.channel.close()
    expect(await driven.channel.signal('TERM')).toBe(false)
    expect(driven.sent()).toEqual([])
  })

  it('is closed where the server does not start the command', async () => {
    const driven = new Driven()
    driven.receive({ kind: 'confirmed', remote: REMOTE, window: 10, packet: 10 })
    driven.sent()
    driven.receive({ kind: 'failure' })
    await settle()
    expect(driven.sent()).toEqual([mux.closeChannel(REMOTE)])
    expect(driven.end).toBeNull()
    driven.receive({ kind: 'closed' })
    expect(await driven.channel.ended).toEqual({
      ...NOTHING,
      lost: 'the server refused to run it',
      refused: true,
    })
    expect(driven.sent()).toEqual([])
  })

  it('fails with the reason where the connection is lost', async () => {
    const driven = new Driven()
    driven.channel.lose('gone')
    const error: unknown = await driven.channel.opened.catch((reason) => reason)
    expect(error).not.toBeInstanceOf(ChannelRefused)
    expect((error as Error).message).toBe('gone')
    expect(await driven.channel.ended).toEqual({ ...NOTHING, lost: 'gone' })
  })
})

describe('a channel that nobody wants any longer', () => {
  it('fails with the reason, and is closed before the command is sent', async () => {
    const driven = new Driven({ env: [['A', '1']] })
    driven.sent()
    driven.channel.abandon(new Error('cancelled'))
    expect(await driven.channel.opened.catch((error: Error) => error.message)).toBe('cancelled')
    expect(driven.sent()).toEqual([])
    driven.receive({ kind: 'confirmed', remote: REMOTE, window: 10, packet: 10 })
    expect(driven.sent()).toEqual([mux.closeChannel(REMOTE)])
    expect(driven.end).toBeNull()
    driven.receive({ kind: 'closed' })
    expect(await driven.channel.ended).toEqual(NOTHING)
    expect(driven.sent()).toEqual([])
  })

  it('ends where the server refuses it', async () => {
    const driven = new Driven()
    driven.channel.abandon(new Error('cancelled'))
    driven.receive({ kind: 'refused', reason: 'no' })
    expect(await driven.channel.ended).toEqual(NOTHING)
    expect(await driven.channel.opened.catch((error: Error) => error.message)).toBe('cancelled')
  })

  it('goes on where the command has been sent', async () => {
    const driven = await Driven.running()
    driven.channel.abandon(new Error('cancelled'))
    driven.receive({ kind: 'stdout', bytes: Buffer.from('a') })
    expect(driven.heard.stdout).toBe('a')
    expect(driven.sent()).toEqual([])
  })
})

describe('input', () => {
  it.each<[string, number, number, string, string[]]>([
    ['what there is room for', 100, 10, 'abc', ['abc']],
    ['in packets', 100, 4, 'abcdefghij', ['abcd', 'efgh', 'ij']],
    ['up to the room there is', 6, 4, 'abcdefghij', ['abcd', 'ef']],
    ['nothing where there is no room', 0, 4, 'abc', []],
    ['as much as fills the room', 3, 4, 'abc', ['abc']],
  ])('is sent: %s', async (_, window, packet, text, parts) => {
    const driven = await Driven.running(window, packet)
    driven.channel.write(Buffer.from(text))
    expect(driven.sent()).toEqual(parts.map(input))
  })

  it('goes on as the other side gives room', async () => {
    const driven = await Driven.running(3, 100)
    driven.channel.write(Buffer.from('abcde'))
    driven.channel.write(Buffer.from('fg'))
    expect(driven.sent()).toEqual([input('abc')])
    driven.receive({ kind: 'window', bytes: 1 })
    expect(driven.sent()).toEqual([input('d')])
    driven.receive({ kind: 'window', bytes: 10 })
    expect(driven.sent()).toEqual([input('e'), input('fg')])
    driven.channel.write(Buffer.from('hijklmnopqr'))
    expect(driven.sent()).toEqual([input('hijklmn')])
  })

  it('is cut into packets of 32 KiB at most, however much the other side takes', async () => {
    const driven = await Driven.running(0xffffffff, 0xffffffff)
    driven.channel.write(Buffer.alloc(70_000))
    const lengths = driven.sent().map(({ length }) => length - mux.data(0, Buffer.alloc(0)).length)
    expect(lengths).toEqual([32_768, 32_768, 70_000 - 65_536])
  })

  it('ends only after the data', async () => {
    const driven = await Driven.running(2, 100)
    driven.channel.write(Buffer.from('abcd'))
    driven.channel.endInput()
    expect(driven.sent()).toEqual([input('ab')])
    driven.receive({ kind: 'window', bytes: 1 })
    expect(driven.sent()).toEqual([input('c')])
    driven.receive({ kind: 'window', bytes: 1 })
    expect(driven.sent()).toEqual([input('d'), mux.endOfInput(REMOTE)])
    driven.receive({ kind: 'window', bytes: 100 })
    expect(driven.sent()).toEqual([])
  })

  it('ends at once where there is none, though there is no room', async () => {
    const driven = await Driven.running(0, 100)
    driven.channel.endInput()
    expect(driven.sent()).toEqual([mux.endOfInput(REMOTE)])
  })

  it('ends once, and takes nothing more', async () => {
    const driven = await Driven.running()
    driven.channel.endInput()
    driven.channel.endInput()
    driven.channel.write(Buffer.from('late'))
    driven.receive({ kind: 'window', bytes: 100 })
    expect(driven.sent()).toEqual([mux.endOfInput(REMOTE)])
  })

  it('is dropped when the channel is closed', async () => {
    const driven = await Driven.running(1, 100)
    driven.channel.write(Buffer.from('abc'))
    driven.sent()
    driven.channel.close()
    driven.receive({ kind: 'window', bytes: 100 })
    driven.channel.write(Buffer.from('more'))
    driven.channel.endInput()
    expect(driven.sent()).toEqual([mux.closeChannel(REMOTE)])
  })
})

describe('output', () => {
  it('is passed on by stream, with what comes after the exit', async () => {
    const driven = await Driven.running()
    driven.receive({ kind: 'stdout', bytes: Buffer.from('a') })
    driven.receive({ kind: 'stderr', bytes: Buffer.from('b') })
    driven.receive({ kind: 'exit-status', code: 0 })
    driven.receive({ kind: 'end-of-output' })
    driven.receive({ kind: 'stdout', bytes: Buffer.from('c') })
    expect(driven.heard).toEqual({ stdout: 'ac', stderr: 'b' })
  })

  it('is given room again once half of it was taken, both streams counted', async () => {
    const driven = await Driven.running()
    const half = MAX_OUTPUT_WINDOW / 2
    driven.receive({ kind: 'stdout', bytes: Buffer.alloc(half - 10) })
    driven.receive({ kind: 'stderr', bytes: Buffer.alloc(9) })
    expect(driven.sent()).toEqual([])
    driven.receive({ kind: 'stdout', bytes: Buffer.alloc(5) })
    expect(driven.sent()).toEqual([mux.windowAdjust(REMOTE, half + 4)])
    driven.receive({ kind: 'stdout', bytes: Buffer.alloc(half - 1) })
    expect(driven.sent()).toEqual([])
    driven.receive({ kind: 'stdout', bytes: Buffer.alloc(1) })
    expect(driven.sent()).toEqual([mux.windowAdjust(REMOTE, half)])
  })

  it('is given no more room once the channel is given up', async () => {
    const driven = await Driven.running()
    driven.channel.close()
    driven.sent()
    driven.receive({ kind: 'stdout', bytes: Buffer.alloc(MAX_OUTPUT_WINDOW) })
    expect(driven.sent()).toEqual([])
  })
})

describe('the end of a command', () => {
  it.each<[string, DistributiveOmit<mux.ChannelMessage, 'channel'>, Partial<ChannelEnd>]>([
    ['its exit code', { kind: 'exit-status', code: 3 }, { code: 3 }],
    ['an exit code of 0', { kind: 'exit-status', code: 0 }, { code: 0 }],
    ['its signal', { kind: 'exit-signal', signal: 'TERM' }, { signal: 'SIGTERM' }],
    ['a signal without a name', { kind: 'exit-signal', signal: 'SIG@openssh.com' }, { signal: 'UNKNOWN' }],
  ])('is told at once, and again when the channel is closed: %s', async (_, message, end) => {
    const driven = await Driven.running()
    driven.receive(message)
    expect(driven.exits).toEqual([{ ...NOTHING, ...end }])
    await settle()
    expect(driven.end).toBeNull()
    expect(driven.sent()).toEqual([])
    driven.receive({ kind: 'closed' })
    expect(driven.sent()).toEqual([mux.closeChannel(REMOTE)])
    expect(await driven.channel.ended).toEqual({ ...NOTHING, ...end })
  })

  it('closes a channel once, whoever begins', async () => {
    const driven = await Driven.running()
    driven.channel.close()
    driven.channel.close()
    expect(driven.sent()).toEqual([mux.closeChannel(REMOTE)])
    await settle()
    expect(driven.end).toBeNull()
    driven.receive({ kind: 'closed' })
    driven.channel.close()
    expect(await driven.channel.ended).toEqual(NOTHING)
    expect(driven.sent()).toEqual([])
  })

  it.each<[string, DistributiveOmit<mux.ChannelMessage, 'channel'> | null, Partial<ChannelEnd>]>([
    ['is not known', null, { lost: 'gone' }],
    ['is known where it came before', { kind: 'exit-status', code: 0 }, { code: 0 }],
    ['is known by its signal', { kind: 'exit-signal', signal: 'KILL' }, { signal: 'SIGKILL' }],
  ])('%s when the connection is lost', async (_, before, end) => {
    const driven = await Driven.running()
    if (before) driven.receive(before)
    driven.channel.lose('gone')
    driven.channel.lose('gone again')
    expect(await driven.channel.ended).toEqual({ ...NOTHING, ...end })
    driven.channel.write(Buffer.from('a'))
    driven.channel.endInput()
    driven.channel.close()
    expect(driven.sent()).toEqual([])
  })

  it('stays what it was when the connection is lost later', async () => {
    const driven = await Driven.running()
    driven.receive({ kind: 'exit-status', code: 1 })
    driven.receive({ kind: 'closed' })
    driven.channel.lose('gone')
    expect(await driven.channel.ended).toEqual({ ...NOTHING, code: 1 })
  })
})

describe('requests', () => {
  it.each([
    ['refused where a reply is wanted', true, [mux.failure(REMOTE)]],
    ['left alone where none is', false, []],
  ])('of the server are %s', async (_, wantReply, answer) => {
    const driven = await Driven.running()
    driven.receive({ kind: 'request', wantReply })
    expect(driven.sent()).toEqual(answer)
  })

  it.each([
    ['success', true],
    ['failure', false],
  ] as const)('for a signal answer with %s', async (kind, expected) => {
    const driven = await Driven.running()
    const answer = driven.channel.signal('TERM')
    expect(driven.sent()).toEqual([mux.sendSignal(REMOTE, 'TERM')])
    driven.receive({ kind })
    expect(await answer).toBe(expected)
  })

  it('are answered in their order, that of the command first', async () => {
    const driven = new Driven()
    driven.receive({ kind: 'confirmed', remote: REMOTE, window: 10, packet: 10 })
    const answers = [driven.channel.signal('TERM'), driven.channel.signal('KILL')]
    driven.receive({ kind: 'success' })
    driven.receive({ kind: 'success' })
    driven.receive({ kind: 'failure' })
    expect(await Promise.all(answers)).toEqual([true, false])
  })

  it.each<[string, (driven: Driven) => void]>([
    ['when the channel is closed', (driven) => driven.receive({ kind: 'closed' })],
    ['when the connection is lost', (driven) => driven.channel.lose('gone')],
  ])('without an answer have failed %s', async (_, finish) => {
    const driven = await Driven.running()
    const answer = driven.channel.signal('TERM')
    finish(driven)
    expect(await answer).toBe(false)
    expect(await driven.channel.signal('KILL')).toBe(false)
  })

  it('for a signal fail at once on a channel that is not open, or given up', async () => {
    const driven = new Driven()
    expect(await driven.channel.signal('TERM')).toBe(false)
    const given = await Driven.running()
    given.channel.close()
    given.sent()
    expect(await given.channel.signal('TERM')).toBe(false)
    expect(given.sent()).toEqual([])
  })

  it('are not confused by an answer that nobody asked for', async () => {
    const driven = await Driven.running()
    driven.receive({ kind: 'failure' })
    await settle()
    expect(driven.sent()).toEqual([])
  })
})
