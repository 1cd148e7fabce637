import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_BODIES_BYTES, MAX_HTTP_CONNECTIONS } from '../../src/common/limits.js'
import { eventually, type Facts, Workplace } from '../support/harness.js'
import { Door, initialize, rawExchange, toolCall } from '../support/http.js'
import { memory } from '../support/remote.js'

const MB = 1024 * 1024

describe('who attacks the HTTP door', () => {
  let place: Workplace
  let door: Door
  let session: Record<string, string>
  beforeAll(async () => {
    place = new Workplace()
    door = await Door.open(place)
    const { headers } = await door.request({ body: initialize(1) })
    session = { 'mcp-session-id': headers['mcp-session-id'] as string }
  })
  afterAll(async () => {
    await door?.end()
    await place?.close()
  })

  /** Somebody else, who must not notice. */
  const works = async (): Promise<void> => {
    const { status, messages } = await door.request({
      headers: session,
      body: toolCall(1, 'ssh_list_sessions'),
    })
    expect([status, messages[0]?.result.isError]).toEqual([200, undefined])
  }

  const wire = (lines: string[], body = ''): Promise<string> =>
    rawExchange(door.port, `${lines.join('\r\n')}\r\n\r\n${body}`)

  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)

  const known = (): string => `Authorization: Bearer ${door.token}`
  const asJson = ['Content-Type: application/json', 'Accept: application/json, text/event-stream']

  it('from a page in a browser, under a rebound name or its own, gets nowhere', async () => {
    const text = JSON.stringify(initialize(1))
    const attempts: [number, string[]][] = [
      [403, ['Host: evil.example.com', known()]],
      [403, [`Host: evil.example.com:${door.port}`, `Origin: http://evil.example.com:${door.port}`, known()]],
      [403, [`Host: localhost:${door.port}`, 'Origin: http://evil.example.com', known()]],
      [403, [`Host: localhost:${door.port}`, 'Origin: null', known()]],
      [403, [`Host: localhost:${door.port}`, 'Origin: http://localhost:1', known()]],
      [403, [`Host: localhost:${door.port}`, 'Sec-Fetch-Site: cross-site', known()]],
      [400, ['Host: localhost', 'Host: evil.example.com', known()]],
      [400, ['Host: localhost', 'Origin: http://localhost', 'Origin: http://evil.example.com', known()]],
      [400, [known()]],
      [401, [`Host: localhost:${door.port}`]],
      [401, [`Host: localhost:${door.port}`, 'Authorization: Bearer wrong']],
      [403, [`Host: localhost`, known(), ...Array(150).fill('X: y'), 'Origin: http://evil.example.com']],
      [200, [`Host: localhost:${door.port}`, `Origin: http://localhost:${door.port}`, known()]],
    ]
    for (const [expected, headers] of attempts) {
      const lines = [
        'POST /mcp HTTP/1.1',
        ...headers,
        ...asJson,
        `Content-Length: ${text.length}`,
        'Connection: close',
      ]
      const answer = await wire(lines, text)
      expect(statusOf(answer), headers.join(' | ')).toBe(expected)
      expect(answer.toLowerCase()).not.toContain('access-control-')
    }
    const old = await wire(['POST /mcp HTTP/1.0', known(), ...asJson, `Content-Length: ${text.length}`], text)
    expect(statusOf(old)).toBe(403)
  })

  it('by a preflight gets no leave', async () => {
    const answer = await door.request({
      method: 'OPTIONS',
      headers: {
        origin: `http://localhost:${door.port}`,
        host: `localhost:${door.port}`,
        'access-control-request-method': 'POST',
      },
    })
    expect(answer.status).toBe(405)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it.each([
    ['/../mcp', 404],
    ['//mcp', 404],
    ['/mcp/', 404],
    ['/%6dcp', 404],
    ['/mcp%2f', 404],
    ['/mcp/../../etc/passwd', 404],
    ['/mcp\\', 404],
    ['http://localhost/mcp', 404],
    ['/mcp?token=x', 401],
  ])('by the path %s gets %i', async (path, expected) => {
    const lines = [
      `POST ${path} HTTP/1.1`,
      'Host: localhost',
      ...asJson,
      'Content-Length: 2',
      'Connection: close',
    ]
    expect(statusOf(await wire(lines, '{}'))).toBe(expected)
  })

  it.each([
    ['no HTTP at all', 'hello?\r\n\r\n', 400],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    [
      'two lengths',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      400,
    ],
    [
      'a length and chunks',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a negative length', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', 400],
    ['a folded header', 'GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n', 400],
    ['a header of 64 KB', `GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(65_536)}\r\n\r\n`, 431],
    ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n', 0],
  ])('with %s', async (_, bytes, expected) => {
    expect(statusOf(await rawExchange(door.port, bytes))).toBe(expected)
    await works()
  })

  it.each([
    ['no JSON', 'nonsense', 400, -32700],
    ['half of it', '{"jsonrpc":"2.0"', 400, -32700],
    ['nothing', '', 400, -32700],
    ['no message', '{"foo":1}', 400, -32700],
    ['a number', '42', 400, -32700],
    ['null', 'null', 400, -32700],
    ['an empty batch', '[]', 202, undefined],
    ['a batch of nonsense', '[1,2]', 400, -32700],
    ['one of many values', `[${'[],'.repeat(5_000_000)}1]`, 400, -32600],
    ['a deep one', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400, -32700],
  ])('with a body that is %s', async (_, body, status, code) => {
    const headers = { ...session, 'content-type': 'application/json' }
    const answer = await door.request({ headers, body })
    expect(answer.status).toBe(status)
    expect(answer.messages[0]?.error?.code).toBe(code)
    expect(answer.text).not.toMatch(/node_modules|\.js:/)
    await works()
  })

  it.each([
    ['grows when it is written anew', `["${'x'.repeat(25_000_000)}",${'1e20,'.repeat(150_000)}1]`],
    ['is nested deeply in its arguments', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('with a call that %s is told so, and its id is free again', async (_, value) => {
    const body = `{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"x","arguments":{"a":${value}}}}`
    const answer = await door.request({ headers: session, body })
    expect([answer.status, answer.messages[0]?.id, answer.messages[0]?.error.code]).toEqual([200, 77, -32600])
    const next = await door.request({ headers: session, body: toolCall(77, 'ssh_list_sessions') })
    expect(next.messages[0]?.result.isError).toBeUndefined()
  })

  it('by breaking off in the middle fills no log', async () => {
    const head = ['POST /mcp HTTP/1.1', 'Host: localhost', known(), ...asJson, 'Content-Length: 100']
    const socket = connect(door.port, '127.0.0.1').on('error', () => {})
    socket.write(`${[...head, 'Expect: 100-continue'].join('\r\n')}\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resetAndDestroy()
    await works()
    await works()
    expect(door.said).not.toContain('Error')
  })

  it('with what is no JSON by its own word, or wants no answer', async () => {
    const other = { ...session, 'content-type': 'text/plain' }
    expect((await door.request({ headers: other, body: initialize(1) })).status).toBe(415)
    expect(
      (await door.request({ headers: { ...session, accept: 'text/html' }, body: initialize(1) })).status,
    ).toBe(406)
    const foreign = { ...session, 'mcp-protocol-version': '1999-01-01' }
    expect((await door.request({ headers: foreign, body: toolCall(1, 'x') })).status).toBe(400)
  })

  it("with others' ids gets nowhere", async () => {
    expect((await door.request({ body: toolCall(1, 'ssh_list_sessions') })).status).toBe(400)
    for (const id of ['x', '../..', session['mcp-session-id']?.slice(1) as string]) {
      const answer = await door.request({
        headers: { 'mcp-session-id': id },
        body: toolCall(1, 'ssh_list_sessions'),
      })
      expect(answer.status).toBe(404)
    }
    const twice = [toolCall(5, 'ssh_list_sessions'), toolCall(5, 'ssh_list_sessions')]
    expect((await door.request({ headers: session, body: twice })).status).toBe(400)
    const batch = [toolCall(5, 'ssh_list_sessions'), toolCall('5', 'ssh_list_sessions')]
    expect((await door.request({ headers: session, body: batch })).messages).toHaveLength(2)
  })

  it('with a giant body is told before it has sent it', async () => {
    const head = [
      'POST /mcp HTTP/1.1',
      'Host: localhost',
      known(),
      ...asJson,
      `mcp-session-id: ${session['mcp-session-id']}`,
    ]
    expect(statusOf(await wire([...head, 'Content-Length: 99999999999']))).toBe(413)
    expect(statusOf(await wire([...head, 'Content-Length: 99999999999', 'Expect: 100-continue']))).toBe(413)
    const stranger = ['POST /mcp HTTP/1.1', 'Host: localhost', ...asJson, 'Content-Length: 99999999999']
    expect(statusOf(await wire([...stranger, 'Expect: 100-continue']))).toBe(401)
    await works()
  })

  it('with a giant body in chunks is cut off, and costs no memory', async () => {
    const before = memory(door.child.pid as number, 'VmRSS')
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${known()}\r\n${asJson.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = `100000\r\n${' '.repeat(MB)}\r\n`
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => rawExchange(door.port, head + chunk.repeat(40))),
    )
    for (const answer of answers) expect([413, 503]).toContain(statusOf(answer))
    await works()
    expect(memory(door.child.pid as number, 'VmHWM') - before).toBeLessThan(300)
  })

  it('with giant bodies that never end keeps out no small ones', async () => {
    const length = 24 * MB
    const head = ['POST /mcp HTTP/1.1', 'Host: localhost', known(), ...asJson, `Content-Length: ${length}`]
    // Together they leave no room for another byte.
    const sizes = [length - 1, length - 1, MAX_BODIES_BYTES - 2 * length + 2]
    const stalled = await Promise.all(
      sizes.map(async (size) => {
        const socket = connect(door.port, '127.0.0.1').on('error', () => {})
        await new Promise((resolve) =>
          socket.write(`${head.join('\r\n')}\r\n\r\n${' '.repeat(size)}`, resolve),
        )
        return socket
      }),
    )
    for (let count = 0; count < 50; count++) await works()
    for (const socket of stalled) socket.destroy()
  })

  it('slowly is cut off: in the headers, in the body, and by saying nothing', async () => {
    const began = performance.now()
    const slow = [
      '',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\n',
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${asJson.join('\r\n')}\r\nContent-Length: 100\r\n\r\n{`,
    ]
    const answers = await Promise.all(slow.map((bytes) => rawExchange(door.port, bytes)))
    expect(answers.map(statusOf)).toEqual([408, 408, 401])
    expect(performance.now() - began).toBeLessThan(30_000)
  })

  it('with a thousand connections keeps nobody out', async () => {
    const sockets: Socket[] = []
    let closed = 0
    for (let count = 0; count < 2 * MAX_HTTP_CONNECTIONS; count++) {
      const socket = connect(door.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.on('close', () => closed++)
      socket.write('POST /mcp HTTP/1.1\r\nHost: localhost\r\n')
      sockets.push(socket)
    }
    await eventually('half of them have been cut off', () => closed >= MAX_HTTP_CONNECTIONS - 10)
    await works()
    for (const socket of sockets) socket.destroy()
    await works()
  })

  it('with the token and as many connections as there may be, idle, keeps nobody out', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/nothing' })
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${known()}\r\n${asJson.join('\r\n')}`
    const request = `${head}\r\nmcp-session-id: ${session['mcp-session-id']}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const sockets: Socket[] = []
    for (let count = 0; count < MAX_HTTP_CONNECTIONS + 10; count++) {
      const socket = connect(door.port, '127.0.0.1').on('error', () => {})
      socket.write(request)
      await new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
      sockets.push(socket)
    }
    const text = JSON.stringify(initialize(1))
    const asked = ['POST /mcp HTTP/1.1', 'Host: localhost', known(), ...asJson, 'Connection: close']
    expect(statusOf(await wire([...asked, `Content-Length: ${text.length}`], text))).toBe(200)
    for (const socket of sockets) socket.destroy()
  })

  it('without the token gets one answer to many requests in one piece', async () => {
    const one = 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}'
    const answers = await rawExchange(door.port, one.repeat(1000))
    expect(answers.match(/HTTP\/1\.1 401/g)?.length ?? 0).toBeLessThan(2)
    await works()
  })

  it('with requests in a row that it does not read the answers to, costs a bounded amount', async () => {
    const before = memory(door.child.pid as number, 'VmRSS')
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    const one = (id: number) => {
      const text = body.replace('"id":1', `"id":${id}`)
      return `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${known()}\r\n${asJson.join('\r\n')}\r\nmcp-session-id: ${session['mcp-session-id']}\r\nContent-Length: ${text.length}\r\n\r\n${text}`
    }
    const socket = connect(door.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    let sent = 0
    for (let id = 1000; id < 20_000; id++) if (socket.write(one(id), () => sent++) && socket.destroyed) break
    await eventually('no more is taken of it', () => sent > 0 && socket.writableLength > 0)
    const other = await door.client()
    expect(await door.call(other, 'ssh_list_sessions')).toMatchObject({ count: 0 })
    expect(memory(door.child.pid as number, 'VmHWM') - before).toBeLessThan(300)
    socket.destroy()
  })

  it('learns nothing of our insides', async () => {
    const answers: Facts[] = await Promise.all([
      door.request({ path: '/x', method: 'GET' }),
      door.request({ headers: { authorization: undefined }, body: initialize(1) }),
      door.request({ method: 'GET' }),
    ])
    for (const { text, headers } of answers) {
      expect(text).not.toContain(place.directory)
      expect(headers['x-powered-by'] ?? headers.server).toBeUndefined()
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })
})
