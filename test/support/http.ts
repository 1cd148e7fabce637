import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CLI, eventually, type Facts, type Workplace } from './harness.js'

/** The built HTTP door in a process of its own, on a free port. */
export class Door {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  /** What it has said on standard error. */
  said = ''
  readonly #state: string
  readonly #clients: Client[] = []
  readonly #deaf: Socket[] = []

  private constructor(place: Workplace, env: Record<string, string>, args: string[], cwd?: string) {
    const whole = { ...place.env, ...env }
    this.#state = place.state
    this.child = spawn(process.execPath, [CLI, ...args], {
      env: whole,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(cwd ? { cwd } : {}),
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.said += text
    })
    this.exit = new Promise((resolve) => this.child.on('exit', resolve))
  }

  static async open(
    place: Workplace,
    {
      env = {},
      args = ['serve', '--port', '0'],
      cwd,
    }: { env?: Record<string, string>; args?: string[]; cwd?: string } = {},
  ): Promise<Door> {
    const door = new Door(place, env, args, cwd)
    await eventually(
      `the door listens: ${door.said}`,
      () => door.said.includes('listening on') || door.child.exitCode !== null,
    )
    return door
  }

  /** Starts one that is to end by itself. @returns what it said, and its exit code */
  static async refused(
    place: Workplace,
    env: Record<string, string>,
    args: string[],
  ): Promise<{ said: string; code: number | null }> {
    const door = new Door(place, env, args)
    const code = await door.exit
    return { said: door.said, code }
  }

  get url(): URL {
    return new URL(/listening on (\S+)/.exec(this.said)?.[1] ?? `http://it.did.not.start/${this.said}`)
  }

  get port(): number {
    return Number(this.url.port)
  }

  get token(): string {
    return readFileSync(join(this.#state, 'http-token'), 'utf8').trim()
  }

  /** A real MCP client that speaks to this door. */
  async client(token: string | null = this.token, capabilities = {}): Promise<Client> {
    const headers = token === null ? {} : { Authorization: `Bearer ${token}` }
    const client = new Client({ name: 'test', version: '1' }, { capabilities })
    await client.connect(new StreamableHTTPClientTransport(this.url, { requestInit: { headers } }))
    this.#clients.push(client)
    return client
  }

  /** @returns the structured facts of a tool's result */
  async call(client: Client, name: string, args: Facts = {}): Promise<Facts> {
    const result = await client.callTool({ name, arguments: args }, undefined, { timeout: 90_000 })
    return { ...(result.structuredContent as Facts), isError: result.isError === true }
  }

  /** One request in the terms of HTTP. */
  request(options: RequestParts = {}): Promise<Answer> {
    return send(this.port, this.url.pathname, { ...this.#credentials(options), ...options.headers }, options)
  }

  /** Sends a message on a connection of which nothing is ever read. */
  deaf(headers: Record<string, string>, body: Facts): void {
    const text = JSON.stringify(body)
    const own = {
      host: 'localhost',
      authorization: `Bearer ${this.token}`,
      'content-type': 'application/json',
    }
    const all = {
      ...own,
      accept: 'application/json, text/event-stream',
      'content-length': String(text.length),
      ...headers,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
    const socket = connect(this.port, '127.0.0.1').on('error', () => {})
    socket.pause()
    socket.write(['POST /mcp HTTP/1.1', ...lines, '', text].join('\r\n'))
    this.#deaf.push(socket)
  }

  #credentials({ headers = {} }: RequestParts): Record<string, string> {
    return 'authorization' in headers ? {} : { authorization: `Bearer ${this.token}` }
  }

  /** Sends a message and does not wait for the answer. @returns what breaks the connection off */
  async abandon(headers: Record<string, string>, body: Facts): Promise<() => void> {
    const own = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
    const all = { ...own, authorization: `Bearer ${this.token}`, ...headers }
    const sent = httpRequest(this.url, { method: 'POST', headers: all })
    sent.on('error', () => {})
    sent.end(JSON.stringify(body))
    return () => void sent.destroy()
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    for (const client of this.#clients) await client.close().catch(() => {})
    for (const socket of this.#deaf) socket.destroy()
    this.child.kill(signal)
    return this.exit
  }
}

interface RequestParts {
  method?: string
  path?: string
  headers?: Record<string, string | undefined>
  body?: unknown
}

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  text: string
  /** The JSON-RPC messages in it, whatever form it has. */
  messages: Facts[]
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

function send(
  port: number,
  url: string,
  own: Record<string, string | undefined>,
  parts: RequestParts,
): Promise<Answer> {
  const { method = 'POST', path = url, body } = parts
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const accept = { accept: 'application/json, text/event-stream' }
  const type = text
    ? { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
    : {}
  const all = Object.entries({ ...accept, ...type, ...own }).filter(([, value]) => value !== undefined)
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      port,
      host: '127.0.0.1',
      path,
      method,
      agent,
      headers: Object.fromEntries(all) as Record<string, string>,
    })
    sent.on('error', reject)
    sent.on('response', (response) => resolve(answerOf(response)))
    sent.end(text)
  })
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  const { statusCode: status = 0, headers } = response
  const events = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data as string))
  const messages = headers['content-type']?.includes('json') && text ? [JSON.parse(text)] : events
  return { status, headers, text, messages }
}

/** Sends bytes as they are, and collects what comes until the other side ends. */
export function rawExchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (part) => {
      text += part
    })
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
    socket.write(bytes, 'latin1')
  })
}

export const initialize = (id: number, capabilities = {}): Facts => ({
  jsonrpc: '2.0',
  id,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'raw', version: '1' } },
})

export const toolCall = (id: number | string, name: string, args: Facts = {}): Facts => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
})
