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
  sftpArgv,
} from '../../../src/ssh/copy-argv.js'
import { parseTarget } from '../../../src/ssh/target.js'
import type { SshVersion } from '../../../src/ssh/version.js'

const copy = (more: Partial<ScpArgs> = {}): ScpArgs => ({
  options: [],
  version: [9, 6],
  direction: 'upload',
  target: parseTarget('host'),
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
  it('gives quietness, options, --, and the paths', () => {
    const options = [
      ['Port', '22'],
      ['RekeyLimit', '1G 1h'],
    ] as const
    expect(
      scpArgv(copy({ options, recursive: true, preserveTimes: true, sources: ['/a b', '/-c'] })),
    ).toEqual([
      ...['-q', '-o', 'Port=22', '-o', 'RekeyLimit=1G 1h', '-r', '-p', '--', '/a b', '/-c', 'host:b'],
    ])
  })

  it('reads from the remote what is downloaded, each source with its host', () => {
    expect(scpArgv(download('/x', 'y z'))).toEqual(['-q', '--', 'host:/x', 'host:y z', '/d'])
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

  it.each<[string, string, string[]]>([
    ['host', 'host:b', []],
    ['me@host', 'me@host:b', []],
    ['ssh://me@host:2222', 'me@host:b', ['-o', 'Port=2222']],
    ['::1', '[::1]:b', []],
    ['me@fe80::1%eth0', 'me@[fe80::1%eth0]:b', []],
    ['user@bastion@host', 'user@bastion@host:b', []],
    ['DOMAIN\\user@host', 'DOMAIN\\user@host:b', []],
    ['a%b@host', 'a%b@host:b', []],
    ['a:b@host', 'host:b', ['-o', 'User="a:b"']],
    ['a/b@host', 'host:b', ['-o', 'User="a/b"']],
    ['#a@host', 'host:b', ['-o', 'User="#a"']],
    ['D\\a#b@::1', '[::1]:b', ['-o', 'User="D\\\\a#b"']],
  ])('names %s as %s', (typed, place, options) => {
    expect(scpArgv(copy({ target: parseTarget(typed) }))).toEqual(['-q', ...options, '--', '/a', place])
  })

  it('refuses a user that can be given in neither way', () => {
    expectDenied(() => scpArgv(copy({ target: parseTarget('a:%h@host') })), '"a:%h"')
  })

  it('puts the options it was given before those of the target', () => {
    const target = parseTarget('ssh://a:b@host:2')
    expect(scpArgv(copy({ target, options: [['Port', '1']] })).slice(1, 7)).toEqual([
      ...['-o', 'Port=1', '-o', 'User="a:b"', '-o', 'Port=2'],
    ])
  })

  it('takes remote names literally in both directions', () => {
    expect(scpArgv(download('a[1]*'))).toContain('host:a\\[1\\]\\*')
    expect(scpArgv(copy({ destination: 'a[1]*' }))).toContain('host:a[1]*')
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

describe('sftpArgv', () => {
  it.each<[string, string[]]>([
    ['host', ['--', 'host']],
    ['ssh://me@[::1]:22', ['-o', 'Port=22', '--', 'me@[::1]']],
    ['a:b@host', ['-o', 'User="a:b"', '--', 'host']],
  ])('%s', (typed, rest) => {
    const argv = sftpArgv({ options: [['Compression', 'yes']], target: parseTarget(typed) })
    expect(argv).toEqual(['-q', '-o', 'Compression=yes', ...rest])
  })
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
          const argv = scpArgv({ ...download(remote), target: parseTarget(host), destination: `/${local}` })
          expect(argv.slice(0, 2)).toEqual(['-q', '--'])
          expect(argv[2]).toMatch(/^(?:host|scp|\[::1\]):(?![-:]|\/\/)/)
          expect(argv.slice(3)).toEqual([`/${local}`])
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
