import { describe, expect, it } from 'vitest'
import { clientSettings, daemonSettings } from '../../../src/common/settings.js'

const NUMBERS = ['SSH_MCP_MAX_WAIT_SECONDS', 'SSH_MAX_OUTPUT_CHARS', 'SSH_CONNECT_TIMEOUT_SEC'] as const
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
      connectSeconds: 10,
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
      }),
    ).toEqual({
      structured: true,
      maxWaitSeconds: 20,
      maxOutputChars: 500,
      allowInsecureHostKeys: true,
      connectSeconds: 3,
    })
  })

  it('takes a variable that is empty for one that is not set', () => {
    const empty = Object.fromEntries([...NUMBERS, ...FLAGS].map((name) => [name, ' ']))
    expect(clientSettings(empty)).toEqual(clientSettings({}))
  })

  it('clamps what is too large', () => {
    expect(clientSettings({ SSH_MAX_OUTPUT_CHARS: '5000000' }).maxOutputChars).toBe(1_000_000)
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
