import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ChannelEnd, ChannelRefused } from '../../../src/connection/command-channel.js'
import { MuxLink, masterAnswers } from '../../../src/connection/mux-link.js'
import { FrameSplitter, sshString, uint32 } from '../../../src/ssh/binary.js'
import * as mux from '../../../src/ssh/mux-messages.js'

vi.mock('../../../src/common/limits.js', async (original) => ({
  ...(await original<object>()),
  MUX_ANSWER_MS: 150,
}))

/** A signal that is never aborted. */
const NEVER = new AbortController().signal

const COMMAND = { command: 'ls', env: [], forwardAgent: false, terminal: null }

const frame = (...parts: Buffer[]): Buffer => sshString(Buffer.concat(parts))
const HELLO = mux.muxHello()
const PROXY_OK = frame(uint32(0x8000000f), uint32(0))
const ALIVE = frame(uint32(0x80000005), uint32(0), uint32(4711))
const DENIED = frame(uint32(0x80000002), uint32(0), sshString('Permission denied'))
const message = (type: number, ...parts: Buffer[]): Buffer => frame(Buffer.from([0, type]), ...parts)
const confirmed = (channel: number): Buffer =>
  message(91, uint32(channel), uint32(channel + 100), uint32(1000), uint32(1000))
const exitStatus = (channel: number, code: number): Buffer =>
  message(98, uint32(channel), sshString('exit-status'), Buffer.from([0]), uint32(code))
const output = (channel: number, bytes: Buffer): Buffer => message(94, uint32(channel), sshString(bytes))
const closed = (channel: number): Buffer => message(97, uint32(channel))

type Answer = (request: Buffer, socket: Socket) => void

let directory: string
let path: string
let servers: Server[]
let sockets: Socket[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mux-'))
  path = join(directory, 'c')
  servers = []
  sockets = []
})

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
  rmSync(directory, { recursive: true, force: true })
})

/** A master that does with each message what is said. @returns what it was sent, each with its length */
function master(answer: Answer, onConnection: (socket: Socket) => void = () => {}): Promise<Buffer[]> {
  const requests: Buffer[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    const frames = new FrameSplitter(mux.MAX_FRAME_BYTES, (request) => {
      requests.push(sshString(request))
      answer(request, socket)
    })
    socket.on('data', (chunk) => frames.push(chunk))
    onConnection(socket)
  })
  servers.push(server)
  return new Promise((resolve) => server.listen(path, () => resolve(requests)))
}

/** Greets, and lets everybody into proxy mode; `answer` is for what comes then. */
const proxy =
  (answer: Answer = () => {}): Answer =>
  (request, socket) => {
    if (request.readUInt32BE(0) === 1) socket.write(HELLO)
    else if (request.readUInt32BE(0) === 0x1000000f) socket.write(PROXY_OK)
    else answer(request, socket)
  }

/** Opens every channel that is asked for. */
const opening: Answer = (request, socket) => {
  if (request[1] === 90) socket.write(confirmed(request.readUInt32BE(13)))
}

class Heard {
  readonly chunks: Buffer[] = []
  exits: ChannelEnd[] = []
  stdout = (chunk: Buffer): void => void this.chunks.push(Buffer.from(chunk))
  stderr = this.stdout
  exited = (end: ChannelEnd): void => void this.exits.push({ ...end })
  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1')
  }
}

/** A link, whose channels are lost as soon as it is. */
async function connected(): Promise<MuxLink> {
  const link = await MuxLink.connect(path, (why) => link.lose(why))
  return link
}

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('did not fail'),
    (error: Error) => error,
  )

describe('MuxLink.connect', () => {
  it('greets and asks for proxy mode', async () => {
    const requests = await master(proxy())
    const link = await connected()
    expect(requests).toEqual([mux.muxHello(), mux.muxProxyRequest()])
    expect(link.size).toBe(0)
    link.lose('over')
  })

  it('keeps the connection, however long nobody says anything', async () => {
    await master(proxy())
    const onClosed = vi.fn()
    const link = await MuxLink.connect(path, onClosed)
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(onClosed).not.toHaveBeenCalled()
    link.lose('over')
  })

  it('takes answers that come byte by byte', async () => {
    await master(
      () => {},
      (socket) => {
        socket.setNoDelay(true)
        let at = 0
        const all = Buffer.concat([HELLO, PROXY_OK])
        const timer = setInterval(() => {
          if (at === all.length) return clearInterval(timer)
          socket.write(all.subarray(at, ++at))
        }, 1)
      },
    )
    ;(await connected()).lose('over')
  })

  const hello = (more: (socket: Socket) => void): Answer => {
    return (request, socket) => (request.readUInt32BE(0) === 1 ? socket.write(HELLO) : more(socket))
  }

  it.each<[string, Answer, string | RegExp]>([
    ['refuses', hello((socket) => socket.write(DENIED)), 'the master refuses'],
    ['answers something else', hello((socket) => socket.write(ALIVE)), 'the master refuses'],
    [
      'speaks another version',
      (_, socket) => socket.write(frame(uint32(1), uint32(5))),
      'the master refuses',
    ],
    [
      'is no master',
      (_, socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'),
      /no SSH: a message of \d+ bytes/,
    ],
    ['says half a message', (_, socket) => socket.write(frame(Buffer.from([0]))), /no SSH/],
    ['closes at once', (_, socket) => socket.end(), 'the master closed the connection'],
    [
      'closes in the middle of its answer',
      hello((socket) => socket.end(PROXY_OK.subarray(0, 6))),
      'the master closed the connection',
    ],
    ['breaks off', hello((socket) => socket.destroy()), 'the master closed the connection'],
    ['says nothing', () => {}, 'the master does not answer'],
    ['says no more than a greeting', hello(() => {}), 'the master does not answer'],
    [
      'says half an answer and no more',
      hello((socket) => socket.write(PROXY_OK.subarray(0, 6))),
      'the master does not answer',
    ],
  ])('fails where the other side %s, and hangs up', async (_, answer, why) => {
    await master(answer)
    expect((await failure(connected())).message).toMatch(why)
    await vi.waitFor(() => expect(sockets.every(({ closed, destroyed }) => closed || destroyed)).toBe(true))
  })

  it.each([
    ['is not there', () => {}, 'ENOENT'],
    [
      'has nobody behind it',
      async () => {
        await master(() => {})
        const server = servers.pop() as Server
        // The file stays, as that of a master that was killed.
        await new Promise((resolve) => {
          // biome-ignore lint/suspicious/noExplicitAny: what closes the descriptor alone has no type
          ;(server as any)._handle.close(resolve)
        })
      },
      /ECONNREFUSED|ENOENT/,
    ],
  ])('fails where the socket %s', async (_, prepare, why) => {
    await prepare()
    expect((await failure(connected())).message).toMatch(why)
  })
})

describe('masterAnswers', () => {
  it('asks only, and leaves', async () => {
    const requests = await master((request, socket) => {
      socket.write(request.readUInt32BE(0) === 1 ? HELLO : ALIVE)
    })
    expect(await masterAnswers(path)).toBe(true)
    expect(requests).toEqual([mux.muxHello(), mux.muxAliveCheck()])
    await vi.waitFor(() => expect(sockets[0]?.closed || sockets[0]?.destroyed).toBe(true))
  })

  it.each<[string, Answer | null]>([
    ['nobody is there', null],
    ['the master refuses', (_, socket) => void socket.write(DENIED)],
    ['the master says nothing', () => {}],
    ['the master closes', (_, socket) => void socket.end()],
  ])('is false where %s', async (_, answer) => {
    if (answer) await master(answer)
    expect(await masterAnswers(path)).toBe(false)
  })
})

describe('a channel of a link', () => {
  it('runs a command to its end', async () => {
    await master(
      proxy((request, socket) => {
        opening(request, socket)
        if (request[1] === 98)
          socket.write(Buffer.concat([output(0, Buffer.from('hi')), exitStatus(0, 3), closed(0)]))
      }),
    )
    const link = await connected()
    const heard = new Heard()
    const channel = await link.open(COMMAND, heard, NEVER)
    expect(link.size).toBe(1)
    expect(await channel.ended).toEqual({ code: 3, signal: null, lost: null, refused: false })
    expect(heard.text).toBe('hi')
    expect(link.size).toBe(0)
    link.lose('over')
  })

  it('has a number of its own, and its own messages only', async () => {
    const requests = await master(proxy(opening))
    const link = await connected()
    const heard = [new Heard(), new Heard(), new Heard()]
    const channels = await Promise.all(heard.map((one) => link.open(COMMAND, one, NEVER)))
    expect(channels.map(({ id }) => id)).toEqual([0, 1, 2])
    expect(requests.slice(2, 5)).toEqual(
      [0, 1, 2].map((id) => mux.openSession(id, 4 * 1024 * 1024, 32 * 1024)),
    )
    const [socket] = sockets as [Socket]
    socket.write(
      Buffer.concat([
        output(1, Buffer.from('one')),
        output(9, Buffer.from('nobody')),
        output(2, Buffer.from('two')),
      ]),
    )
    await vi.waitFor(() => expect(heard.map(({ text }) => text)).toEqual(['', 'one', 'two']))
    socket.write(closed(1))
    await channels[1]?.ended
    const next = await link.open(COMMAND, new Heard(), NEVER)
    expect([next.id, link.size]).toEqual([3, 3])
    link.lose('over')
  })

  it('is refused where the server opens no more, and the others go on', async () => {
    await master(
      proxy((request, socket) => {
        if (request[1] !== 90) return
        const id = request.readUInt32BE(13)
        socket.write(
          id === 1
            ? message(92, uint32(id), uint32(2), sshString('open failed'), sshString(''))
            : confirmed(id),
        )
      }),
    )
    const link = await connected()
    const first = await link.open(COMMAND, new Heard(), NEVER)
    const refused = await failure(link.open(COMMAND, new Heard(), NEVER))
    expect(refused).toBeInstanceOf(ChannelRefused)
    expect(refused.message).toBe('open failed')
    expect(link.size).toBe(1)
    ;(sockets[0] as Socket).write(closed(0))
    await first.ended
    link.lose('over')
  })

  it('takes much output, however the messages are cut', async () => {
    await master(proxy(opening))
    const link = await connected()
    const heard = new Heard()
    const channel = await link.open(COMMAND, heard, NEVER)
    const parts = Array.from({ length: 200 }, (_, i) => Buffer.alloc(30_000 + i, i))
    const stream = Buffer.concat([...parts.map((part) => output(0, part)), closed(0)])
    const [socket] = sockets as [Socket]
    for (let at = 0; at < stream.length; at += 99_999) socket.write(stream.subarray(at, at + 99_999))
    await channel.ended
    expect(Buffer.concat(heard.chunks).equals(Buffer.concat(parts))).toBe(true)
    link.lose('over')
  })

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['the master ends', (socket) => socket.end(), /^the master closed the connection$/],
    [
      'the master ends in the middle of a message',
      (socket) => socket.end(output(0, Buffer.from('abc')).subarray(0, 9)),
      /^the master closed the connection$/,
    ],
    [
      'a message is too long',
      (socket) => socket.write(Buffer.from('ffffffff', 'hex')),
      /^the master sent something that is no SSH: a message of 4294967295 bytes$/,
    ],
    [
      'a message is malformed',
      (socket) => socket.write(message(94, uint32(0), Buffer.from([0]))),
      /^the master sent something that is no SSH: /,
    ],
  ])('is lost where %s', async (_, end, why) => {
    await master(proxy(opening))
    const link = await connected()
    const [one, other] = await Promise.all([
      link.open(COMMAND, new Heard(), NEVER),
      link.open(COMMAND, new Heard(), NEVER),
    ])
    end(sockets[0] as Socket)
    for (const channel of [one, other]) expect((await channel.ended).lost).toMatch(why)
    expect((await failure(link.open(COMMAND, new Heard(), NEVER))).message).toMatch(why)
    expect(link.size).toBe(0)
  })

  it('waits to be told why it is lost', async () => {
    await master(proxy(opening))
    const onClosed = vi.fn()
    const link = await MuxLink.connect(path, onClosed)
    const channel = await link.open(COMMAND, new Heard(), NEVER)
    expect(onClosed).not.toHaveBeenCalled()
    ;(sockets[0] as Socket).end()
    await vi.waitFor(() => expect(onClosed).toHaveBeenCalledWith('the master closed the connection'))
    expect(link.size).toBe(1)
    link.lose('Timeout, server h not responding.')
    expect((await channel.ended).lost).toBe('Timeout, server h not responding.')
  })

  it('is given up while it is being opened, and the number stays taken until it is closed', async () => {
    const requests = await master(proxy())
    const link = await connected()
    const stop = new AbortController()
    const pending = failure(link.open(COMMAND, new Heard(), stop.signal))
    stop.abort(new Error('cancelled'))
    expect((await pending).message).toBe('cancelled')
    expect(link.size).toBe(1)
    ;(sockets[0] as Socket).write(confirmed(0))
    await vi.waitFor(() => expect(requests.at(-1)).toEqual(mux.closeChannel(100)))
    expect(requests).not.toContainEqual(mux.execute(100, 'ls'))
    ;(sockets[0] as Socket).write(closed(0))
    await vi.waitFor(() => expect(link.size).toBe(0))
    link.lose('over')
  })

  it('is not opened for somebody who has gone', async () => {
    const requests = await master(proxy(opening))
    const link = await connected()
    expect(
      (await failure(link.open(COMMAND, new Heard(), AbortSignal.abort(new Error('gone'))))).message,
    ).toBe('gone')
    expect([requests.length, link.size]).toEqual([2, 0])
    link.lose('over')
  })

  it('is no longer tied to the signal once it is open', async () => {
    await master(proxy(opening))
    const link = await connected()
    const stop = new AbortController()
    const channel = await link.open(COMMAND, new Heard(), stop.signal)
    expect(EventEmitter.getEventListeners(stop.signal, 'abort')).toEqual([])
    stop.abort()
    ;(sockets[0] as Socket).write(Buffer.concat([exitStatus(0, 0), closed(0)]))
    expect((await channel.ended).code).toBe(0)
    link.lose('over')
  })

  it('is lost while it is being opened', async () => {
    await master(proxy())
    const link = await connected()
    const pending = failure(link.open(COMMAND, new Heard(), NEVER))
    link.lose('the network is gone')
    expect((await pending).message).toBe('the network is gone')
    link.lose('something else')
    expect((await failure(link.open(COMMAND, new Heard(), NEVER))).message).toBe('the network is gone')
    await vi.waitFor(() => expect(sockets[0]?.closed).toBe(true))
  })
})
