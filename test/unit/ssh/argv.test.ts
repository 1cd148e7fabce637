import { describe, expect, it } from 'vitest'
import {
  type ConnectArgs,
  type ConnectionOptions,
  connectionArgv,
  masterArgv,
  passengerArgv,
  sessionArgv,
} from '../../../src/ssh/argv.js'
import { parseTarget } from '../../../src/ssh/target.js'
import type { SshVersion } from '../../../src/ssh/version.js'

const NOTHING: ConnectionOptions = {
  port: null,
  identityFile: null,
  knownHostsFile: null,
  strictHostKeyChecking: null,
  ownKnownHosts: [],
  extra: [],
}

const args = (more: Partial<ConnectArgs> = {}): ConnectArgs => ({
  target: parseTarget('host'),
  options: NOTHING,
  version: [9, 6],
  controlPath: '/state/c/abc',
  connectSeconds: 10,
  password: false,
  ...more,
})

/** The values of -o, in order, before the host. */
function options(argv: readonly string[]): string[] {
  const before = argv.slice(0, argv.indexOf('--'))
  return before.filter((_, index) => before[index - 1] === '-o')
}

const CONNECTING = [
  ['sessionArgv', (more?: Partial<ConnectArgs>) => sessionArgv(args(more), null)],
  ['masterArgv', (more?: Partial<ConnectArgs>) => masterArgv(args(more))],
] as const

const passenger = (more: Partial<Parameters<typeof passengerArgv>[0]> = {}, command = 'true'): string[] =>
  passengerArgv({ ...args(), terminal: false, log: '/log', ...more }, command)

const EVERY = [
  ...CONNECTING,
  ['passengerArgv', (more?: Partial<ConnectArgs>) => passenger({ ...args(more) })],
] as const

const HARMLESS = [
  'EscapeChar=none',
  'ClearAllForwardings=yes',
  'ForwardX11=no',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'UpdateHostKeys=no',
]

describe('sessionArgv', () => {
  it('asks for a terminal, and for no escape character', () => {
    expect(sessionArgv(args(), null).slice(0, 3)).toEqual(['-tt', '-e', 'none'])
  })

  it('gives the host after --, and no command unless there is one', () => {
    expect(sessionArgv(args(), null).slice(-2)).toEqual(['--', 'host'])
    expect(sessionArgv(args(), 'exec sh -c x').slice(-3)).toEqual(['--', 'host', 'exec sh -c x'])
  })

  it('says no more than ssh does by itself', () => {
    expect(sessionArgv(args(), null).join(' ')).not.toContain('LogLevel')
  })
})

describe('masterArgv', () => {
  it('asks for neither a session nor a terminal', () => {
    expect(masterArgv(args()).slice(0, 4)).toEqual(['-N', '-T', '-e', 'none'])
    expect(masterArgv(args()).slice(-2)).toEqual(['--', 'host'])
  })

  it('has ssh tell of the server and of how we were authenticated', () => {
    expect(options(masterArgv(args()))).toContain('LogLevel=DEBUG1')
  })
})

describe.each(CONNECTING)('%s', (_, argv) => {
  it.each([
    'ControlMaster=yes',
    'ControlPersist=no',
    'ControlPath="/state/c/abc"',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    'ConnectTimeout=10',
  ])('sets %s', (option) => {
    expect(options(argv())).toContain(option)
  })

  it.each<[string, Partial<ConnectArgs>, string[]]>([
    ['asks with the person’s keys first', {}, []],
    [
      'tries no keys where there is a password',
      { password: true },
      ['PubkeyAuthentication=no', 'NumberOfPasswordPrompts=1'],
    ],
    ['asks nothing where nobody could answer', { silent: true }, ['BatchMode=yes']],
    ['asks what it can where somebody could', { silent: false }, []],
  ])('%s', (_, more, expected) => {
    const asking = /^(?:PubkeyAuthentication|NumberOfPasswordPrompts|BatchMode)=/
    expect(options(argv(more)).filter((option) => asking.test(option))).toEqual(expected)
  })
})

describe('passengerArgv', () => {
  it.each([
    ['no terminal', false, '-T'],
    ['a terminal', true, '-tt'],
  ])('asks for %s', (_, terminal, flag) => {
    expect(passenger({ terminal }).slice(0, 5)).toEqual([flag, '-e', 'none', '-E', '/log'])
  })

  it.each([
    'ControlMaster=no',
    'ControlPath="/state/c/abc"',
    // Without a master it must come to nothing: not even a proxy may be started.
    'ProxyCommand=none',
    'AddressFamily=inet',
    'BindAddress=::1',
    'BatchMode=yes',
    'LogLevel=DEBUG2',
  ])('sets %s', (option) => {
    expect(options(passenger())).toContain(option)
  })

  it('gives the command as one word behind the host', () => {
    expect(passenger({}, '-rf; x y').slice(-3)).toEqual(['--', 'host', '-rf; x y'])
  })
})

describe.each([
  ['sessionArgv', true, CONNECTING[0][1]],
  ['passengerArgv', true, EVERY[2][1]],
  ['masterArgv', false, CONNECTING[1][1]],
] as const)('%s', (_, session, argv) => {
  it.each<[SshVersion, boolean]>([
    [[8, 6], false],
    [[8, 7], session],
    [[10, 0], session],
  ])('insists on a session where it wants one and OpenSSH %j can say so', (version, expected) => {
    expect(options(argv({ version })).includes('SessionType=default')).toBe(expected)
  })
})

describe.each(EVERY)('%s', (_, argv) => {
  it.each(HARMLESS)('sets %s', (option) => {
    expect(options(argv())).toContain(option)
  })

  it('gives its own options before the caller’s, for ssh takes the first', () => {
    const options_ = { ...NOTHING, identityFile: '/k', strictHostKeyChecking: 'yes' }
    const given = options(argv({ options: { ...options_, extra: [['Compression', 'yes']] } }))
    expect(given.indexOf('UpdateHostKeys=no')).toBeGreaterThan(0)
    expect(given.slice(-4)).toEqual([
      'IdentityFile="/k"',
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
      'Compression=yes',
    ])
  })

  it('names no option twice', () => {
    const given = options(argv({ version: [10, 0], password: true, silent: true }))
    const names = given.map((option) => option.split('=')[0])
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
    const given = options(argv({ version }))
    expect(given.includes('StdinNull=no')).toBe(stdinNull)
    expect(given.includes('ForkAfterAuthentication=no')).toBe(stdinNull)
    expect(given.includes('ObscureKeystrokeTiming=no')).toBe(obscure)
  })

  it('quotes a control path with blanks and percent signs', () => {
    expect(options(argv({ controlPath: '/my dir/100%/c' }))).toContain('ControlPath="/my dir/100%%/c"')
  })
})

describe('connectionArgv', () => {
  it.each<[string, string, Partial<ConnectionOptions>, string[]]>([
    ['nothing beyond the host', 'host', {}, []],
    ['the user', 'me@host', {}, ['-l', 'me']],
    ['the port of the target', 'ssh://host:2222', {}, ['-p', '2222']],
    ['the port that is given before that of the target', 'ssh://host:2222', { port: 22 }, ['-p', '22']],
    [
      'a key, and no other',
      'host',
      { identityFile: '/k%' },
      ['-o', 'IdentityFile="/k%%"', '-o', 'IdentitiesOnly=yes'],
    ],
    [
      'how host keys are checked',
      'host',
      { strictHostKeyChecking: 'no' },
      ['-o', 'StrictHostKeyChecking=no'],
    ],
    [
      'further options in their order',
      'host',
      {
        extra: [
          ['Compression', 'yes'],
          ['SetEnv', 'A=b c'],
        ],
      },
      ['-o', 'Compression=yes', '-o', 'SetEnv=A=b c'],
    ],
    ['a known_hosts file', 'host', { knownHostsFile: '/k h' }, ['-o', 'UserKnownHostsFile="/k h"']],
  ])('gives %s', (_, typed, options, argv) => {
    expect(connectionArgv(parseTarget(typed), { ...NOTHING, ...options })).toEqual(argv)
  })
})

it.each<[SshVersion, string[], string[]]>([
  [[9, 6], ['SessionType=subsystem'], ['-s', 'SessionType=default']],
  [[8, 6], ['-s'], ['SessionType=subsystem', 'SessionType=default']],
])('a passenger of OpenSSH %j asks for a subsystem in its own way', (version, has, hasNot) => {
  const argv = passenger({ ...args({ version }), subsystem: true }, 'sftp')
  for (const one of has) expect(argv).toContain(one)
  for (const one of hasNot) expect(argv).not.toContain(one)
  expect(argv.at(-1)).toBe('sftp')
})
