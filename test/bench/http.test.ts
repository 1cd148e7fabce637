import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Facts, Workplace } from '../support/harness.js'
import { Door, initialize, toolCall } from '../support/http.js'
import { RawClient } from '../support/raw-client.js'

/** Requests per second and their times over HTTP beside stdio, in turns, printed and never asserted: npm run bench */
const ROUNDS = 5
const CALLS = 2000
const AT_ONCE = 16

type Ask = (message: Facts) => Promise<void>

/** One connection, one request at a time, with as little of its own as can be: what is measured is the server. */
class Connection {
  readonly #socket: Socket
  readonly #head: string
  #answered: (() => void) | null = null
  #text = ''

  constructor(port: number, headers: Record<string, string>) {
    const lines = Object.entries({
      Host: 'localhost',
      Accept: 'application/json, text/event-stream',
      ...headers,
    })
    this.#head = [
      'POST /mcp HTTP/1.1',
      'Content-Type: application/json',
      ...lines.map((line) => line.join(': ')),
    ].join('\r\n')
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1').on('data', (text: string) => this.#take(text))
  }

  ask: Ask = (message) => {
    const body = JSON.stringify(message)
    this.#socket.write(`${this.#head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    return new Promise((resolve) => {
      this.#answered = resolve
    })
  }

  /** An answer ends with the last of its chunks; an error would come in one piece. */
  #take(text: string): void {
    if (this.#text === '' && !text.startsWith('HTTP/1.1 200')) throw new Error(text)
    this.#text += text
    if (!this.#text.endsWith('\r\n0\r\n\r\n')) return
    this.#text = ''
    this.#answered?.()
  }
}

interface Figures {
  perSecond: number
  times: number[]
}

/** @param askers how many ask at once, each one after another */
async function measure(askers: Ask[]): Promise<Figures> {
  const times: number[] = []
  let id = 100
  const began = performance.now()
  const work = askers.map(async (ask) => {
    while (times.length + askers.length <= CALLS) {
      const start = performance.now()
      await ask(toolCall(id++, 'ssh_list_sessions'))
      times.push(performance.now() - start)
    }
  })
  await Promise.all(work)
  return { perSecond: (times.length * 1000) / (performance.now() - began), times }
}

const at = (times: number[], share: number): string =>
  (times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] as number).toFixed(2)
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number

function show(what: string, rounds: Figures[]): void {
  const times = rounds.flatMap((round) => round.times)
  const perSecond = median(rounds.map((round) => round.perSecond)).toFixed(0)
  process.stdout.write(
    `${what.padEnd(34)} ${perSecond.padStart(6)}/s   p50 ${at(times, 0.5)} ms   p99 ${at(times, 0.99)} ms   p99.9 ${at(times, 0.999)} ms\n`,
  )
}

describe('tools/call over HTTP beside stdio', () => {
  let place: Workplace
  let stdio: RawClient
  const doors: Door[] = []
  beforeAll(async () => {
    place = new Workplace({ SSH_MCP_STRUCTURED: '' })
    stdio = new RawClient(place.env)
    await stdio.request(1, 'initialize', initialize(1).params)
  })
  afterAll(async () => {
    stdio.child.kill()
    for (const door of doors) await door.end()
    await place.close()
  })

  /** RawClient looks for its answers by polling: here each is heard of when it comes. */
  function overStdio(): Ask {
    const waiting = new Map<number, () => void>()
    let rest = ''
    stdio.child.stdout.removeAllListeners('data').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) waiting.get(JSON.parse(line).id)?.()
    })
    return (message) => {
      stdio.send(`${JSON.stringify(message)}\n`)
      return new Promise((resolve) => waiting.set(message.id, resolve))
    }
  }

  async function headersOf(door: Door): Promise<Record<string, string>> {
    doors.push(door)
    const own = { Authorization: `Bearer ${door.token}` }
    const { headers } = await door.request({ body: initialize(1) })
    const session = headers['mcp-session-id'] as string | undefined
    return session ? { ...own, 'Mcp-Session-Id': session } : own
  }

  /** New connections, for the door does not keep those that say nothing for long. */
  const connections = (door: Door, headers: Record<string, string>, count: number): Ask[] =>
    Array.from({ length: count }, () => new Connection(door.port, headers).ask)

  it('answers', async () => {
    const line = overStdio()
    const door = await Door.open(place)
    const passing = await Door.open(place, { env: { MCP_STATELESS_HTTP: '1' } })
    const headers = await headersOf(door)
    const own = await headersOf(passing)
    for (const askers of [1, AT_ONCE]) {
      const ways: [string, Ask[]][] = [
        ['stdio', Array<Ask>(askers).fill(line)],
        ['HTTP', connections(door, headers, askers)],
        ['HTTP, stateless', connections(passing, own, askers)],
      ]
      const rounds = new Map<string, Figures[]>(ways.map(([name]) => [name, []]))
      for (let round = -1; round < ROUNDS; round++)
        for (const [name, asks] of ways) {
          const figures = await measure(asks)
          if (round >= 0) rounds.get(name)?.push(figures)
        }
      for (const [name, figures] of rounds) show(`${name}, ${askers} at once`, figures)
    }
  })
})
