import { describe, expect, it } from 'vitest'
import { doorSettings } from '../../../src/http/settings.js'

describe('the settings of the HTTP door', () => {
  it('listens on loopback at the usual place unless told otherwise', () => {
    expect(doorSettings({})).toEqual({
      host: '127.0.0.1',
      port: 8000,
      path: '/mcp',
      token: null,
      noToken: false,
      stateless: false,
      hosts: [],
    })
  })

  it('takes what the environment says', () => {
    const env = {
      MCP_HOST: 'localhost',
      MCP_PORT: '9000',
      MCP_STREAMABLE_HTTP_PATH: '/rpc',
      MCP_MOUNT_PATH: '/tools/',
      MCP_STATELESS_HTTP: 'true',
      SSH_MCP_HTTP_TOKEN: 'secret',
      SSH_MCP_HTTP_NO_TOKEN: '1',
      SSH_MCP_HTTP_HOSTS: 'One.example.org, two:8443',
    }
    expect(doorSettings(env)).toEqual({
      host: 'localhost',
      port: 9000,
      path: '/tools/rpc',
      token: 'secret',
      noToken: true,
      stateless: true,
      hosts: ['one.example.org', 'two:8443'],
    })
  })

  it('lets the command line go before it', () => {
    const env = { MCP_HOST: 'a', MCP_PORT: '1', MCP_STREAMABLE_HTTP_PATH: '/b', MCP_MOUNT_PATH: '/c' }
    const options = { host: 'd', port: '0', 'mount-path': '/e/f', 'no-token': true }
    expect(doorSettings(env, options)).toMatchObject({ host: 'd', port: 0, path: '/e/f', noToken: true })
  })

  it.each([
    ['/', undefined, '/'],
    ['mcp', undefined, '/mcp'],
    ['/mcp/', undefined, '/mcp'],
    [undefined, '/', '/mcp'],
    [undefined, 'deep//er', '/deep/er/mcp'],
  ])('path %j, mount %j: %s', (path, mount, expected) => {
    expect(doorSettings({ MCP_STREAMABLE_HTTP_PATH: path, MCP_MOUNT_PATH: mount }).path).toBe(expected)
  })

  it.each([
    [{ MCP_PORT: 'http' }, 'MCP_PORT'],
    [{ MCP_PORT: '-1' }, 'MCP_PORT'],
    [{ MCP_PORT: '65536' }, '65536'],
    [{ MCP_STREAMABLE_HTTP_PATH: '/a b' }, '/a b'],
    [{ MCP_STREAMABLE_HTTP_PATH: '/a/../b' }, '/a/../b'],
    [{ MCP_STREAMABLE_HTTP_PATH: '/%6d' }, '/%6d'],
    [{ MCP_STREAMABLE_HTTP_PATH: '/healthz' }, '/healthz'],
    [{ SSH_MCP_HTTP_TOKEN: 'two words' }, 'SSH_MCP_HTTP_TOKEN'],
    [{ SSH_MCP_HTTP_TOKEN: 'tökén' }, 'SSH_MCP_HTTP_TOKEN'],
    [{ SSH_MCP_HTTP_HOSTS: 'http://x' }, 'SSH_MCP_HTTP_HOSTS'],
    [{ SSH_MCP_HTTP_HOSTS: '*' }, 'SSH_MCP_HTTP_HOSTS'],
    [{ MCP_STATELESS_HTTP: 'perhaps' }, 'MCP_STATELESS_HTTP'],
  ])('refuses %j', (env, named) => {
    expect(() => doorSettings(env)).toThrow(named)
  })

  it('names the option that is wrong', () => {
    expect(() => doorSettings({}, { port: 'x' })).toThrow('--port')
  })

  it('never shows a token that it refuses', () => {
    expect(() => doorSettings({ SSH_MCP_HTTP_TOKEN: 'hush hush' })).toThrow(/^(?!.*hush)/)
  })
})
