import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import {
  checkedLocalPath,
  checkedRemotePath,
  optionArgv,
  remoteLiteral,
  type ScpArgs,
  scpArgv,
} from '../../../src/ssh/copy-argv.js'
import type { SshVersion } from '../../../src/ssh/version.js'

const copy = (more: Partial<ScpArgs> = {}): ScpArgs => ({
  ssh: '/usr/bin/ssh',
  version: [9, 6],
  controlPath: '/c/x',
  host: 'host',
  direction: 'upload',
  sources: ['/a'],
  destination: 'b',
  recursive: false,
  preserveTimes: false,
  ...more,
})

const download = (...sources: string[]): ScpArgs =>
  copy({ direction: 'download', sources, destination: '/d' })

function expectDenied(make: () => unknown, says: string): void {
  expect(make).toThrow(ToolError)
  expect(make).toThrow(expect.objectContaining({ type: 'policy_denied' }))
  expect(make).toThrow(says)
}

describe('scpArgv', () => {
  const options = (argv: readonly string[]): string[] => argv.slice(0, argv.indexOf('--'))
  const paths = (argv: readonly string[]): string[] => argv.slice(argv.indexOf('--') + 1)

  it('gives the ssh, its options, --, and the paths', () => {
    const argv = scpArgv(copy({ recursive: true, preserveTimes: true, sources: ['/a b', '/-c'] }))
    expect(argv.slice(0, 2)).toEqual(['-S', '/usr/bin/ssh'])
    expect(options(argv).slice(-2)).toEqual(['-r', '-p'])
    expect(paths(argv)).toEqual(['/a b', '/-c', 'host:b'])
  })

  it('lets that ssh ride on the master, and never connect by itself', () => {
    const argv = options(scpArgv(copy({ controlPath: '/a b/%c' })))
    expect(argv).toContain('ControlPath="/a b/%%c"')
    for (const option of [
      'ControlMaster=no',
      'ProxyCommand=none',
      'BatchMode=yes',
      'ClearAllForwardings=yes',
    ])
      expect(argv).toContain(option)
    expect(argv.indexOf('AddressFamily=inet')).toBeLessThan(argv.indexOf('BindAddress=::1'))
  })

  it('reads from the remote what is downloaded, each source with its host', () => {
    expect(paths(scpArgv(download('/x', 'y z', '~a')))).toEqual(['host:/x', 'host:y z', 'host:./~a', '/d'])
  })

  it.each([
    ['host', 'host:b'],
    ['::1', '[::1]:b'],
    ['fe80::1%eth0', '[fe80::1%eth0]:b'],
  ])('names %s as %s', (host, place) => {
    expect(paths(scpArgv(copy({ host })))).toEqual(['/a', place])
  })

  it.each<[SshVersion, boolean]>([
    [[0, 0], false],
    [[8, 6], false],
    [[8, 7], true],
    [[8, 9], true],
    [[9, 0], false],
    [[10, 2], false],
  ])('of OpenSSH %j asks for SFTP: %s', (version, asks) => {
    expect(scpArgv(copy({ version })).includes('-s')).toBe(asks)
  })

  it.each<[string, Partial<ScpArgs>, string]>([
    ['a relative local source', { sources: ['a'] }, 'not absolute'],
    ['an option as a local source', { sources: ['/a', '-oProxyCommand=id'] }, 'not absolute'],
    ['another host as a local source', { sources: ['other:/etc'] }, 'not absolute'],
    ['an address as a local source', { sources: ['scp://other/x'] }, 'not absolute'],
    [
      'another host as a local destination',
      { direction: 'download', destination: 'other:/x' },
      'not absolute',
    ],
    ['no source', { sources: [] }, 'without a source'],
    ['an empty remote path', { destination: '' }, 'empty remote path'],
    [
      'an empty remote source',
      { direction: 'download', sources: [''], destination: '/d' },
      'empty remote path',
    ],
    ['a NUL here', { sources: ['/a\0b'] }, '"/a?b"'],
    ['a NUL there', { destination: 'a\0b' }, '"a?b"'],
  ])('refuses %s', (_, more, says) => expectDenied(() => scpArgv(copy(more)), says))
})

describe('paths', () => {
  it.each(['/', '/a', '/a:b', '/-x', '/a b\n"c', '/é'])('leaves the local path %j as it is', (path) => {
    expect(checkedLocalPath(path)).toBe(path)
  })

  it.each([
    ['a', 'a'],
    ['/a:b', '/a:b'],
    ['~/a', '~/a'],
    [' a', ' a'],
    ['a \'b\' "c"\n$(id)', 'a \'b\' "c"\n$(id)'],
    ['-x', './-x'],
    [':x', './:x'],
    ['::module', './::module'],
    ['//x', '/x'],
    ['///', '/'],
    ['a//b', 'a//b'],
  ])('makes of the remote path %j %j', (path, harmless) => {
    expect(checkedRemotePath(path)).toBe(harmless)
  })

  it.each([
    ['a[1]', 'a\\[1\\]'],
    ['*?', '\\*\\?'],
    ['a\\b', 'a\\\\b'],
    ['{a,b} ~$', '{a,b} ~$'],
  ])('escapes %j as %j', (path, literal) => {
    expect(remoteLiteral(path)).toBe(literal)
  })

  it('whatever they hold, stay one argument after -- that names the host and is no option', () => {
    const path = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(path, path, (remote, local) => {
        for (const host of ['host', 'scp', '::1']) {
          const argv = scpArgv({ ...download(remote), host, destination: `/${local}` })
          const [from, ...rest] = argv.slice(argv.indexOf('--') + 1)
          expect(from).toMatch(/^(?:host|scp|\[::1\]):(?![-:]|\/\/)/)
          expect(rest).toEqual([`/${local}`])
        }
      }),
    )
  })
})

describe('optionArgv', () => {
  it('gives each option as two arguments', () => {
    expect(
      optionArgv([
        ['A', 'b c'],
        ['D', ''],
      ]),
    ).toEqual(['-o', 'A=b c', '-o', 'D='])
  })
})
