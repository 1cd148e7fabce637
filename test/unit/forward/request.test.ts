import { describe, expect, it } from 'vitest'
import { callerOf } from '../../../src/connection/caller.js'
import {
  bindWarning,
  checkPrivileged,
  type ForwardArguments,
  forwardRequest,
} from '../../../src/forward/request.js'

const asked: ForwardArguments = {
  ...{ direction: 'local', local_port: 1023, remote_host: '[::1]', remote_port: 80, bind_address: '' },
}
const caller = callerOf({ SSH_MCP_ALLOW_PUBLIC_BIND: '1', SSH_AUTH_SOCK: 'none' }, '/')

describe('forwardRequest', () => {
  it.each([
    ['local', { listenPort: 1023, connectPort: 80 }],
    ['remote', { listenPort: 80, connectPort: 1023 }],
  ] as const)('%s', (direction, ports) => {
    const { mux } = forwardRequest({ ...asked, direction }, caller)
    expect(mux).toEqual({ direction, listenHost: '*', connectHost: '::1', ...ports })
  })
})

describe('a port below 1024', () => {
  const check = (version: [number, number], uid: number, more: Partial<ForwardArguments> = {}) => {
    checkPrivileged(forwardRequest({ ...asked, ...more }, caller), version, uid)
  }

  it.each([
    [[7, 7], 1000],
    [[0, 0], 1000],
  ] as [[number, number], number][])('is refused with ssh %j of user %i', (version, uid) => {
    expect(() => check(version, uid)).toThrow(/local_port 1023 is below 1024/)
    expect(() => check(version, uid, { direction: 'remote' })).not.toThrow()
    expect(() => check(version, uid, { local_port: 1024 })).not.toThrow()
  })

  it.each([
    [[7, 7], 0],
    [[7, 8], 1000],
    [[9, 2], 1000],
  ] as [[number, number], number][])('is left to the machine with ssh %j of user %i', (version, uid) => {
    expect(() => check(version, uid)).not.toThrow()
  })
})

describe('where a server listens', () => {
  const remote = (bind_address: string) =>
    forwardRequest({ ...asked, direction: 'remote', bind_address }, caller)

  it('is its one loopback, whichever is asked for', () => {
    expect(() => remote('127.0.0.2')).toThrow(/Give 127.0.0.1/)
    for (const address of ['127.0.0.1', '::1', 'localhost']) expect(bindWarning(remote(address))).toBeNull()
    expect(() => forwardRequest({ ...asked, bind_address: '127.0.0.2' }, caller)).not.toThrow()
  })

  it('is up to the server beyond that, which is said', () => {
    const open = { ...caller, settings: { ...caller.settings, allowPublicBind: true } }
    const wide = forwardRequest({ ...asked, direction: 'remote', bind_address: '0.0.0.0' }, open)
    expect(bindWarning(wide)).toContain('GatewayPorts')
    expect(bindWarning(forwardRequest({ ...asked, bind_address: '0.0.0.0' }, open))).toBeNull()
  })
})
