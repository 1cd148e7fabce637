import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RsyncArgs, rsyncArgv } from '../../../src/ssh/rsync-argv.js'
import { parseTarget } from '../../../src/ssh/target.js'

const copy = (more: Partial<RsyncArgs> = {}): RsyncArgs => ({
  ssh: '/usr/bin/ssh',
  options: [],
  direction: 'upload',
  target: parseTarget('host'),
  sources: ['/a'],
  destination: '/b',
  compress: false,
  delete: false,
  dryRun: false,
  exclude: [],
  extra: [],
  asRoot: false,
  ...more,
})

const download = (...sources: string[]): RsyncArgs =>
  copy({ direction: 'download', sources, destination: '/d' })

const shellOf = (argv: readonly string[]): string => argv[argv.indexOf('-e') + 1] ?? ''
const pathsOf = (argv: readonly string[]): string[] => argv.slice(argv.indexOf('--') + 1)

describe('rsyncArgv', () => {
  it('uploads', () => {
    expect(rsyncArgv(copy())).toEqual([
      ...['-a', '-s', '--no-devices', '--no-specials', '-e', '/usr/bin/ssh -T', '--', '/a', 'host:/b'],
    ])
  })

  it('downloads without what links and modes could do', () => {
    const head = ['-a', '-s', '--no-devices', '--no-specials', '--safe-links', '--chmod=ug-s']
    const tail = ['-e', '/usr/bin/ssh -T', '--', 'host:/x', 'host:y z', '/d']
    expect(rsyncArgv(download('/x', 'y z'))).toEqual([...head, ...tail])
    const asRoot = rsyncArgv({ ...download('/x', 'y z'), asRoot: true })
    expect(asRoot).toEqual([...head, '--no-owner', '--no-group', ...tail])
  })

  it('gives what the caller chose before its own bounds, which so have the last word', () => {
    const extra = ['-ao', '--chmod', 'u+s', '--timeout=5']
    const argv = rsyncArgv({
      ...download('/x'),
      ...{ extra, exclude: ['*.o', '-x'], compress: true, delete: true, dryRun: true, asRoot: true },
    })
    expect(argv.slice(0, argv.indexOf('-e'))).toEqual([
      ...['-a', '-s', '-z', '--delete', '--dry-run', '--exclude=*.o', '--exclude=-x'],
      ...['-ao', '--chmod=u+s', '--timeout=5'],
      ...['--no-devices', '--no-specials', '--safe-links', '--chmod=ug-s', '--no-owner', '--no-group'],
    ])
  })

  it.each<[string, string, string]>([
    ['me@host', ' -l me', 'host:/b'],
    ['ssh://me@host:22', ' -o Port=22 -l me', 'host:/b'],
    ['DOM\\user@host', " -l 'DOM\\user'", 'host:/b'],
    ['a:b/c#d@bastion@host', " -l 'a:b/c#d@bastion'", 'host:/b'],
    ['::1', '', '[::1]:/b'],
    ['fe80::1%eth0', '', '[fe80::1%eth0]:/b'],
  ])('of %s', (typed, shell, place) => {
    const argv = rsyncArgv(copy({ target: parseTarget(typed) }))
    expect(shellOf(argv)).toBe(`/usr/bin/ssh -T${shell}`)
    expect(pathsOf(argv)).toEqual(['/a', place])
  })

  it.each([
    ['~', 'host:./'],
    ['~/', 'host:./'],
    ['~/a', 'host:a'],
    ['~//a/', 'host:a/'],
    ['~/-a', 'host:./-a'],
    ['~a', 'host:~a'],
    [':x', 'host:./:x'],
    ['-x', 'host:./-x'],
    ['//x', 'host:/x'],
    ["a 'b'\n$(id)", "host:a 'b'\n$(id)"],
    ['a\\b', 'host:a\\b'],
  ])('makes of the remote path %j %j', (path, place) => {
    expect(pathsOf(rsyncArgv(copy({ destination: path })))).toEqual(['/a', place])
    expect(pathsOf(rsyncArgv(download(path)))).toEqual([place, '/d'])
  })

  it('takes remote sources literally', () => {
    expect(pathsOf(rsyncArgv(download('a[1]', '*\\', '~/?')))).toEqual([
      ...['host:a\\[1\\]', 'host:\\*\\\\', 'host:\\?', '/d'],
    ])
  })

  it.each<[string, Partial<RsyncArgs>, string]>([
    ['a relative local source', { sources: ['a'] }, 'not absolute'],
    ['an option as a source', { sources: ['--rsh=id'] }, 'not absolute'],
    ['an address as a source', { sources: ['rsync://other/x'] }, 'not absolute'],
    ['another host as the local destination', { direction: 'download', destination: 'x:/y' }, 'not absolute'],
    ['no source', { sources: [] }, 'without a source'],
    ['an empty remote path', { destination: '' }, 'empty remote path'],
    ['a NUL', { destination: 'a\0' }, 'NUL'],
    ['a destination that reads as a pattern', { destination: 'a[1]' }, 'pattern'],
    ['options of the caller that are not allowed', { extra: ['-e', 'id'] }, 'extra_rsync_args'],
    ['deleting in them only', { extra: ['--delete'] }, 'the parameter delete'],
    ['a pattern that takes others away', { exclude: ['!'] }, 'exclude'],
  ])('refuses %s', (_, more, says) => {
    expect(() => rsyncArgv(copy(more))).toThrow(expect.objectContaining({ type: 'policy_denied' }))
    expect(() => rsyncArgv(copy(more))).toThrow(says)
  })

  it('leaves no way round ssh, whatever the remote path and the host are called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom('rsync', 'host', '::1'), (path, host) => {
        const [source] = pathsOf(rsyncArgv({ ...download(path), target: parseTarget(host) }))
        expect(source).toMatch(/^(?:rsync|host|\[::1\]):(?!:|-|\/\/).+$/s)
      }),
    )
  })
})

describe.skipIf(spawnSync('rsync', ['--version']).status !== 0)('the real rsync', () => {
  let folder = ''
  let ssh = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rsync-argv-'))
    mkdirSync(join(folder, 'a \'b\' "c"'))
    ssh = join(folder, 'a \'b\' "c"', 'ssh')
    writeFileSync(ssh, `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done >'${folder}/words'\nexit 1\n`)
    chmodSync(ssh, 0o755)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** What ssh is given by rsync, up to rsync's own command. */
  function wordsOf(more: Partial<RsyncArgs>): string[] {
    rmSync(join(folder, 'words'), { force: true })
    spawnSync('rsync', rsyncArgv(copy({ ssh, ...more })))
    const words = readFileSync(join(folder, 'words'), 'utf8').split('\0')
    return words.slice(0, words.indexOf('rsync'))
  }

  it.each([
    ['a b'],
    ["it's"],
    ['"q"'],
    [`'"'"''""`],
    ["'"],
    ["''"],
    ['a\\ b\\'],
    [' '],
    ['tab\there'],
    ['$x `y` #'],
  ])('hands %j to ssh as one word', (value) => {
    expect(wordsOf({ options: [['Key', value]] })).toEqual(['-T', '-o', `Key=${value}`, 'host'])
  })

  it('hands on user, port and an IPv6 address', () => {
    expect(wordsOf({ target: parseTarget('ssh://D\\u@[::1]:22') })).toEqual([
      ...['-T', '-o', 'Port=22', '-l', 'D\\u', '::1'],
    ])
  })

  it.each([['-4'], ['-6']])('puts its own %s before the host', (flag) => {
    expect(wordsOf({ extra: [flag] })).toEqual(['-T', flag, 'host'])
  })

  it.each([['host'], ['rsync'], ['h']])('asks ssh for the host %s, whatever the path', (host) => {
    for (const destination of ['//x', ':x', '::x', '-x'])
      expect(wordsOf({ target: parseTarget(host), destination })[0]).toBe('-T')
  })
})
