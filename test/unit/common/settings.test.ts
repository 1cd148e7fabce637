import { describe, expect, it } from 'vitest'
import { clientSettings, daemonSettings, TOOLSETS } from '../../../src/common/settings.js'

const NUMBERS = [
  'SSH_MCP_MAX_WAIT_SECONDS',
  'SSH_MAX_OUTPUT_CHARS',
  'SSH_CONNECT_TIMEOUT_SEC',
  'SSH_DEFAULT_PORT',
] as const
const WORDS = [
  'SSH_MCP_ALLOWED_HOSTS',
  'SSH_ALLOWED_HOSTS',
  'SSH_MCP_TOOLSETS',
  'SSH_DEFAULT_HOST',
  'SSH_DEFAULT_USER',
] as const
const DAEMON_NUMBERS = ['SSH_MCP_MAX_SESSIONS', 'SSH_MCP_IDLE_EXIT_SECONDS'] as const
const FLAGS = ['SSH_MCP_STRUCTURED', 'SSH_MCP_ALLOW_INSECURE_HOST_KEYS'] as const

const NO_NUMBERS = ['abc', '-1', '0', '1.5', 'NaN', 'Infinity', '10s', '1,000', '٣']

describe('clientSettings', () => {
  it('has its defaults', () => {
    expect(clientSettings({})).toEqual({
      structured: false,
      maxWaitSeconds: 50,
      maxOutputChars: 16_000,
      allowInsecureHostKeys: false,
      allowPublicBind: false,
      localRoots: null,
      connectSeconds: 10,
      execSeconds: 45,
      allowedHosts: null,
      toolsets: ['sessions', 'exec', 'transfer', 'forward'],
      defaultHost: null,
      defaultUser: null,
      defaultPort: null,
      password: null,
    })
  })

  it('takes what is set', () => {
    expect(
      clientSettings({
        SSH_MCP_STRUCTURED: '1',
        SSH_MCP_MAX_WAIT_SECONDS: ' 20 ',
        SSH_MAX_OUTPUT_CHARS: '500',
        SSH_CONNECT_TIMEOUT_SEC: '3',
        SSH_MCP_ALLOW_INSECURE_HOST_KEYS: 'yes',
        SSH_MCP_ALLOWED_HOSTS: ' *.example.com,!db ',
        SSH_MCP_TOOLSETS: 'exec',
        SSH_DEFAULT_HOST: ' web ',
        SSH_DEFAULT_USER: ' deploy ',
        SSH_DEFAULT_PORT: '2222',
        SSH_DEFAULT_PASSWORD: 'secret',
        SSH_DEFAULT_TIMEOUT_SEC: '120',
        SSH_MCP_ALLOW_PUBLIC_BIND: 'yes',
        SSH_MCP_LOCAL_ROOTS: ' /srv:/tmp ',
      }),
    ).toEqual({
      structured: true,
      maxWaitSeconds: 20,
      maxOutputChars: 500,
      allowInsecureHostKeys: true,
      allowPublicBind: true,
      localRoots: '/srv:/tmp',
      connectSeconds: 3,
      execSeconds: 120,
      allowedHosts: '*.example.com,!db',
      toolsets: ['exec'],
      defaultHost: 'web',
      defaultUser: 'deploy',
      defaultPort: 2222,
      password: 'secret',
    })
  })

  it('takes a variable that is empty for one that is not set', () => {
    const empty = Object.fromEntries(
      [...NUMBERS, ...FLAGS, ...WORDS, 'SSH_DEFAULT_TIMEOUT_SEC'].map((name) => [name, ' ']),
    )
    expect(clientSettings(empty)).toEqual(clientSettings({}))
  })

  it('clamps what is too large', () => {
    expect(clientSettings({ SSH_MAX_OUTPUT_CHARS: '5000000' }).maxOutputChars).toBe(1_000_000)
    expect(clientSettings({ SSH_DEFAULT_TIMEOUT_SEC: '1000000' }).execSeconds).toBe(86_400)
  })

  it('takes a time-out of nothing for any time', () => {
    expect(clientSettings({ SSH_DEFAULT_TIMEOUT_SEC: '0' }).execSeconds).toBe(0)
  })

  it.each(NO_NUMBERS.filter((value) => value !== '0'))(
    'names SSH_DEFAULT_TIMEOUT_SEC where it is %j',
    (value) => {
      expect(() => clientSettings({ SSH_DEFAULT_TIMEOUT_SEC: value })).toThrow(
        /^SSH_DEFAULT_TIMEOUT_SEC is '.*whole number from 0/,
      )
    },
  )

  it.each([
    ['both names, the longer one first', { SSH_MCP_ALLOWED_HOSTS: 'a', SSH_ALLOWED_HOSTS: 'b' }, 'a'],
    ['the shorter name', { SSH_ALLOWED_HOSTS: 'b' }, 'b'],
    [
      'the shorter name where the longer one is empty',
      { SSH_MCP_ALLOWED_HOSTS: ' ', SSH_ALLOWED_HOSTS: 'b' },
      'b',
    ],
  ])('takes the allowed hosts by %s', (_, env, expected) => {
    expect(clientSettings(env).allowedHosts).toBe(expected)
  })

  it.each([
    ['blanks that may belong to it', ' a b ', ' a b '],
    ['a blank only', ' ', ' '],
    ['nothing', '', null],
  ])('takes a password as it is: %s', (_, value, expected) => {
    expect(clientSettings({ SSH_DEFAULT_PASSWORD: value }).password).toBe(expected)
  })

  it.each<[string, readonly string[]]>([
    ['exec', ['exec']],
    ['files,exec', ['exec', 'files']],
    [' Exec , SESSIONS,', ['sessions', 'exec']],
    ['exec,exec', ['exec']],
    ['all', TOOLSETS],
    ['ALL', TOOLSETS],
    ['exec,all', TOOLSETS],
  ])('switches tools on by SSH_MCP_TOOLSETS %j', (value, expected) => {
    expect(clientSettings({ SSH_MCP_TOOLSETS: value }).toolsets).toEqual(expected)
  })

  it.each([
    ['exek', 'exek'],
    ['exec,shell', 'shell'],
    ['exec sessions', 'exec sessions'],
    ['none', 'none'],
  ])('names what is no toolset in %j', (value, name) => {
    expect(() => clientSettings({ SSH_MCP_TOOLSETS: value })).toThrow(
      `SSH_MCP_TOOLSETS names '${name}', but there are: sessions, exec, transfer, forward, files, connections, or all.`,
    )
  })

  it.each(NUMBERS.flatMap((name) => NO_NUMBERS.map((value) => [name, value])))(
    'names %s where it is %j',
    (name, value) => {
      expect(() => clientSettings({ [name]: value })).toThrow(
        new RegExp(`^${name} is '.*whole number from 1`),
      )
    },
  )

  it.each(FLAGS)('names %s where it is neither on nor off', (name) => {
    expect(() => clientSettings({ [name]: 'maybe' })).toThrow(
      new RegExp(`^${name} is 'maybe', but must be 1 or 0`),
    )
  })

  it.each([
    ['1', true],
    ['true', true],
    ['YES', true],
    ['on', true],
    ['0', false],
    ['False', false],
    ['no', false],
    ['off', false],
  ])('a flag of %j is %s', (value, expected) => {
    expect(clientSettings({ SSH_MCP_STRUCTURED: value }).structured).toBe(expected)
  })
})

describe('daemonSettings', () => {
  it('has its defaults', () => {
    expect(daemonSettings({})).toEqual({ maxSessions: 64, idleExitSeconds: 600 })
  })

  it.each(DAEMON_NUMBERS.flatMap((name) => NO_NUMBERS.map((value) => [name, value])))(
    'names %s where it is %j',
    (name, value) => {
      expect(() => daemonSettings({ [name]: value })).toThrow(new RegExp(`^${name} is '.*whole number`))
    },
  )
})

describe('what no connection can have', () => {
  it.each([
    ['SSH_DEFAULT_PORT', '70000'],
    ['SSH_DEFAULT_PORT', '65536'],
    ['SSH_DEFAULT_PASSWORD', 'two\nlines'],
  ])('is refused by the name of its variable: %s=%j', (name, value) => {
    expect(() => clientSettings({ [name]: value })).toThrow(name)
  })
})
