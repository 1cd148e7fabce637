import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { connectIfRunning, greeting } from '../client/connect.js'
import { childEnvironment } from '../common/environment.js'
import { packageVersion } from '../common/version.js'
import { statePaths } from '../platform/paths.js'
import { startThrowawayServer, type ThrowawayServer } from './throwaway-server.js'

type Facts = Record<string, unknown>

/**
 * Runs the main job before one's eyes: a real MCP client, the real server of this package and the real ssh,
 * against an SSH server on loopback that exists as long as the demo does.
 */
export async function demo(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ssh-mcp-demo-'))
  const env = {
    ...childEnvironment(process.env),
    SSH_MCP_STATE_DIR: join(directory, 'state'),
    SSH_MCP_STRUCTURED: '1',
  }
  say('Starting an SSH server on 127.0.0.1, for one key made just now.')
  const server = await startThrowawayServer(directory)
  try {
    await show(server, env)
  } finally {
    say('Cleaning up: the daemon, its session, its tmux window, the SSH server and every file of the demo.')
    const ended = await connectIfRunning(statePaths(env), greeting('control', 'shutdown'))
    ended?.socket.destroy()
    server.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function show(server: ThrowawayServer, env: Record<string, string>): Promise<void> {
  const session = {
    target: `${userInfo().username}@127.0.0.1`,
    port: server.port,
    identity_file: server.identityFile,
    known_hosts_file: server.knownHostsFile,
    session_name: 'demo',
  }
  say('A first MCP client starts `ssh-mcp`, as an agent would, and opens the session "demo".')
  const first = await DemoClient.start(env)
  const opened = await first.call('ssh_ensure_session', session)
  if (!opened.running) throw new Error(`the session did not come up: ${opened.exit_reason}\n${opened.output}`)
  say(`Watch it from another terminal:  ${(opened.observer as Facts).command}`)
  await pause('Attach there if you like, then press Enter here.')
  await first.type('COLOUR=violet; cd /tmp; date\n')
  await first.type('for i in 1 2 3; do echo "step $i"; done\n')
  say(`Killing that client (kill -9 ${first.pid}), as a crash or a context reset would.`)
  await first.kill()
  say('A second client starts, knows nothing but the name "demo", and asks for the session.')
  const second = await DemoClient.start(env)
  const found = await second.call('ssh_ensure_session', session)
  say(
    `Same shell, ${found.session_id === opened.session_id ? 'found again' : 'NOT FOUND'}; is its variable still there?`,
  )
  const answer = await second.type('echo "the colour is $COLOUR, in $PWD"\n')
  await second.close()
  if (!String(answer.output).includes('the colour is violet, in /tmp'))
    throw new Error('the shell has lost its state')
  say('It is. Nothing was lost with the first client.')
  await pause('Press Enter to clean up.')
}

const say = (text: string): void => void process.stdout.write(`\n── ${text}\n`)

/** Gives a person at a terminal the time to look. */
async function pause(prompt: string): Promise<void> {
  if (!process.stdin.isTTY) return
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  await terminal.question(`   ${prompt} `)
  terminal.close()
}

class DemoClient {
  readonly #client = new Client({ name: 'ssh-mcp-demo', version: packageVersion() })
  readonly #transport: StdioClientTransport

  private constructor(env: Record<string, string>) {
    const cli = fileURLToPath(new URL('../cli.js', import.meta.url))
    this.#transport = new StdioClientTransport({ command: process.execPath, args: [cli], env })
  }

  static async start(env: Record<string, string>): Promise<DemoClient> {
    const client = new DemoClient(env)
    await client.#client.connect(client.#transport)
    return client
  }

  get pid(): number | null {
    return this.#transport.pid
  }

  async call(name: string, args: Facts): Promise<Facts> {
    const { structuredContent, isError } = await this.#client.callTool({ name, arguments: args })
    const facts = structuredContent as Facts
    if (isError) throw new Error(`${name}: ${facts.message}`)
    return facts
  }

  /** Types into the session and shows what comes back. */
  async type(input: string): Promise<Facts> {
    const facts = await this.call('ssh_write_session', { session_id: 'demo', input })
    process.stdout.write(`${String(facts.output).trimEnd()}\n`)
    return facts
  }

  /** Ends the client's server process the hard way, and waits until it is gone. */
  async kill(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#client.onclose = resolve
    })
    if (this.pid) process.kill(this.pid, 'SIGKILL')
    await closed
  }

  close(): Promise<void> {
    return this.#client.close()
  }
}
