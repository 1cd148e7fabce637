import { describe, expect, it } from 'vitest'
import { type Asked, Gate, type Refusal } from '../../../src/http/gate.js'

const TOKEN = 'one-token-of-many-characters'
const gate = new Gate({ path: '/mcp', hosts: ['mcp.example.org', 'other.example.org:8443'], token: TOKEN })
const openGate = new Gate({ path: '/mcp', hosts: [], token: null })

function ask(
  headers: Record<string, string>,
  { url = '/mcp', method = 'POST', localAddress = '127.0.0.1', more = [] as string[], at = gate } = {},
): string {
  const rawHeaders = [...Object.entries(headers).flat(), ...more]
  const asked: Asked = { method, url, headers, rawHeaders, localAddress }
  const verdict = at.check(asked)
  return typeof verdict === 'string' ? verdict : String((verdict as Refusal).status)
}

const good = { host: 'localhost:8000', authorization: `Bearer ${TOKEN}` }

describe('the gate of the HTTP door', () => {
  it.each([
    ['localhost', 'mcp'],
    ['localhost:8000', 'mcp'],
    ['LOCALHOST:8000', 'mcp'],
    ['127.0.0.1:8000', 'mcp'],
    ['[::1]:8000', 'mcp'],
    // a published port of a container, or a tunnel, has another number
    ['localhost:9999', 'mcp'],
    ['mcp.example.org', 'mcp'],
    ['mcp.example.org:1', 'mcp'],
    ['other.example.org:8443', 'mcp'],
    ['other.example.org:8444', '403'],
    ['other.example.org', '403'],
    ['evil.example.com', '403'],
    ['evil.example.com:8000', '403'],
    ['localhost.evil.example.com', '403'],
    ['evil.localhost', '403'],
    ['127.0.0.1.nip.io:8000', '403'],
    ['localhost.', '403'],
    ['127.1', '403'],
    ['2130706433', '403'],
    ['0.0.0.0:8000', '403'],
    ['10.0.0.5:8000', '403'],
    ['[::]:8000', '403'],
    ['', '403'],
    ['localhost:8000:8000', '403'],
    ['localhost:', '403'],
    ['localhost, evil.example.com', '403'],
    ['evil.example.com@localhost', '403'],
    ['localhost/mcp', '403'],
    ['localhost#', '403'],
    [' localhost', '403'],
  ])('Host %j: %s', (host, expected) => {
    expect(ask({ ...good, host })).toBe(expected)
  })

  it('takes the address it was called at for a name', () => {
    expect(ask({ ...good, host: '192.0.2.7:8000' }, { localAddress: '192.0.2.7' })).toBe('mcp')
    expect(ask({ ...good, host: '192.0.2.7:8000' }, { localAddress: '::ffff:192.0.2.7' })).toBe('mcp')
    expect(ask({ ...good, host: '[2001:db8::7]:8000' }, { localAddress: '2001:db8::7' })).toBe('mcp')
    expect(ask({ ...good, host: '192.0.2.8:8000' }, { localAddress: '192.0.2.7' })).toBe('403')
  })

  it('refuses a request without a Host header', () => {
    expect(ask({ authorization: good.authorization })).toBe('403')
  })

  it.each([
    ['http://localhost:8000', 'mcp'],
    ['HTTP://LOCALHOST:8000', 'mcp'],
    ['https://localhost:8000', 'mcp'],
    ['http://localhost', '403'],
    ['http://localhost:3000', '403'],
    ['http://127.0.0.1:8000', '403'],
    ['http://evil.example.com', '403'],
    ['http://localhost:8000.evil.example.com', '403'],
    ['null', '403'],
    ['', '403'],
    ['file://', '403'],
    ['chrome-extension://abcdef', '403'],
  ])('Origin %j beside Host localhost:8000: %s', (origin, expected) => {
    expect(ask({ ...good, origin })).toBe(expected)
  })

  it.each([
    ['cross-site', '403'],
    ['same-site', '403'],
    ['same-origin', 'mcp'],
    ['none', 'mcp'],
  ])('Sec-Fetch-Site %s: %s', (site, expected) => {
    expect(ask({ ...good, 'sec-fetch-site': site })).toBe(expected)
  })

  it.each([
    ['/mcp', 'mcp'],
    ['/mcp?x=1', 'mcp'],
    ['/mcp/', '404'],
    ['//mcp', '404'],
    ['/MCP', '404'],
    ['/mcp/../mcp', '404'],
    ['/x/../mcp', '404'],
    ['/%6dcp', '404'],
    ['/mcp%00', '404'],
    ['/mcp#', '404'],
    ['/mcp;x', '404'],
    ['\\mcp', '404'],
    ['http://localhost:8000/mcp', '404'],
    ['*', '404'],
    ['/', '404'],
    ['', '404'],
    ['/healthz/../mcp', '404'],
    ['/healthz/', '404'],
  ])('the path %j: %s', (url, expected) => {
    expect(ask(good, { url })).toBe(expected)
  })

  it.each([
    [`Bearer ${TOKEN}`, 'mcp'],
    [`bearer ${TOKEN}`, 'mcp'],
    [`Bearer  ${TOKEN} `, 'mcp'],
    [`Bearer ${TOKEN}x`, '401'],
    [`Bearer ${TOKEN.slice(1)}`, '401'],
    [`Bearer ${TOKEN.toUpperCase()}`, '401'],
    [`Bearer ${TOKEN} ${TOKEN}`, '401'],
    [`Bearer x, Bearer ${TOKEN}`, '401'],
    [`Basic ${TOKEN}`, '401'],
    [TOKEN, '401'],
    ['Bearer', '401'],
    ['Bearer ', '401'],
    ['', '401'],
  ])('Authorization %j: %s', (authorization, expected) => {
    expect(ask({ ...good, authorization })).toBe(expected)
  })

  it('takes no token from the address', () => {
    expect(ask({ host: 'localhost' }, { url: `/mcp?token=${TOKEN}&access_token=${TOKEN}` })).toBe('401')
  })

  it.each(['Host', 'ORIGIN', 'authorization', 'Content-Type', 'Mcp-Session-Id'])(
    'refuses a second %s header',
    (name) => {
      const first = {
        ...good,
        [name.toLowerCase()]: (good as Record<string, string>)[name.toLowerCase()] ?? 'x',
      }
      expect(ask(first, { more: [name, 'x'] })).toBe('400')
    },
  )

  it.each([
    ['POST', 'mcp'],
    ['GET', 'mcp'],
    ['DELETE', 'mcp'],
    ['OPTIONS', '405'],
    ['HEAD', '405'],
    ['PUT', '405'],
    ['TRACE', '405'],
  ])('%s: %s', (method, expected) => {
    expect(ask(good, { method })).toBe(expected)
  })

  it('tells of its health without a token, but to nobody from elsewhere', () => {
    const health = { url: '/healthz', method: 'GET' }
    expect(ask({ host: 'localhost' }, health)).toBe('health')
    expect(ask({ host: 'localhost' }, { ...health, method: 'POST' })).toBe('405')
    expect(ask({ host: 'evil.example.com' }, health)).toBe('403')
    expect(ask({ host: 'localhost', origin: 'http://evil.example.com' }, health)).toBe('403')
  })

  it('asks for no token where there is none, and is as strict otherwise', () => {
    expect(ask({ host: 'localhost' }, { at: openGate })).toBe('mcp')
    expect(ask({ host: 'evil.example.com' }, { at: openGate })).toBe('403')
    expect(ask({ host: 'localhost', origin: 'null' }, { at: openGate })).toBe('403')
  })

  it('tells how to come in, and no more', () => {
    const refusal = gate.check({
      method: 'POST',
      url: '/mcp',
      headers: { host: 'localhost' },
      rawHeaders: [],
      localAddress: '',
    })
    expect(refusal).toMatchObject({ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })
  })
})
