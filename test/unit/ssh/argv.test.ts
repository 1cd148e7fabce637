import { describe, expect, it } from 'vitest'
import {
  type ConnectionOptions,
  connectionArgv,
  type SessionArgs,
  sessionArgv,
} from '../../../src/ssh/argv.js'
import { parseTarget } from '../../../src/ssh/target.js'
import type { SshVersion } from '../../../src/ssh/version.js'

const NOTHING: ConnectionOptions = {
  port: null,
  identityFile: null,
  knownHostsFile: null,
  strictHostKeyChecking: null,
}

const session = (more: Partial<SessionArgs> = {}): SessionArgs => ({
  target: parseTarget('host'),
  options: NOTHING,
  version: [9, 6],
  controlPath: '/state/c/abc',
  connectSeconds: 10,
  command: null,
  ...more,
})

/** The values of -o, in order, before the host. */
function options(argv: readonly string[]): string[] {
  const before = argv.slice(0, argv.indexOf('--'))
  return before.filter((_, index) => before[index - 1] === '-o')
}

describe('sessionArgv', () => {
  it('asks for a terminal, and for no escape character', () => {
    expect(sessionArgv(session()).slice(0, 3)).toEqual(['-tt', '-e', 'none'])
  })

  it('gives the host after --, and no command unless there is one', () => {
    expect(sessionArgv(session()).slice(-2)).toEqual(['--', 'host'])
    expect(sessionArgv(session({ command: 'exec sh -c x' })).slice(-3)).toEqual([
      '--',
      'host',
      'exec sh -c x',
    ])
  })

  it('gives its own options before the caller’s, for ssh takes the first', () => {
    const identityFile = '/k'
    const given = options(
      sessionArgv(session({ options: { ...NOTHING, identityFile, strictHostKeyChecking: 'yes' } })),
    )
    const callers = given.findIndex((option) => option.startsWith('IdentityFile'))
    expect(callers).toBeGreaterThan(given.indexOf('UpdateHostKeys=no'))
    expect(given.slice(callers)).toEqual([
      'IdentityFile="/k"',
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
    ])
  })

  it.each([
    'EscapeChar=none',
    'ClearAllForwardings=yes',
    'ForwardX11=no',
    'Tunnel=no',
    'PermitLocalCommand=no',
    'RemoteCommand=none',
    'UpdateHostKeys=no',
    'ControlMaster=yes',
    'ControlPersist=no',
    'ControlPath="/state/c/abc"',
    'ConnectTimeout=10',
  ])('sets %s', (option) => {
    expect(options(sessionArgv(session()))).toContain(option)
  })

  it('names no option twice', () => {
    const names = options(sessionArgv(session({ version: [10, 0] }))).map((option) => option.split('=')[0])
    expect(names).toEqual([...new Set(names)])
  })

  it.each<[SshVersion, boolean, boolean]>([
    [[0, 0], false, false],
    [[8, 6], false, false],
    [[8, 7], true, false],
    [[9, 4], true, false],
    [[9, 5], true, true],
    [[10, 0], true, true],
  ])('knows which options OpenSSH %j has', (version, stdinNull, obscure) => {
    const given = options(sessionArgv(session({ version })))
    expect(given.includes('StdinNull=no')).toBe(stdinNull)
    expect(given.includes('ForkAfterAuthentication=no')).toBe(stdinNull)
    expect(given.includes('ObscureKeystrokeTiming=no')).toBe(obscure)
  })

  it('quotes a control path with blanks and percent signs', () => {
    expect(options(sessionArgv(session({ controlPath: '/my dir/100%/c' })))).toContain(
      'ControlPath="/my dir/100%%/c"',
    )
  })
})

describe('connectionArgv', () => {
  it.each<[string, string, Partial<ConnectionOptions>, string[]]>([
    ['nothing beyond the host', 'host', {}, []],
    ['the user', 'me@host', {}, ['-l', 'me']],
    ['the port of the target', 'ssh://host:2222', {}, ['-p', '2222']],
    ['the port that is given before that of the target', 'ssh://host:2222', { port: 22 }, ['-p', '22']],
    ['a known_hosts file', 'host', { knownHostsFile: '/k h' }, ['-o', 'UserKnownHostsFile="/k h"']],
  ])('gives %s', (_, typed, options, argv) => {
    expect(connectionArgv(parseTarget(typed), { ...NOTHING, ...options })).toEqual(argv)
  })
})
