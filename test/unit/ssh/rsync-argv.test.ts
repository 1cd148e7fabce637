import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RsyncArgs, rsyncArgv } from '../../../src/ssh/rsync-argv.js'

const copy = (more: Partial<RsyncArgs> = {}): RsyncArgs => ({
  shell: ['/usr/bin/ssh', '-T'],
  host: 'host',
  direction: 'upload',
  source: '/a',
  destination: '/b',
  asItStands: true,
  compress: false,
  delete: false,
  dryRun: false,
  exclude: [],
  extra: [],
  protection: { first: [], last: [] },
  mark: 'MARK',
  progress: false,
  asRoot: false,
  ...more,
})

const download = (source: string): RsyncArgs => copy({ direction: 'download', source, destination: '/d' })
const LIST = '--out-format=MARK %i %l %b %n%L'

const pathsOf = (argv: readonly string[]): string[] => argv.slice(argv.indexOf('--') + 1)

describe('rsyncArgv', () => {
  it('uploads', () => {
    expect(rsyncArgv(copy())).toEqual([
      ...['-a', '-s', '--no-devices', '--no-specials', LIST, '-e', '/usr/bin/ssh -T', '--', '/a', 'host:/b'],
    ])
  })

  it('downloads without what links and modes could do', () => {
    const head = ['-a', '-s', '--no-devices', '--no-specials', '--safe-links', '--chmod=ug-s']
    const tail = [LIST, '-e', '/usr/bin/ssh -T', '--', 'host:y z', '/d']
    expect(rsyncArgv(download('y z'))).toEqual([...head, ...tail])
    const asRoot = rsyncArgv({ ...download('y z'), asRoot: true })
    expect(asRoot).toEqual([...head, '--no-owner', '--no-group', ...tail])
  })

  it('gives what the caller chose before its own bounds, which so have the last word', () => {
    const extra = ['-ao', '--chmod', 'u+s', '--timeout=5']
    const argv = rsyncArgv({
      ...download('/x'),
      ...{ extra, exclude: ['*.o', '-x'], compress: true, delete: true, dryRun: true, asRoot: true },
    })
    expect(argv.slice(0, argv.indexOf(LIST))).toEqual([
      ...['-a', '-s', '-z', '--delete', '--dry-run', '--exclude=*.o', '--exclude=-x'],
      ...['-ao', '--chmod=u+s', '--timeout=5'],
      ...['--no-devices', '--no-specials', '--safe-links', '--chmod=ug-s', '--no-owner', '--no-group'],
    ])
  })

  it('puts protection before the caller’s filters, and what it leaves open behind them', () => {
    const protection = { first: ['--exclude=/a'], last: ['--include=/b/', '--exclude=/b'] }
    const filtersOf = (extra: string[]): string[] =>
      rsyncArgv(copy({ protection, exclude: ['x'], extra })).filter((arg) => /^--(?:in|ex)clude/.test(arg))
    expect(filtersOf(['--exclude', 'y'])).toEqual([
      ...['--exclude=/a', '--exclude=x', '--exclude=y', '--include=/b/', '--exclude=/b'],
    ])
    expect(filtersOf(['--include=*'])).toEqual([
      ...['--exclude=/a', '--exclude=x', '--include=/b/', '--exclude=/b', '--include=*'],
    ])
  })

  it('has its list printed, whatever the caller says, and how far it is', () => {
    const argv = rsyncArgv(copy({ extra: ['-q', '--quiet', '-vq', '--info=progress0'], progress: true }))
    expect(argv.filter((arg) => /q/.test(arg) && arg.startsWith('-'))).toEqual([])
    expect(argv).toContain('-v')
    expect(argv.lastIndexOf('--info=progress2')).toBeGreaterThan(argv.indexOf('--info=progress0'))
  })

  it.each([
    ['host', 'host:/b'],
    ['::1', '[::1]:/b'],
    ['fe80::1%eth0', '[fe80::1%eth0]:/b'],
  ])('of %s', (host, place) => {
    expect(pathsOf(rsyncArgv(copy({ host })))).toEqual(['/a', place])
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

  it.each([
    ['a[1]', 'a\\[1\\]'],
    ['*\\', '\\*\\\\'],
    ['~/?', '\\?'],
    ['b\\s/[q]/x\\y', 'b\\s/\\[q\\]/x\\y'],
  ])('writes %j so that it is no pattern, name by name', (path, written) => {
    expect(pathsOf(rsyncArgv({ ...download(path), asItStands: false }))[0]).toBe(`host:${written}`)
    expect(pathsOf(rsyncArgv(copy({ destination: path, asItStands: false })))[1]).toBe(`host:${written}`)
    expect(pathsOf(rsyncArgv(download(path)))[0]).toBe(`host:${path.replace('~/', '')}`)
  })

  it.each<[string, Partial<RsyncArgs>, string]>([
    ['a relative local source', { source: 'a' }, 'not absolute'],
    ['an option as a source', { source: '--rsh=id' }, 'not absolute'],
    ['an address as a source', { source: 'rsync://other/x' }, 'not absolute'],
    ['another host as the local destination', { direction: 'download', destination: 'x:/y' }, 'not absolute'],
    ['an empty remote path', { destination: '' }, 'empty remote path'],
    ['a NUL', { destination: 'a\0' }, 'NUL'],
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
        const [source] = pathsOf(rsyncArgv({ ...download(path), host }))
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
    spawnSync('rsync', rsyncArgv(copy({ shell: [ssh, '-T'], ...more })))
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
    expect(wordsOf({ shell: [ssh, '-T', '-o', `Key=${value}`] })).toEqual([
      '-T',
      '-o',
      `Key=${value}`,
      'host',
    ])
  })

  it('hands on an IPv6 address', () => {
    expect(wordsOf({ host: '::1' })).toEqual(['-T', '::1'])
  })

  it.each([['host'], ['rsync'], ['h']])('asks ssh for the host %s, whatever the path', (host) => {
    for (const destination of ['//x', ':x', '::x', '-x']) expect(wordsOf({ host, destination })[0]).toBe('-T')
  })
})
