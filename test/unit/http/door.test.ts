import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import {
  MAX_VISIT_RESPONSES,
  MAX_VISITS,
  VISIT_IDLE_MS,
  VISIT_KEPT_MS,
  VISIT_LEFT_MS,
  VISIT_UNRETURNED_MS,
} from '../../../src/common/limits.js'
import { Bodies } from '../../../src/http/body.js'
import { HttpDoor } from '../../../src/http/door.js'
import { Exchange } from '../../../src/http/exchange.js'
import { Gate } from '../../../src/http/gate.js'
import { type DaemonStream, Link } from '../../../src/http/link.js'
import { Visits } from '../../../src/http/visits.js'
import { initialize } from '../../support/http.js'

const MB = 1024 * 1024

/** A daemon that answers each call at once, with as much as its name says. */
class WordyDaemon {
  readonly streams: Duplex[] = []

  open = async (): Promise<DaemonStream> => {
    const [ours, theirs] = duplexPair()
    let rest = ''
    ours.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#answer(ours, JSON.parse(line))
    })
    this.streams.push(ours)
    return { stream: theirs, rest: Buffer.alloc(0) }
  }

  #answer(stream: Duplex, { id, method }: { id?: number; method: string }): void {
    if (id === undefined || method === 'never') return
    const size = Number(/^x\/(\d+)/.exec(method)?.[1] ?? 0)
    stream.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: { text: 'x'.repeat(size) } })}\n`)
  }
}

const doors: HttpDoor[] = []
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const door of doors.splice(0)) door.close()
})

async function listening(daemon: WordyDaemon, stalledMs: number): Promise<number> {
  const gate = new Gate({ path: '/mcp', hosts: [], token: null })
  const door = new HttpDoor({ gate, open: daemon.open, stateless: false, stalledMs })
  doors.push(door)
  return (await door.listen({ host: '127.0.0.1', port: 0 })).port
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** One request that is read to its end. */
async function ask(port: number, message: object, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify(message)
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: { ...HEADERS, ...headers },
    body,
  })
  await response.text()
  return response
}

async function arrive(port: number): Promise<Record<string, string>> {
  return { 'mcp-session-id': (await ask(port, initialize(0))).headers.get('mcp-session-id') as string }
}

/** One request of which nothing is read. */
function askDeaf(port: number, message: object, headers: Record<string, string>): void {
  const body = JSON.stringify(message)
  const all = { host: 'localhost', 'content-length': String(body.length), ...HEADERS, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  socket.pause()
  socket.write(['POST /mcp HTTP/1.1', ...lines, '', body].join('\r\n'))
  socket.on('error', () => {})
}

const until = async (fact: () => boolean): Promise<void> => {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a client that does not read', () => {
  it('holds up what the daemon has for it, and nobody else', async () => {
    const daemon = new WordyDaemon()
    const port = await listening(daemon, 60_000)
    const deaf = await arrive(port)
    for (let id = 1; id <= 8; id++) askDeaf(port, { jsonrpc: '2.0', id, method: `x/${8 * MB}` }, deaf)
    const held = daemon.streams[0] as Duplex
    await until(() => held.writableLength > 40 * MB)
    const other = await arrive(port)
    const answer = await ask(port, { jsonrpc: '2.0', id: 1, method: 'x/1000' }, other)
    expect(answer.status).toBe(200)
    expect(held.writableLength).toBeGreaterThan(40 * MB)
  })

  it('is cut off after a while, upon which the rest of its answers come', async () => {
    const daemon = new WordyDaemon()
    const port = await listening(daemon, 100)
    const session = await arrive(port)
    askDeaf(port, { jsonrpc: '2.0', id: 1, method: `x/${20 * MB}` }, session)
    // Held back with all that the daemon has for this client, until the other is given up.
    const answer = await ask(port, { jsonrpc: '2.0', id: 2, method: `x/${8 * MB}` }, session)
    expect(answer.status).toBe(200)
  })
})

it('a client that asks for ever more leaves connections to others', async () => {
  const port = await listening(new WordyDaemon(), 60_000)
  const greedy = await arrive(port)
  for (let id = 1; id <= MAX_VISIT_RESPONSES; id++)
    askDeaf(port, { jsonrpc: '2.0', id, method: 'never' }, greedy)
  const more = (): Promise<Response> => ask(port, { jsonrpc: '2.0', id: 1000, method: 'x/1' }, greedy)
  while ((await more()).status === 200);
  expect((await more()).status).toBe(503)
  const other = await arrive(port)
  expect((await ask(port, { jsonrpc: '2.0', id: 1, method: 'x/1' }, other)).status).toBe(200)
})

it('a client that closes its stream of news is not waited for as long as others', async () => {
  let now = 0
  const visits = new Visits(new WordyDaemon().open, () => now)
  const exchange = new Exchange({ bodies: new Bodies(), visits, passing: null })
  const server = createServer((request, response) => void exchange.handle(request, response)).listen(0)
  const { port } = server.address() as AddressInfo
  const [quiet, listener] = [await arrive(port), await arrive(port)]
  const gone = new AbortController()
  const headers = { ...listener, accept: 'text/event-stream' }
  await fetch(`http://127.0.0.1:${port}/mcp`, { headers, signal: gone.signal })
  gone.abort()
  await until(() => [...visits.outlets()].length === 0)
  now = VISIT_LEFT_MS + 1
  exchange.sweep(60_000)
  expect(has(visits, listener['mcp-session-id'] as string)).toBe(false)
  expect(has(visits, quiet['mcp-session-id'] as string)).toBe(true)
  exchange.endAll()
  server.close()
})

it('a link that nobody uses lets go of its connection when the daemon ends', async () => {
  const [daemon, ours] = duplexPair()
  const link = new Link({ stream: ours, rest: Buffer.alloc(0) })
  daemon.end()
  await until(() => link.ended)
  expect(ours.destroyed).toBe(true)
})

describe('visits', () => {
  /** A client that has said who it is. */
  const greet = async (visits: Visits): Promise<string> => {
    const visit = await visits.begin()
    const request = new Request('http://localhost/', { method: 'POST', headers: HEADERS })
    await (await visit.transport.handleRequest(request, { parsedBody: initialize(0) })).text()
    return visit.transport.sessionId as string
  }

  /** One that went on. */
  const arriveAt = async (visits: Visits): Promise<string> => {
    const id = await greet(visits)
    visits.find(id).used()
    return id
  }

  it('of clients that never came back make way soon, and before others', async () => {
    let now = 0
    const visits = new Visits(new WordyDaemon().open, () => now)
    const stays = await arriveAt(visits)
    now = 1000
    for (let count = 1; count < MAX_VISITS; count++) await greet(visits)
    now += VISIT_UNRETURNED_MS
    await expect(visits.begin()).rejects.toThrow('too many clients')
    now++
    for (let count = 1; count < MAX_VISITS; count++) await greet(visits)
    await expect(visits.begin()).rejects.toThrow('too many clients')
    visits.find(stays)
    visits.endAll()
  })

  it('are bounded: who was not seen for longest makes way, but nobody who was seen lately', async () => {
    let now = 0
    const visits = new Visits(new WordyDaemon().open, () => now)
    const first = await arriveAt(visits)
    now = 1000
    const second = await arriveAt(visits)
    for (let count = 2; count < MAX_VISITS; count++) await arriveAt(visits)
    now = VISIT_KEPT_MS
    await expect(visits.begin()).rejects.toThrow('too many clients')
    visits.find(first).used()
    now = VISIT_KEPT_MS + 1001
    await arriveAt(visits)
    expect(() => visits.find(second)).toThrow('not known')
    visits.find(first)
    visits.endAll()
  })

  it('end when nobody used them for long', async () => {
    let now = 0
    const visits = new Visits(new WordyDaemon().open, () => now)
    const id = await arriveAt(visits)
    now = VISIT_IDLE_MS
    visits.endIdle()
    visits.find(id)
    now = VISIT_IDLE_MS + 1
    visits.endIdle()
    expect(() => visits.find(id)).toThrow('not known')
  })

  it('end with their connection to the daemon, and leave nobody behind in it', async () => {
    const daemon = new WordyDaemon()
    const visits = new Visits(daemon.open)
    const id = await arriveAt(visits)
    daemon.streams[0]?.end()
    await until(() => !has(visits, id))
  })

  it('say why there is no daemon', async () => {
    const visits = new Visits(async () => {
      throw new Error('The daemon has no room.')
    })
    await expect(visits.begin()).rejects.toThrow('The daemon has no room.')
  })
})

function has(visits: Visits, id: string): boolean {
  try {
    return visits.find(id) !== null
  } catch {
    return false
  }
}
