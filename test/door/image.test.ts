import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageVersion } from '../../src/common/version.js'
import { describeSessions, eventually, type Facts } from '../support/harness.js'
import { Image, whyNoImage } from '../support/image.js'
import type { RawClient } from '../support/raw-client.js'
import { unusedPort } from '../support/sshd.js'

const INITIALIZE = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
}

describe.skipIf(whyNoImage())('the image', () => {
  let image: Image
  beforeAll(() => {
    image = new Image()
  })
  afterAll(() => image.remove())

  const nothingLeft = () => eventually('no process is left', () => image.processes().length === 0)

  it('serves over standard input and output, and ends with the input', async () => {
    const container = image.run()
    expect((await container.request(1, 'initialize', INITIALIZE)).result.serverInfo.name).toBe('ssh-mcp')
    const { result } = await container.request(2, 'tools/list')
    expect(result.tools.map(({ name }: Facts) => name)).toContain('ssh_run')
    // As its user, in a state directory of that user's.
    expect(image.processes().length).toBeGreaterThan(0)
    container.child.stdin.end()
    expect(await container.exit).toBe(0)
    await nothingLeft()
  })

  it('ends on the signal of docker stop', async () => {
    const container = image.run()
    await container.request(1, 'initialize', INITIALIZE)
    container.child.kill('SIGTERM')
    expect(await container.exit).toBe(0)
    await nothingLeft()
  })

  it('runs the other commands', async () => {
    const { child, exit } = image.run({}, ['tail', 'x'])
    child.stdout.removeAllListeners('data')
    expect(await exit).toBe(1)
    const version = image.run({}, ['--version'])
    version.child.stdout.removeAllListeners('data')
    const words = new Promise((resolve) => version.child.stdout.once('data', resolve))
    expect(await words).toBe(`${packageVersion()}\n`)
  })

  it('serves over HTTP where its environment says so, is healthy then, and ends on the signal of docker stop', async () => {
    const port = await unusedPort()
    const env = { MCP_TRANSPORT: 'streamable-http', MCP_PORT: String(port) }
    const container = image.run(env)
    let said = ''
    container.child.stderr.on('data', (text) => {
      said += text
    })
    await eventually('it listens', () => said.includes('listening on'))
    // Everywhere, or its port could not be published; and so never without a token.
    expect(said).toContain(`listening on http://0.0.0.0:${port}/mcp`)
    const url = new URL(`http://127.0.0.1:${port}/mcp`)
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)
    const token = /shown this once: (\S+)/.exec(said)?.[1]
    const client = new Client({ name: 'test', version: '1' })
    const headers = { Authorization: `Bearer ${token}` }
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('ssh_run')
    expect(await image.health(env)).toEqual({ code: 0, words: '' })
    await client.close()
    container.child.kill('SIGTERM')
    expect(await container.exit).toBe(0)
    await nothingLeft()
  })

  it('refuses to serve over HTTP without a token', async () => {
    const container = image.run({ MCP_TRANSPORT: 'streamable-http', SSH_MCP_HTTP_NO_TOKEN: '1' })
    expect(await container.exit).toBe(2)
    await nothingLeft()
  })

  it('is well over standard input and output', async () => {
    expect(await image.health()).toEqual({ code: 0, words: '' })
  })

  it.each([
    [200, 0],
    [503, 1],
  ])('is asked over HTTP, and its %s gives %s', async (answer, code) => {
    const asked: string[] = []
    const server = createServer(({ url, headers }, response) => {
      asked.push(`${headers.host}${url}`)
      response.writeHead(answer).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const env = { MCP_TRANSPORT: 'streamable-http', MCP_PORT: String(port) }
    expect((await image.health(env)).code).toBe(code)
    expect(asked).toEqual([`127.0.0.1:${port}/healthz`])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    const gone = await image.health(env)
    expect(gone).toMatchObject({ code: 1, words: expect.stringContaining('ECONNREFUSED') })
  })
})

describeSessions('sessions in the image', (bench) => {
  let image: Image
  beforeAll(() => {
    if (whyNoImage() === '') image = new Image()
  })
  afterAll(() => image?.remove())

  /** A ~/.ssh as it is mounted with `:ro`: readable, and nothing can be written there. */
  function mountKeys(knownHosts: string): void {
    const directory = join(image.account.home, '.ssh')
    mkdirSync(directory, { recursive: true })
    copyFileSync(bench.sshd.identityFile, join(directory, 'id_ed25519'))
    writeFileSync(join(directory, 'known_hosts'), knownHosts)
    writeFileSync(
      join(directory, 'config'),
      `Host it\n HostName 127.0.0.1\n Port ${bench.sshd.port}\n User root\n`,
    )
    for (const file of ['id_ed25519', 'known_hosts', 'config']) chmodSync(join(directory, file), 0o400)
    chmodSync(directory, 0o500)
    execFileSync('chown', ['-R', image.account.name, directory])
  }

  async function call(container: RawClient, id: number, tool: string, args: Facts): Promise<Facts> {
    const { result } = await container.call(id, tool, args)
    return { ...result.structuredContent, isError: result.isError === true }
  }

  it('use the keys and the configuration that are mounted, and end with the container', async ({ skip }) => {
    skip(whyNoImage() !== '')
    mountKeys(readFileSync(bench.sshd.knownHosts, 'utf8'))
    const container = image.run({ SSH_MCP_STRUCTURED: '1' })
    await container.request(1, 'initialize', INITIALIZE)
    expect(await call(container, 2, 'ssh_exec', { target: 'it', command: 'echo ran' })).toMatchObject({
      stdout: 'ran\n',
    })
    const run = { target: 'it', session_name: 'a', command: 'echo $((6*7))' }
    expect(await call(container, 3, 'ssh_run', run)).toMatchObject({ output: '42\n', exit_code: 0 })
    container.child.kill('SIGTERM')
    expect(await container.exit).toBe(0)
    await eventually('no process is left', () => image.processes().length === 0)
  })

  it('accept a new host key, though it cannot be written down', async ({ skip }) => {
    skip(whyNoImage() !== '')
    mountKeys('')
    const container = image.run({ SSH_MCP_STRUCTURED: '1' })
    await container.request(1, 'initialize', INITIALIZE)
    const exec = { target: 'it', command: 'echo ran' }
    expect(await call(container, 2, 'ssh_exec', exec)).toMatchObject({ isError: true })
    const accepting = { ...exec, strict_host_key_checking: 'accept-new' }
    expect(await call(container, 3, 'ssh_exec', accepting)).toMatchObject({ stdout: 'ran\n' })
    expect(readFileSync(join(image.account.home, '.ssh/known_hosts'), 'utf8')).toBe('')
    container.child.stdin.end()
    expect(await container.exit).toBe(0)
  })
})
