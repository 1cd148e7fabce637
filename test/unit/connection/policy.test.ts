import { describe, expect, it } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import { checkHosts, checkPolicy, mayReach } from '../../../src/connection/policy.js'
import { parseHostPolicy } from '../../../src/ssh/host-policy.js'
import { parseResolved, type Resolved } from '../../../src/ssh/resolved.js'
import { parseTarget, type Target } from '../../../src/ssh/target.js'

/** What a configuration says of a host: its name where that is another, and the way to it. */
type Configuration = Readonly<Record<string, { host?: string; jump?: string; command?: string }>>

function resolvedBy(configuration: Configuration, host: string): Resolved {
  const { host: name = host, jump = 'none', command = 'none' } = configuration[host] ?? {}
  return parseResolved(`hostname ${name}\nproxyjump ${jump}\nproxycommand ${command}\n`)
}

interface Checked {
  hosts: (readonly string[])[]
  /** Hops that were looked up, in order. */
  looked: string[]
}

async function checked(
  target: string,
  configuration: Configuration,
  policy: string | null,
): Promise<Checked> {
  const parsed = parseTarget(target)
  const looked: string[] = []
  const resolve = async (hop: Target): Promise<Resolved> => {
    looked.push(hop.host)
    return resolvedBy(configuration, hop.host)
  }
  const rules = parseHostPolicy(policy ?? undefined)
  const hosts = await checkPolicy(parsed, resolvedBy(configuration, parsed.host), rules, resolve)
  return { hosts, looked }
}

async function refusal(...args: Parameters<typeof checked>): Promise<ToolError> {
  const error: unknown = await checked(...args).then(
    () => new Error('was not refused'),
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(ToolError)
  return error as ToolError
}

describe('checkPolicy', () => {
  it.each<[string, string, Configuration, (readonly string[])[]]>([
    ['a host', 'web', {}, [['web', 'web']]],
    ['an alias', 'me@web', { web: { host: '10.0.0.5' } }, [['web', '10.0.0.5']]],
    [
      'a hop',
      'web',
      { web: { jump: 'me@bastion:2222' }, bastion: { host: 'b.example' } },
      [
        ['web', 'web'],
        ['bastion', 'b.example'],
      ],
    ],
    [
      'hops in a row',
      'web',
      { web: { jump: 'a,ssh://me@b:22' } },
      [
        ['web', 'web'],
        ['a', 'a'],
        ['b', 'b'],
      ],
    ],
    [
      'a hop that has a hop',
      'web',
      { web: { jump: 'a' }, a: { jump: 'b' }, b: { host: 'b.example' } },
      [
        ['web', 'web'],
        ['a', 'a'],
        ['b', 'b.example'],
      ],
    ],
    [
      'a jump in the old manner',
      'web',
      { web: { command: 'ssh -q -W %h:%p me@bastion' } },
      [
        ['web', 'web'],
        ['bastion', 'bastion'],
      ],
    ],
    [
      'an IPv6 hop',
      'web',
      { web: { jump: '[2001:db8::1]:22' } },
      [
        ['web', 'web'],
        ['2001:db8::1', '2001:db8::1'],
      ],
    ],
    [
      'another proxy, whose way nobody knows',
      'web',
      { web: { command: 'nc -x proxy %h %p' } },
      [['web', 'web']],
    ],
  ])('lists every host by its names: %s', async (_, target, configuration, hosts) => {
    expect((await checked(target, configuration, null)).hosts).toEqual(hosts)
    expect((await checked(target, configuration, '*,*:*')).hosts).toEqual(hosts)
  })

  it.each<[string, string, Configuration, string]>([
    ['the host', 'web', {}, 'web'],
    ['the host by its alias', 'web', { web: { host: 'w.example' } }, 'web'],
    ['the host by its name', 'web', { web: { host: 'w.example' } }, 'w.example'],
    ['the host and its hop', 'web', { web: { jump: 'bastion' } }, 'web,bastion'],
    ['the hop by its name', 'web', { web: { jump: 'b' }, b: { host: 'b.example' } }, 'web,*.example'],
  ])('allows %s', async (_, target, configuration, policy) => {
    await expect(checked(target, configuration, policy)).resolves.toBeDefined()
  })

  it.each<[string, string, Configuration, string, string]>([
    ['a host', 'web', {}, 'db', 'web'],
    [
      'a host whose other name is excluded',
      'web',
      { web: { host: '10.0.0.5' } },
      '*,!10.0.0.5',
      'web, that is 10.0.0.5',
    ],
    [
      'a host whose alias is excluded',
      'web',
      { web: { host: '10.0.0.5' } },
      '*,!web',
      'web, that is 10.0.0.5',
    ],
    ['a hop', 'web', { web: { jump: 'bastion' } }, 'web', 'bastion'],
    ['the second hop', 'web', { web: { jump: 'a,b' } }, 'web,a', 'b'],
    ['a hop of a hop', 'web', { web: { jump: 'a' }, a: { jump: 'b' } }, 'web,a', 'b'],
    [
      'a hop whose other name is excluded',
      'web',
      { web: { jump: 'a' }, a: { host: '10.0.0.9' } },
      '*,!10.0.0.9',
      'a, that is 10.0.0.9',
    ],
    ['a hop in the old manner', 'web', { web: { command: 'ssh -W %h:%p bastion' } }, 'web', 'bastion'],
    [
      'a hop of a hop in the old manner',
      'web',
      { web: { jump: 'a' }, a: { command: 'ssh b -W %h:%p' } },
      'web,a',
      'b',
    ],
  ])('denies %s, by its names', async (_, target, configuration, policy, named) => {
    const error = await refusal(target, configuration, policy)
    expect(error.type).toBe('policy_denied')
    expect(error.message).toContain(`This server may not reach ${named}; allowed is what matches ${policy}.`)
  })

  it('does not look at the way to a host that is denied', async () => {
    const looked: string[] = []
    const resolve = async (hop: Target): Promise<Resolved> => {
      looked.push(hop.host)
      return resolvedBy({}, hop.host)
    }
    const web = resolvedBy({ web: { jump: 'bastion' } }, 'web')
    await expect(checkPolicy(parseTarget('web'), web, parseHostPolicy('db'), resolve)).rejects.toThrow(
      ToolError,
    )
    expect(looked).toEqual([])
  })

  it.each<[string, Configuration]>([
    ['a hop that leads to itself', { web: { jump: 'a' }, a: { jump: 'a' } }],
    ['two that lead to each other', { web: { jump: 'a' }, a: { jump: 'b' }, b: { jump: 'a' } }],
    [
      'many that lead to each other',
      Object.fromEntries(['web', 'a', 'b', 'c'].map((host) => [host, { jump: 'a,b,c' }])),
    ],
  ])('gives up on %s', async (_, configuration) => {
    for (const policy of ['*', null]) {
      const error = await refusal('web', configuration, policy)
      expect(error.type).toBe('validation_error')
      expect(error.message).toMatch(/^More than eight jump hosts/)
    }
  })

  it.each([
    [7, true],
    [8, false],
  ])('follows hops of hops, %d deep: %s', async (depth, expected) => {
    const names = ['web', ...Array.from({ length: depth }, (_, i) => `hop${i}`)]
    const configuration = Object.fromEntries(
      names.slice(0, -1).map((name, i) => [name, { jump: names[i + 1] as string }]),
    )
    const found = checked('web', configuration, null).then(
      ({ looked }) => looked.length === depth,
      () => false,
    )
    expect(await found).toBe(expected)
  })

  it('denies a hop whose name holds what only ssh knows', async () => {
    const error = await refusal('web', { web: { jump: 'jump-%h' } }, '*')
    expect(['policy_denied', 'validation_error']).toContain(error.type)
  })

  it('lets through a hop whose name holds what only ssh knows, where no policy asks', async () => {
    await checked('web', { web: { jump: 'jump-%h' } }, null)
  })

  // ssh gives the hops before it to each, in place of its own.
  it('follows the way of the first of several hops only', async () => {
    const everywhere = { web: { jump: 'a,b' }, b: { jump: 'a,b' } }
    expect((await checked('web', everywhere, '*')).hosts.map(([name]) => name)).toEqual(['web', 'a', 'b'])
  })
})

describe('a host that was checked before', () => {
  const hosts = [
    ['web', 'w.example'],
    ['bastion', 'bastion'],
  ]

  it.each<[string, string | null, boolean]>([
    ['no policy', null, true],
    ['a policy for all of it', 'web,bastion', true],
    ['a policy by other names', '*.example,bastion', true],
    ['a policy without the hop', 'web', false],
    ['a policy without the host', 'bastion', false],
    ['a policy that excludes a name', '*,!w.example', false],
  ])('may be reached again under %s: %s', (_, text, expected) => {
    const policy = parseHostPolicy(text ?? undefined)
    expect(mayReach(hosts, policy)).toBe(expected)
    if (expected) expect(() => checkHosts(hosts, policy)).not.toThrow()
    else expect(() => checkHosts(hosts, policy)).toThrow(/^This server may not reach/)
  })

  it.each([null, 'web'])('of which there is none may be reached under %j', (text) => {
    expect(mayReach([], parseHostPolicy(text ?? undefined))).toBe(true)
  })
})

describe('a hop', () => {
  // A configuration may lead one user of a host elsewhere (Match originalhost … user …).
  it('is resolved with its own user and port', async () => {
    const seen: unknown[] = []
    const web = parseResolved('hostname web\nproxyjump bob@hop:2222\n')
    await checkPolicy(parseTarget('web'), web, null, async (hop) => {
      seen.push({ host: hop.host, user: hop.user, port: hop.port })
      return parseResolved(`hostname ${hop.host}\n`)
    })
    expect(seen).toEqual([{ host: 'hop', user: 'bob', port: 2222 }])
  })
})
