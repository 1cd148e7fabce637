import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { type Sshd, startSshd } from './sshd.js'

export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** A tool's result in its structured form; what a test looks at. */
// biome-ignore lint/suspicious/noExplicitAny: the point of these tests is to look at results from outside
export type Facts = Record<string, any>

/** A state directory of its own, with the environment that leads to it and to a tmux server of its own. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), 'sm-'))
  readonly state = join(this.directory, 'state')
  readonly env: Record<string, string>
  readonly #clients: TestClient[] = []

  constructor(env: Record<string, string> = {}) {
    const { PATH = '', HOME = '' } = process.env
    const base = { PATH, HOME, TERM: 'dumb', SSH_MCP_STATE_DIR: this.state, TMUX_TMPDIR: this.directory }
    this.env = { ...base, SSH_MCP_STRUCTURED: '1', ...env }
  }

  /** A real MCP client whose server is the built command line. */
  async client(env: Record<string, string> = {}, args: string[] = []): Promise<TestClient> {
    const client = await TestClient.connect({ ...this.env, ...env }, args)
    this.#clients.push(client)
    return client
  }

  /** Runs a command of ours to its end. @returns its standard output */
  run(...args: string[]): string {
    return execFileSync(process.execPath, [CLI, ...args], {
      env: this.env,
      encoding: 'utf8',
      timeout: 30_000,
    })
  }

  tmux(...args: string[]): string {
    return execFileSync('tmux', args, { env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close()
    this.run('shutdown')
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export class TestClient {
  readonly mcp: Client
  readonly #transport: StdioClientTransport

  private constructor(mcp: Client, transport: StdioClientTransport) {
    this.mcp = mcp
    this.#transport = transport
  }

  static async connect(env: Record<string, string>, args: string[]): Promise<TestClient> {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [CLI, ...args],
      env,
      stderr: 'pipe',
    })
    const mcp = new Client({ name: 'test', version: '1' })
    await mcp.connect(transport)
    return new TestClient(mcp, transport)
  }

  /** The pid of the bridge. */
  get pid(): number {
    return this.#transport.pid as number
  }

  /** Calls a tool. @returns its structured facts, with `isError` and all `texts` of the content */
  async call(name: string, args: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Facts> {
    const options = { timeout: 90_000, ...(signal ? { signal } : {}) }
    const result = await this.mcp.callTool({ name, arguments: args }, undefined, options)
    const content = result.content as { text: string }[]
    return {
      ...(result.structuredContent as Facts),
      isError: result.isError === true,
      texts: content.map(({ text }) => text),
    }
  }

  ensure(args: Record<string, unknown>): Promise<Facts> {
    return this.call('ssh_ensure_session', { observer_mode: 'transcript', ...args })
  }

  write(session_id: string, input: string, args: Record<string, unknown> = {}): Promise<Facts> {
    return this.call('ssh_write_session', { session_id, input, ...args })
  }

  read(session_id: string, args: Record<string, unknown> = {}): Promise<Facts> {
    return this.call('ssh_read_session', { session_id, ...args })
  }

  async close(): Promise<void> {
    await this.mcp.close().catch(() => {})
  }
}

/** What the tests of one file share: a real sshd, a state directory and a client; set up before the first test. */
export interface Bench {
  sshd: Sshd
  place: Workplace
  client: TestClient
}

/** Tests that open sessions, with everything they need; skipped only where no sshd can give a terminal. */
export function describeSessions(
  name: string,
  tests: (bench: Bench) => void,
  env: Record<string, string> = {},
): void {
  describe.skipIf(inject('noPty') !== '')(name, () => {
    const bench = {} as Bench
    beforeAll(async () => {
      bench.sshd = await startSshd()
      bench.place = new Workplace(env)
      bench.client = await bench.place.client()
    })
    afterAll(async () => {
      await bench.place?.close()
      await bench.sshd?.stop()
    })
    tests(bench)
  })
}

/** Waits for a fact that no event tells of, looking often; fails after 10 seconds. */
export async function eventually<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + 10_000
  for (;;) {
    const found = await look()
    if (found) return found as NonNullable<T>
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Whether a process exists and is not a zombie that only waits for its parent. */
export function alive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    return false
  }
}

/** Command lines of all processes that mention a text. */
export const processesWith = (text: string): string[] =>
  execFileSync('ps', ['-eo', 'stat=,pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.trim().startsWith('Z') && !line.includes('ps -eo'))
