import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { networkInterfaces, tmpdir, userInfo } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, type Facts, processesWith, type TestClient } from '../support/harness.js'
import { describeRemote, nap, PersonsSsh, pidOf, Remote, type RemoteBench } from '../support/remote.js'
import { signalAll } from '../support/sshd.js'
import { addLinks, makeTree, treeOf } from '../support/trees.js'

/** A local place that transfers may use, and a remote one, both new for each test. */
interface Places {
  local: string
  there: string
  client: TestClient
  sync(args: Facts, signal?: AbortSignal): Promise<Facts>
}

function places(bench: RemoteBench, env: () => Record<string, string> = () => ({})): Places {
  const at = {} as Places
  beforeEach(async () => {
    const { place, sshd } = bench.remote
    at.local = realpathSync(mkdtempSync(join(place.directory, 'local-')))
    at.there = mkdtempSync(join(sshd.home, 'there-'))
    at.client = await place.client({ SSH_MCP_LOCAL_ROOTS: at.local, ...env() })
    at.sync = (args, signal) => at.client.call('ssh_sync', { ...sshd.connection, ...args }, signal)
  })
  afterEach(() => at.client?.close())
  return at
}

describeRemote('ssh_sync', (bench) => {
  const at = places(bench)
  const up = (args: Facts, signal?: AbortSignal) => at.sync({ direction: 'upload', ...args }, signal)
  const down = (args: Facts, signal?: AbortSignal) => at.sync({ direction: 'download', ...args }, signal)
  const local = (name: string, text = name): void => {
    mkdirSync(join(at.local, name, '..'), { recursive: true })
    writeFileSync(join(at.local, name), text)
  }
  const there = (name: string, text = name): void => {
    mkdirSync(join(at.there, name, '..'), { recursive: true })
    writeFileSync(join(at.there, name), text)
  }

  it('copies a tree both ways, byte for byte, whatever its names', async () => {
    makeTree(join(at.local, 'tree'))
    addLinks(join(at.local, 'tree'))
    const sent = await up({ source: `${at.local}/tree/`, destination: `${at.there}/copy` })
    expect(sent).toMatchObject({ ok: true, exit_code: 0, stderr: '', warning: null, truncated: false })
    expect(treeOf(`${at.there}/copy`)).toEqual(treeOf(`${at.local}/tree`))
    const got = await down({ source: `${at.there}/copy`, destination: `${at.local}/back` })
    expect(got).toMatchObject({ ok: true, files: sent.files, bytes: sent.bytes, stderr: '' })
    expect(treeOf(`${at.local}/back/copy`)).toEqual(treeOf(`${at.local}/tree`))
    const sizes = Object.values(treeOf(`${at.local}/tree`)).filter((one) => one.startsWith('file'))
    expect(sent.files).toBe(sizes.length)
    expect(await up({ source: `${at.local}/tree/`, destination: `${at.there}/copy` })).toMatchObject({
      files: 0,
      bytes: 0,
      stdout: '',
    })
  })

  it('tells what it did in rsync’s own list, and counts by sizes that no name can change', async () => {
    local('src/>f+++++++++ 99999 x', '12345')
    local('src/new\nline', '123')
    there('dst/old')
    const facts = await up({ source: `${at.local}/src/`, destination: `${at.there}/dst`, delete: true })
    expect(facts).toMatchObject({ ok: true, files: 2, bytes: 8, deleted: 1, direction: 'upload' })
    expect(facts.stdout.split('\n')).toEqual(
      expect.arrayContaining([
        '*deleting   old',
        '<f+++++++++ >f+++++++++ 99999 x',
        '<f+++++++++ new\\#012line',
      ]),
    )
    expect(facts.duration_ms).toBeGreaterThan(0)
  })

  it('leaves out the middle of a long list, and counts everything', async () => {
    for (let at = 0; at < 1500; at++) local(`src/${at}`, 'x')
    writeFileSync(Buffer.from(`${at.local}/src/caf\xe9`, 'latin1'), 'x')
    const facts = await up({ source: `${at.local}/src/`, destination: `${at.there}/dst`, exclude: ['9*'] })
    expect(facts).toMatchObject({ ok: true, truncated: true, bytes: facts.files })
    expect(facts.files).toBe(readdirSync(`${at.there}/dst`).length)
    expect(facts.stdout).toMatch(/characters left out/)
    expect(facts.stdout.length).toBeLessThan(17_000)
    rmSync(`${at.local}/src`, { recursive: true })
    writeFileSync(Buffer.from(`${at.local}/caf\xe9`, 'latin1'), 'x')
    const odd = await up({ source: `${at.local}/`, destination: `${at.there}/odd` })
    expect(odd.stdout).toContain('<f+++++++++ caf\\#351\n')
  })

  it('needs one connection for all of it', async () => {
    local('f')
    for (const name of ['a', 'b[1]', 'c'])
      expect(await up({ source: `${at.local}/f`, destination: `${at.there}/${name}` })).toMatchObject({
        ok: true,
      })
    expect(await bench.remote.exec('echo x')).toMatchObject({ ok: true })
    expect(bench.remote.logins()).toBe(1)
  })

  it('leaves out, deletes and tries as it is told', async () => {
    for (const name of ['src/keep', 'src/x.o', 'src/sub/y.o']) local(name)
    for (const name of ['dst/gone', 'dst/z.o']) there(name)
    const args = {
      source: `${at.local}/src/`,
      destination: `${at.there}/dst`,
      delete: true,
      exclude: ['*.o'],
    }
    const before = treeOf(at.there)
    const tried = await up({ ...args, dry_run: true })
    expect(treeOf(at.there)).toEqual(before)
    const done = await up(args)
    expect(tried.stdout).toBe(done.stdout)
    expect(Object.keys(treeOf(`${at.there}/dst`)).sort()).toEqual(['.', './keep', './sub', './z.o'])
    await down({ source: `${at.there}/dst`, destination: `${at.local}/none`, dry_run: true })
    await up({ source: `${at.local}/src`, destination: `${at.there}/none`, dry_run: true })
    expect([existsSync(`${at.local}/none`), existsSync(`${at.there}/none`)]).toEqual([false, false])
    expect(await up({ ...args, extra_rsync_args: ['--checksum', '-v', '-q'] })).toMatchObject({ ok: true })
  })

  it('takes a remote source literally where it exists, and else as a pattern', async () => {
    for (const name of ['a[1]', 'a1', 'x*y', 'xzy', 'b\\s/[q]', 'n1', 'n2']) there(name)
    const fetched = async (source: string): Promise<string[]> => {
      rmSync(`${at.local}/got`, { recursive: true, force: true })
      await down({ source: `${at.there}/${source}`, destination: `${at.local}/got/` })
      return existsSync(`${at.local}/got`) ? readdirSync(`${at.local}/got`).sort() : []
    }
    expect(await fetched('a[1]')).toEqual(['a[1]'])
    expect(await fetched('x*y')).toEqual(['x*y'])
    expect(await fetched('b\\s/[q]')).toEqual(['[q]'])
    expect(await fetched('n?')).toEqual(['n1', 'n2'])
    expect(await fetched('n[1]')).toEqual(['n1'])
    expect(await fetched('none*')).toEqual([])
  })

  it('takes a remote destination literally, or not at all', async () => {
    local('f')
    for (const name of ['a[1]/x', 'a1/x', 'b\\s/[q]/x', 'c1/x']) there(name)
    const source = `${at.local}/f`
    for (const destination of ['a[1]/', 'b\\s/[q]/', 'new[1]', 'd*'])
      expect(await up({ source, destination: `${at.there}/${destination}` }), destination).toMatchObject({
        ok: true,
      })
    for (const name of ['a[1]/f', 'b\\s/[q]/f', 'new[1]', 'd*'])
      expect(readFileSync(`${at.there}/${name}`, 'utf8'), name).toBe('f')
    expect(existsSync(`${at.there}/a1/f`)).toBe(false)
    const refused = await up({ source, destination: `${at.there}/c[1]` })
    expect(refused).toMatchObject({
      isError: true,
      error_type: 'policy_denied',
      message: expect.stringContaining('pattern'),
    })
    expect(existsSync(`${at.there}/c1/f`)).toBe(false)
  })

  it('begins at the remote home', async () => {
    local('f')
    const path = relative(userInfo().homedir, at.there)
    await up({ source: `${at.local}/f`, destination: `~/${path}/one` })
    await up({ source: `${at.local}/f`, destination: `${path}/two` })
    expect(readdirSync(at.there).sort()).toEqual(['one', 'two'])
  })

  it('needs a directory to make one in, and says how it can be had', async () => {
    local('f')
    const args = { source: `${at.local}/f`, destination: `${at.there}/none/none/` }
    expect(await up(args)).toMatchObject({
      ok: false,
      isError: false,
      warning: expect.stringContaining('--mkpath'),
    })
    expect(await up({ ...args, extra_rsync_args: ['--mkpath'] })).toMatchObject({ ok: true, warning: null })
    expect(existsSync(`${at.there}/none/none/f`)).toBe(true)
  })

  it('tells progress to a client that asks for it', async () => {
    local('large', 'x'.repeat(6_000_000))
    const messages: string[] = []
    await at.client.mcp.callTool(
      {
        name: 'ssh_sync',
        arguments: {
          ...bench.remote.sshd.connection,
          ...{ direction: 'upload', source: `${at.local}/large`, destination: at.there, compress: false },
          extra_rsync_args: ['--bwlimit=1000'],
        },
      },
      undefined,
      { onprogress: ({ message }) => messages.push(String(message)) },
    )
    const told = /^[\d,]+ bytes, \d+ %, [\d.]+[kM]B\/s$/
    expect(messages.filter((message) => told.test(message)).length).toBeGreaterThan(1)
  })

  describe('that is cut short', () => {
    const slow = (direction: string): Facts => ({
      ...{ direction, compress: false, extra_rsync_args: ['--bwlimit=100'] },
      ...(direction === 'upload'
        ? { source: `${at.local}/large`, destination: `${at.there}/` }
        : { source: `${at.there}/large`, destination: `${at.local}/got/` }),
    })
    const prepare = (direction: string): void => {
      ;(direction === 'upload' ? local : there)('large', 'x'.repeat(3_000_000))
    }
    const half = (direction: string): string[] => {
      const directory = direction === 'upload' ? at.there : `${at.local}/got`
      return existsSync(directory) ? readdirSync(directory).filter((name) => name.includes('large')) : []
    }
    const running = (): string[] =>
      processesWith('rsync ').filter((line) => line.includes(at.there) || line.includes('--server'))

    it.each(['upload', 'download'])('by its caller leaves nothing on either side: %s', async (direction) => {
      prepare(direction)
      const cancel = new AbortController()
      const call = at.sync(slow(direction), cancel.signal).catch((error: Error) => error)
      await eventually('it is half-way', () => half(direction).length > 0)
      cancel.abort()
      await call
      await eventually('no rsync is left', () => running().length === 0)
      await eventually('no half file is left', () => half(direction).length === 0)
    })

    it('by the end of its connection says so', async () => {
      prepare('upload')
      const call = at.sync(slow('upload'))
      await eventually('it is half-way', () => half('upload').length > 0)
      const masters = processesWith(`${bench.remote.place.state}/c/`).filter((line) => line.includes(' -N '))
      signalAll(masters.map(pidOf), 'SIGKILL')
      expect(await call).toMatchObject({ isError: true, error_type: 'connection_failed' })
      await eventually('no rsync is left', () => running().length === 0)
      expect(await bench.remote.exec('echo x')).toMatchObject({ ok: true })
    })

    it.each(['upload', 'download'])('by its timeout says so: %s', async (direction) => {
      prepare(direction)
      const facts = await at.sync({ ...slow(direction), timeout: 1.5 })
      expect(facts).toMatchObject({ ok: false, timed_out: true, isError: false })
      await eventually('no rsync is left', () => running().length === 0)
      await eventually('no half file is left', () => half(direction).length === 0)
    })
  })
})

describeRemote('the fence of ssh_sync', (bench) => {
  /** A home of its own, with what is protected in it; everything else may be used. */
  let home = ''
  const at = places(bench, () => {
    home = join(at.local, 'home')
    for (const name of ['.ssh/id', '.bashrc', '.config/fish/config.fish', 'plain', '.local/x']) {
      mkdirSync(join(home, name, '..'), { recursive: true })
      writeFileSync(join(home, name), `own ${name}`)
    }
    return { HOME: home }
  })
  const up = (args: Facts) => at.sync({ direction: 'upload', ...args })
  const down = (args: Facts) => at.sync({ direction: 'download', ...args })
  const there = (name: string): void => {
    mkdirSync(join(at.there, name, '..'), { recursive: true })
    writeFileSync(join(at.there, name), `evil ${name}`)
  }

  it('holds for both directions', async () => {
    const outside = mkdtempSync(join(bench.remote.place.directory, 'outside-'))
    writeFileSync(join(outside, 'secret'), 'secret')
    symlinkSync(outside, join(at.local, 'out'))
    for (const source of [
      outside,
      `${outside}/secret`,
      `${outside}/none`,
      `${at.local}/out/secret`,
      '/etc/passwd',
      '~/.ssh/id',
    ])
      expect(await up({ source, destination: at.there }), source).toMatchObject({
        isError: true,
        error_type: 'policy_denied',
      })
    for (const destination of [
      outside,
      `${at.local}/out/`,
      '/etc/profile.d/',
      '~/.ssh/',
      '~/.bashrc',
      `${at.local}/../x`,
    ])
      expect(await down({ source: '/etc/hostname', destination, delete: true }), destination).toMatchObject({
        ...{ isError: true, error_type: 'policy_denied' },
      })
    expect(readdirSync(outside)).toEqual(['secret'])
    expect(readdirSync(at.there)).toEqual([])
    expect(await up({ source: `${at.local}/none`, destination: at.there })).toMatchObject({
      error_type: 'validation_error',
    })
  })

  it.each([[[]], [['--relative']], [['--include=*', '--include=/home/.ssh/**']]])(
    'leaves keys at home when that is uploaded: %j',
    async (extra) => {
      for (const source of [home, `${home}/`, at.local, `${at.local}/`]) {
        const facts = await up({ source, destination: `${at.there}/copy/`, extra_rsync_args: extra })
        expect(facts).toMatchObject({ ok: true, warning: expect.stringContaining('.ssh') })
        const names = Object.keys(treeOf(`${at.there}/copy`))
        expect(names.filter((name) => name.includes('.ssh'))).toEqual([])
        expect(names.filter((name) => name.endsWith('.bashrc')).length).toBeGreaterThan(0)
      }
    },
  )

  it('copies links as links, so that nothing behind them leaves', async () => {
    symlinkSync('/etc/passwd', join(home, 'passwd'))
    symlinkSync('.ssh', join(home, 'keys'))
    await up({ source: `${home}/`, destination: `${at.there}/copy` })
    expect(treeOf(`${at.there}/copy`)).toMatchObject({
      './passwd': 'link /etc/passwd',
      './keys': 'link .ssh',
    })
    const refused = await up({ source: home, destination: at.there, extra_rsync_args: ['-L'] })
    expect(refused).toMatchObject({ error_type: 'policy_denied' })
  })

  it.each([
    [{}],
    [{ delete: true }],
    [{ delete: true, extra_rsync_args: ['--delete-excluded'] }],
    [{ extra_rsync_args: ['--include=*', '--include=.ssh/***'] }],
    [{ extra_rsync_args: ['--inplace', '-H'] }],
  ])('keeps start files and keys as they are: %j', async (args) => {
    for (const name of [
      '.ssh/authorized_keys',
      '.ssh/id',
      '.bashrc',
      '.zshrc',
      '.profile',
      '.config/fish/config.fish',
      '.config/systemd/x',
      'fine',
      '.config/fine',
    ])
      there(name)
    const before = treeOf(home)
    const facts = await down({ source: `${at.there}/`, destination: home, ...args })
    expect(facts).toMatchObject({ ok: true, warning: expect.stringContaining('protected') })
    const after = treeOf(home)
    expect(after).toMatchObject({
      './fine': expect.stringContaining('evil'),
      './.config/fine': expect.any(String),
    })
    const kept = ['./.ssh/id', './.bashrc', './.config/fish/config.fish']
    for (const name of kept) expect(after[name], name).toBe(before[name])
    expect(Object.keys(after).filter((name) => /authorized|zshrc|\.profile|systemd/.test(name))).toEqual([])
  })

  it('lets no link stand where a protected place would lie', async () => {
    rmSync(join(home, '.config'), { recursive: true })
    there('x/fish/config.fish')
    symlinkSync('x', join(at.there, '.config'))
    for (const extra of [[], ['--include=*'], ['-l']])
      await down({ source: `${at.there}/`, destination: '~', delete: true, extra_rsync_args: extra })
    expect(existsSync(join(home, '.config'))).toBe(false)
    expect(existsSync(join(home, 'x/fish/config.fish'))).toBe(true)
    expect(existsSync(join(home, '.ssh/id'))).toBe(true)
  })

  it('keeps a caller’s own exclusion of what protected places lie in', async () => {
    there('.config/other')
    await down({ source: `${at.there}/`, destination: '~', exclude: ['.config'] })
    await down({ source: `${at.there}/`, destination: '~', extra_rsync_args: ['--exclude=.config'] })
    expect(existsSync(join(home, '.config/other'))).toBe(false)
  })

  it('lets no links of the other side lead out, nor follows those that are here', async () => {
    const outside = mkdtempSync(join(bench.remote.place.directory, 'outside-'))
    const got = join(at.local, 'got')
    mkdirSync(got)
    symlinkSync(outside, join(got, 'sub'))
    symlinkSync(join(outside, 'file'), join(got, 'file'))
    for (const name of ['sub/x', 'file']) there(name)
    symlinkSync('/etc', join(at.there, 'abs'))
    symlinkSync('../../..', join(at.there, 'up'))
    symlinkSync('file', join(at.there, 'fine'))
    for (const extra of [[], ['--inplace'], ['--relative']])
      await down({ source: `${at.there}/`, destination: got, extra_rsync_args: extra })
    expect(readdirSync(outside)).toEqual([])
    expect(treeOf(got)).toMatchObject({ './fine': 'link file' })
    expect(Object.keys(treeOf(got)).filter((name) => /\/(?:abs|up)$/.test(name))).toEqual([])
  })

  it.each([
    [['-e', 'touch ran']],
    [['--rsh=touch ran']],
    [['--rsync-path=touch ran; rsync']],
    [['--', '/etc/passwd']],
    [['/etc/passwd']],
    [['-M--log-file=/tmp/x']],
    [['--log-file=x']],
    [['--files-from=/etc/passwd']],
    [['--filter=. /etc/passwd']],
    [['--delete']],
    [['--remove-source-files']],
    [['-6']],
  ])('refuses what would run, read or delete something: %j', async (extra) => {
    const facts = await up({ source: home, destination: at.there, extra_rsync_args: extra })
    expect(facts).toMatchObject({ isError: true, error_type: 'policy_denied' })
    expect(readdirSync(at.there)).toEqual([])
  })

  it('is asked before the other side is', async () => {
    const facts = await at.sync({
      target: 'nobody.invalid',
      direction: 'upload',
      source: '/etc/passwd',
      destination: 'x[1]',
    })
    expect(facts).toMatchObject({
      error_type: 'policy_denied',
      message: expect.stringContaining('SSH_MCP_LOCAL_ROOTS'),
    })
  })
})

describeRemote(
  'ssh_sync without rsync',
  (bench) => {
    const at = places(bench)
    const up = (args: Facts = {}) =>
      at.sync({ direction: 'upload', source: at.local, destination: at.there, ...args })

    it('on the other side says so, and what to do', async () => {
      const facts = await up()
      expect(facts).toMatchObject({
        isError: true,
        error_type: 'remote_file_error',
        message: expect.stringContaining('ssh_scp'),
      })
      const back = await at.sync({ direction: 'download', source: at.there, destination: at.local })
      expect(back).toMatchObject({ isError: true, error_type: 'remote_file_error' })
    })
  },
  { config: ['SetEnv PATH=/nonexistent HOME=/nonexistent'] },
)

describeRemote(
  'ssh_sync where start files print',
  (bench) => {
    const at = places(bench)

    it('says so', async () => {
      const facts = await at.sync({ direction: 'upload', source: at.local, destination: at.there })
      expect(facts).toMatchObject({
        error_type: 'remote_file_error',
        message: expect.stringContaining('start files'),
      })
    })
  },
  // Whatever the login shell is and reads.
  { config: ['ForceCommand echo Welcome; exec sh -c "$SSH_ORIGINAL_COMMAND"'] },
)

/** Hides from the sender that one of the protected names is excluded. */
const DECEIVED = `#!/usr/bin/perl
pipe(R, W);
my $pid = fork();
if (!$pid) { close W; open(STDIN, '<&R'); exec '/usr/bin/rsync', @ARGV; }
close R;
while (sysread(STDIN, $bytes, 65536)) { $bytes =~ s#/\\.zshrc#/.zzzzz#g; syswrite(W, $bytes); }
close W;
waitpid($pid, 0);
exit($? >> 8);
`

describe.skipIf(!['/usr/bin/perl', '/usr/bin/rsync'].every(existsSync))('a sender that means harm', () => {
  describeRemote(
    'to ssh_sync',
    (bench) => {
      const at = places(bench, () => ({ HOME: at.local }))

      it('does not get a start file written by sending it all the same', async () => {
        const bin = join(bench.remote.sshd.directory, 'bin')
        mkdirSync(bin)
        writeFileSync(join(bin, 'rsync'), DECEIVED, { mode: 0o755 })
        for (const name of ['.zshrc', 'fine']) writeFileSync(join(at.there, name), name)
        const facts = await at.sync({ direction: 'download', source: `${at.there}/`, destination: at.local })
        expect(facts).toMatchObject({ ok: false, stderr: expect.stringContaining('rejecting excluded') })
        expect(existsSync(join(at.local, '.zshrc'))).toBe(false)
      })
    },
    { config: ['SetEnv PATH=%DIR%/bin:/usr/bin:/bin HOME=%HOME%'] },
  )
})

describeRemote('the rsync of this machine', (bench) => {
  const at = places(bench)
  const up = (client: TestClient) =>
    client.call('ssh_sync', {
      ...bench.remote.sshd.connection,
      direction: 'upload',
      source: at.local,
      destination: `${at.there}/`,
    })
  const withRsync = async (env: Record<string, string>): Promise<Facts> => {
    const client = await bench.remote.place.client({ SSH_MCP_LOCAL_ROOTS: at.local, ...env })
    const facts = await up(client)
    await client.close()
    return facts
  }
  const program = (text: string): string => {
    const path = join(at.local, 'rsync')
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    return path
  }

  it.each([
    ['openrsync', "echo 'openrsync: protocol version 29'; echo 'rsync version 2.6.9 compatible'"],
    ['an old one', "echo 'rsync  version 2.6.9  protocol version 29'"],
    ['no rsync', 'exit 1'],
  ])('that is %s is refused', async (_, text) => {
    const facts = await withRsync({ SSH_MCP_RSYNC_BIN: program(text) })
    expect(facts).toMatchObject({
      error_type: 'validation_error',
      message: expect.stringContaining('ssh_scp'),
    })
  })

  it('that is missing is told of', async () => {
    const facts = await withRsync({ SSH_MCP_RSYNC_BIN: '/none/rsync' })
    expect(facts).toMatchObject({
      error_type: 'validation_error',
      message: expect.stringContaining('SSH_MCP_RSYNC_BIN'),
    })
  })

  it('gets no variable that changes what it does', async () => {
    const rsync = program(
      `case $1 in --version) exec /usr/bin/env rsync --version;; esac; env >'${at.there}/env'`,
    )
    await withRsync({
      SSH_MCP_RSYNC_BIN: rsync,
      RSYNC_RSH: 'evil',
      SSH_MCP_X: 'x',
      SSH_DEFAULT_PASSWORD: 'secret',
    })
    expect(readFileSync(`${at.there}/env`, 'utf8')).toMatch(/LC_ALL=C.UTF-8/)
    expect(readFileSync(`${at.there}/env`, 'utf8')).not.toMatch(/RSYNC|SSH_MCP|secret/)
  })

  it('that copies only half says what did arrive', async () => {
    writeFileSync(join(at.local, 'a'), 'a')
    mkdirSync(join(at.there, 'local'))
    const name = at.local.split('/').at(-1) as string
    mkdirSync(join(at.there, name, 'b/in-the-way'), { recursive: true })
    writeFileSync(join(at.local, 'b'), 'b')
    const facts = await up(at.client)
    expect(facts).toMatchObject({
      ok: false,
      exit_code: 23,
      isError: false,
      stdout: expect.stringMatching(/\/a$/m),
    })
    expect(facts.stderr).toContain('/b')
    expect(facts.warning).toContain('stderr')
  })
})

describeRemote(
  'ssh_sync where a connection takes one channel',
  (bench) => {
    const at = places(bench)

    it('makes more connections, and copies all', async () => {
      writeFileSync(join(at.local, 'f'), 'f')
      const all = await Promise.all(
        Array.from({ length: 4 }, (_, i) =>
          at.sync({ direction: 'upload', source: `${at.local}/f`, destination: `${at.there}/${i}[x]` }),
        ),
      )
      for (const facts of all) expect(facts).toMatchObject({ ok: true, files: 1 })
      expect(readdirSync(at.there).sort()).toEqual(['0[x]', '1[x]', '2[x]', '3[x]'])
    })
  },
  { config: ['MaxSessions 1'] },
)

describeRemote(
  'ssh_sync over the person’s own connection',
  (bench) => {
    let person: PersonsSsh
    const at = places(bench, () => {
      person = new PersonsSsh(bench.remote.sshd, [PersonsSsh.sharing(bench.remote.sshd)])
      return { SSH_MCP_SSH_BIN: person.program }
    })
    afterEach(() => person.close())
    const up = (destination: string) =>
      at.client.call('ssh_sync', { target: 'box', direction: 'upload', source: `${at.local}/f`, destination })

    it('rides there, and makes one of ours where that is full', async () => {
      writeFileSync(join(at.local, 'f'), 'f')
      const master = await person.master()
      const logins = bench.remote.logins()
      expect(await up(`${at.there}/a`)).toMatchObject({ ok: true, files: 1 })
      expect(bench.remote.logins()).toBe(logins)
      expect(bench.remote.masters()).toEqual([])
      const time = nap()
      person.start('box', `sleep ${time}`)
      await eventually('its one channel is in use', () => processesWith(`sleep ${time}`).length > 1)
      expect(await up(`${at.there}/b`)).toMatchObject({ ok: true, files: 1 })
      expect(bench.remote.masters()).toHaveLength(1)
      expect(master.exitCode).toBe(null)
    })
  },
  { config: ['MaxSessions 1'] },
)

describeRemote('a transfer under way', (bench) => {
  const at = places(bench)

  it('ends with the daemon', async () => {
    writeFileSync(join(at.local, 'large'), 'x'.repeat(3_000_000))
    const call = at.sync({
      ...{ direction: 'upload', source: `${at.local}/large`, destination: `${at.there}/`, compress: false },
      extra_rsync_args: ['--bwlimit=100'],
    })
    const ended = call.catch((error: Error) => error)
    await eventually('it is half-way', () => readdirSync(at.there).length > 0)
    bench.remote.place.run('shutdown')
    await ended
    await eventually(
      'no rsync is left',
      () =>
        processesWith('rsync ').filter((line) => line.includes('large') || line.includes('--server'))
          .length === 0,
    )
    await eventually('no half file is left', () => readdirSync(at.there).length === 0)
  })
})

const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
)

describe.skipIf(!hasIPv6)('a host that is an IPv6 address', () => {
  it('is synchronised with once, and said to be', async () => {
    // A message of ssh's about such a name looks like the one that says that its master is gone.
    const remote = await Remote.start(['ListenAddress ::1'], { SSH_MCP_LOCAL_ROOTS: '/' })
    const there = mkdtempSync(join(tmpdir(), 'there-'))
    writeFileSync(join(there, 'file'), 'x')
    const connection = {
      ...{ ...remote.sshd.connection, target: `${userInfo().username}@::1` },
      strict_host_key_checking: 'accept-new',
    }
    for (const tool of ['ssh_sync', 'ssh_scp']) {
      const sources =
        tool === 'ssh_sync' ? { source: join(there, 'file') } : { sources: [join(there, 'file')] }
      const args = { ...connection, direction: 'upload', ...sources, destination: join(there, tool) }
      expect(await remote.client.call(tool, args)).toMatchObject({ ok: true, files: 1 })
    }
    await remote.close()
    rmSync(there, { recursive: true })
  })
})

describe('two transfers at once', () => {
  it('do not come between each other’s check and use', async () => {
    const slow = await Remote.start(['ForceCommand sleep 1; exec sh -c "$SSH_ORIGINAL_COMMAND"'])
    const fast = await Remote.start()
    const home = mkdtempSync(join(tmpdir(), 'home-'))
    const there = mkdtempSync(join(tmpdir(), 'there-'))
    try {
      mkdirSync(join(home, '.ssh'))
      writeFileSync(join(home, '.ssh/id'), 'secret')
      mkdirSync(join(home, 'e'))
      mkdirSync(join(there, 'plant'))
      symlinkSync('.ssh', join(there, 'plant/e'))
      const client = await slow.place.client({ HOME: home, SSH_MCP_LOCAL_ROOTS: home })
      const sync = (connection: Facts, args: Facts) => client.call('ssh_sync', { ...connection, ...args })
      // While the slow one has looked at where its source is and has not sent it, the other lays a link there.
      const up = sync(slow.sshd.connection, {
        direction: 'upload',
        source: `${home}/e/`,
        destination: `${there}/got`,
      })
      await eventually('it is under way', () => slow.logins() > 0)
      const down = sync(fast.sshd.connection, {
        direction: 'download',
        source: `${there}/plant/`,
        destination: home,
      })
      expect(await up).toMatchObject({ ok: true, files: 0 })
      expect(await down).toMatchObject({ ok: true })
      expect(readdirSync(join(there, 'got'))).toEqual([])
      expect(lstatSync(join(home, 'e')).isSymbolicLink()).toBe(true)
    } finally {
      for (const remote of [slow, fast]) await remote.close()
      for (const directory of [home, there]) rmSync(directory, { recursive: true })
    }
  })
})
