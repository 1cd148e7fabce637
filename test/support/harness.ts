import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

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
