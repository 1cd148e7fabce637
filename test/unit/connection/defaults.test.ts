import { userInfo } from 'node:os'
import { describe, expect, it, vi } from 'vitest'
import { defaultsFor } from '../../../src/connection/defaults.js'
import type { ConnectionRequest } from '../../../src/connection/options.js'
import { UNSET_PORT, UNSET_USER } from '../../../src/platform/fallback-config.js'
import type { ConnectionOptions } from '../../../src/ssh/argv.js'
import { parseResolved } from '../../../src/ssh/resolved.js'
import { parseTarget } from '../../../src/ssh/target.js'

const ME = userInfo().username
const DEFAULTS = { defaultUser: 'deploy', defaultPort: 2222 }

const request = (target: string, options: Partial<ConnectionOptions> = {}): ConnectionRequest => ({
  target: parseTarget(target),
  options: {
    port: null,
    identityFile: null,
    knownHostsFile: null,
    strictHostKeyChecking: null,
    ownKnownHosts: [],
    extra: [],
    ...options,
  },
})

const resolved = (user: string, port: string) => parseResolved(`user ${user}\nport ${port}\n`)

/** What becomes of a request. @param configured what the configuration sets */
async function outcome(
  given: ConnectionRequest,
  { user = null, port = null }: { user?: string | null; port?: string | null } = {},
  defaults: { defaultUser: string | null; defaultPort: number | null } = DEFAULTS,
) {
  const fallback = vi.fn(async () => resolved(user ?? UNSET_USER, port ?? UNSET_PORT))
  const plain = resolved(
    given.target.user ?? user ?? ME,
    String(given.options.port ?? given.target.port ?? port ?? 22),
  )
  const { target, options } = await defaultsFor(given, plain, defaults, fallback)
  return { user: target.user, port: options.port, asked: fallback.mock.calls.length }
}

describe('defaultsFor', () => {
  it.each<[string, Parameters<typeof outcome>, { user: string | null; port: number | null }]>([
    ['a bare host', [request('web')], { user: 'deploy', port: 2222 }],
    ['a user in the target', [request('me@web')], { user: 'me', port: 2222 }],
    ['a port in the target', [request('ssh://web:22')], { user: 'deploy', port: null }],
    ['a port as an option', [request('web', { port: 22 })], { user: 'deploy', port: 22 }],
    ['a user as a further option', [request('web', { extra: [['User', ME]] })], { user: null, port: 2222 }],
    [
      'a port as a further option',
      [request('web', { extra: [['Port', '22']] })],
      { user: 'deploy', port: null },
    ],
    [
      'another further option',
      [request('web', { extra: [['Compression', 'yes']] })],
      { user: 'deploy', port: 2222 },
    ],
    ['a configured user', [request('web'), { user: 'admin' }], { user: null, port: 2222 }],
    [
      'a configured user who is the one ssh falls back to',
      [request('web'), { user: ME }],
      { user: null, port: 2222 },
    ],
    ['a configured port', [request('web'), { port: '2200' }], { user: 'deploy', port: null }],
    [
      'a configured port that is the one ssh falls back to',
      [request('web'), { port: '22' }],
      { user: 'deploy', port: null },
    ],
    [
      'a default user only',
      [request('web'), {}, { defaultUser: 'deploy', defaultPort: null }],
      { user: 'deploy', port: null },
    ],
    [
      'a default port only',
      [request('web'), {}, { defaultUser: null, defaultPort: 2222 }],
      { user: null, port: 2222 },
    ],
    [
      'no defaults',
      [request('web'), {}, { defaultUser: null, defaultPort: null }],
      { user: null, port: null },
    ],
  ])('with %s', async (_, args, expected) => {
    expect(await outcome(...args)).toMatchObject(expected)
  })

  it.each<[string, Parameters<typeof outcome>, number]>([
    ['there are no defaults', [request('web'), {}, { defaultUser: null, defaultPort: null }], 0],
    ['all of it is given', [request('me@web', { port: 22 })], 0],
    ['all of it is plainly configured', [request('web'), { user: 'admin', port: '2200' }], 0],
    ['something may be missing', [request('me@web')], 1],
    ['all of it may be missing', [request('web')], 1],
  ])('asks ssh no more than once, and only where it must: %s', async (_, args, times) => {
    expect((await outcome(...args)).asked).toBe(times)
  })

  it('leaves the request as it was', async () => {
    const given = request('web')
    const copy = structuredClone(given)
    await outcome(given)
    expect(given).toEqual(copy)
  })

  it('keeps everything else', async () => {
    const given = request('web', {
      identityFile: '/k',
      knownHostsFile: '/h',
      extra: [['Compression', 'yes']],
    })
    const fallback = async () => resolved(UNSET_USER, UNSET_PORT)
    expect(await defaultsFor(given, resolved(ME, '22'), DEFAULTS, fallback)).toEqual({
      target: { ...given.target, user: 'deploy' },
      options: { ...given.options, port: 2222 },
    })
  })
})
