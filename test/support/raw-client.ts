import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { CLI, eventually, type Facts } from './harness.js'

interface RawOptions {
  command?: [string, ...string[]]
  uid?: number
  gid?: number
  cwd?: string
}

/** Speaks to the bridge in bytes, to say what no SDK would. */
export class RawClient {
  readonly child: ChildProcessWithoutNullStreams
  readonly messages: Facts[] = []
  readonly exit: Promise<number | null>
  #rest = ''

  /** @param more another program than the built command line, or another user */
  constructor(env: Record<string, string>, args: string[] = [], more: RawOptions = {}) {
    const { command: [program, ...first] = [process.execPath, CLI], ...user } = more
    this.child = spawn(program, [...first, ...args], { env, stdio: 'pipe', ...user })
    this.child.stdin.on('error', () => {})
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    this.exit = new Promise((resolve) => this.child.on('exit', resolve))
  }

  send(text: string): void {
    this.child.stdin.write(text)
  }

  request(id: number, method: string, params: Facts = {}): Promise<Facts> {
    this.send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    return this.answer(id)
  }

  call(id: number, name: string, args: Facts = {}): Promise<Facts> {
    return this.request(id, 'tools/call', { name, arguments: args })
  }

  answer(id: number | null): Promise<Facts> {
    return eventually(`the answer to ${id}`, () => this.messages.find((message) => message.id === id))
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.messages.push(JSON.parse(line))
  }
}
