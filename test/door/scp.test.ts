import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeAccount, startLoginSshd, whyNoAccounts } from '../support/accounts.js'
import { eventually, type Facts, processesWith, type TestClient, Workplace } from '../support/harness.js'
import { describeRemote, PersonsSsh, Remote } from '../support/remote.js'
import { familyOf } from '../support/sshd.js'
import { AWKWARD_NAMES, contentsOf, makeTree, treeOf } from '../support/trees.js'

/** A copy that takes longer than any of these tests. */
const ENDLESS_BYTES = 2 ** 40

/** Whether a small file system can be had. */
function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'mount-'))
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', place]).status === 0
  if (done) execFileSync('umount', [place])
  rmSync(place, { recursive: true })
  return done
}

/** Directories of one test: what is here, and what is there. */
interface Ground {
  here: string
  there: string
}

function makeGround(remote: Remote): Ground {
  const directory = mkdtempSync(join(remote.sshd.directory, 'copy-'))
  const ground = { here: join(directory, 'here'), there: join(directory, 'there') }
  for (const one of Object.values(ground)) mkdirSync(one)
  return ground
}

const leftovers = ({ here, there }: Ground): string[] =>
  [here, there].flatMap((directory) => readdirSync(directory)).filter((name) => name.startsWith('.ssh-mcp-'))

const copiers = ({ here, there }: Ground): string[] => [...processesWith(here), ...processesWith(there)]

describeRemote(
  'ssh_scp',
  (bench) => {
    let ground: Ground
    beforeEach(() => {
      ground = makeGround(bench.remote)
    })
    afterEach(() => {
      expect(leftovers(ground)).toEqual([])
    })
    const scp = (args: Facts, signal?: AbortSignal, client: TestClient = bench.remote.client) =>
      client.call('ssh_scp', { ...bench.remote.sshd.connection, ...args }, signal)
    const upload = (sources: string[], destination: string, more: Facts = {}) =>
      scp({ direction: 'upload', sources, destination, ...more })
    const download = (sources: string[], destination: string, more: Facts = {}) =>
      scp({ direction: 'download', sources, destination, ...more })
    const here = (name: string, text?: string): string => file(ground.here, name, text)
    const there = (name: string, text?: string): string => file(ground.there, name, text)
    const file = (directory: string, name: string, text?: string): string => {
      const path = join(directory, name)
      if (text !== undefined) writeFileSync(path, text)
      return path
    }

    it('uploads a file under a new name, and into a directory', async () => {
      const source = here('a', 'one')
      expect(await upload([source], there('b'))).toMatchObject({
        ...{ ok: true, exit_code: 0, bytes: 3, files: 1, direction: 'upload', stdout: '', stderr: '' },
        ...{ timed_out: false, warning: null, isError: false },
      })
      expect(readFileSync(there('b'), 'utf8')).toBe('one')
      expect(await upload([source, here('c', 'two')], ground.there)).toMatchObject({ ok: true, files: 2 })
      expect(readdirSync(ground.there)).toHaveLength(3)
    })

    it('costs a model hardly more than that it went well', async () => {
      const plain = await bench.remote.place.client({ SSH_MCP_STRUCTURED: '' })
      const result = await scp(
        { direction: 'upload', sources: [here('a', '1')], destination: ground.there },
        undefined,
        plain,
      )
      expect(result.texts.map((text: string) => JSON.parse(text))).toEqual([
        { ok: true, exit_code: 0, files: 1, bytes: 1, duration_ms: expect.any(Number) },
      ])
    })

    it('brings a tree of awkward names there and back as it was', async () => {
      makeTree(here('tree'))
      const how = { recursive: true, preserve_times: true }
      expect(await upload([here('tree')], ground.there, how)).toMatchObject({ ok: true, stderr: '' })
      expect(treeOf(there('tree'))).toEqual(treeOf(here('tree')))
      expect(await download([there('tree')], here('back'), how)).toMatchObject({ ok: true, stderr: '' })
      expect(treeOf(here('back'))).toEqual(treeOf(here('tree')))
    })

    it('takes each awkward name as a source and as a destination, both ways', async () => {
      const sources = AWKWARD_NAMES.map((name) => here(name, name))
      expect(await upload(sources, ground.there)).toMatchObject({ ok: true, files: sources.length })
      mkdirSync(here('back'))
      const from = AWKWARD_NAMES.map((name) => join(ground.there, name))
      expect(await download(from, here('back'))).toMatchObject({ ok: true, files: sources.length })
      expect(contentsOf(here('back'))).toEqual(contentsOf(ground.there))
    })

    it.each(AWKWARD_NAMES)('gives the name %j to what has another one', async (name) => {
      expect(await upload([here('plain', 'x')], join(ground.there, name))).toMatchObject({ ok: true })
      expect(readdirSync(ground.there)).toEqual([name])
      expect(await download([join(ground.there, name)], here('again'))).toMatchObject({ ok: true })
      expect(readFileSync(here('again'), 'utf8')).toBe('x')
    })

    it.each([
      ['dir', ['dir']],
      ['dir/', ['dir']],
      ['dir/.', ['in', 'sub']],
    ])('of the local source %s makes what cp does', async (source, names) => {
      mkdirSync(here('dir/sub'), { recursive: true })
      here('dir/in', '1')
      expect(await upload([`${ground.here}/${source}`], ground.there, { recursive: true })).toMatchObject({
        ok: true,
      })
      expect(readdirSync(ground.there).sort()).toEqual(names)
    })

    it('copies what is in a directory into one that is yet to be made', async () => {
      mkdirSync(there('dir/sub'), { recursive: true, mode: 0o750 })
      there('dir/sub/in', '1')
      expect(await download([`${there('dir')}/.`], here('new'), { recursive: true })).toMatchObject({
        ok: true,
      })
      expect(contentsOf(here('new'))).toEqual(contentsOf(there('dir')))
      expect(statSync(here('new')).mode & 0o777).toBe(0o750)
    })

    it('follows local links, and takes their names', async () => {
      here('target', 'x')
      symlinkSync('target', here('link'))
      expect(await upload([here('link')], ground.there)).toMatchObject({ ok: true })
      expect(readFileSync(there('link'), 'utf8')).toBe('x')
    })

    it('copies over what is there, keeping its mode, and through a link, which stays one', async () => {
      there('real', 'old')
      chmodSync(there('real'), 0o640)
      symlinkSync('real', there('link'))
      expect(await upload([here('a', 'new')], there('link'))).toMatchObject({ ok: true })
      expect([readlinkSync(there('link')), readFileSync(there('real'), 'utf8')]).toEqual(['real', 'new'])
      expect(statSync(there('real')).mode & 0o777).toBe(0o640)
    })

    it('merges a tree into one that is there', async () => {
      mkdirSync(here('tree/sub'), { recursive: true })
      here('tree/sub/a', 'new')
      here('tree/b', 'new')
      mkdirSync(there('tree/sub'), { recursive: true })
      there('tree/sub/a', 'old')
      there('tree/sub/mine', 'mine')
      expect(await upload([here('tree')], ground.there, { recursive: true })).toMatchObject({
        ok: true,
        files: 2,
      })
      expect(readFileSync(there('tree/sub/a'), 'utf8')).toBe('new')
      expect(readFileSync(there('tree/sub/mine'), 'utf8')).toBe('mine')
    })

    it.skipIf(statSync('/dev/shm').dev === statSync(tmpdir()).dev)(
      'merges into a tree of which a part is another file system',
      async () => {
        const elsewhere = mkdtempSync('/dev/shm/ssh-mcp-')
        chmodSync(elsewhere, 0o755)
        mkdirSync(there('tree/sub/deep'), { recursive: true })
        there('tree/sub/a', 'new')
        there('tree/sub/deep/b', 'new')
        // A directory's own time was lost on the way, and seen only where a second began meanwhile.
        utimesSync(there('tree/sub/deep'), 1_000_000_000, 1_000_000_000)
        mkdirSync(here('tree'))
        symlinkSync(elsewhere, here('tree/sub'))
        writeFileSync(join(elsewhere, 'a'), 'old')
        const copy = (overwrite: boolean) =>
          download([there('tree')], ground.here, { recursive: true, preserve_times: true, overwrite })
        expect(await copy(false)).toMatchObject({ isError: true })
        expect(await copy(true)).toMatchObject({ ok: true, files: 2, stderr: '' })
        expect(contentsOf(elsewhere)).toEqual(contentsOf(there('tree/sub')))
        expect(treeOf(join(elsewhere, 'deep'))).toEqual(treeOf(there('tree/sub/deep')))
        rmSync(elsewhere, { recursive: true })
      },
    )

    it.each(['upload', 'download'])('overwrites nothing in an %s that must not', async (direction) => {
      const [from, to] = direction === 'upload' ? [here, there] : [there, here]
      const destination = direction === 'upload' ? ground.there : ground.here
      mkdirSync(from('tree/sub'), { recursive: true })
      from('tree/sub/a', 'new')
      from('tree/b', 'new')
      from('one', 'new')
      mkdirSync(to('tree/sub'), { recursive: true })
      to('tree/sub/a', 'old')
      const copy = (...sources: string[]) =>
        scp({ direction, sources, destination, recursive: true, overwrite: false })
      const refused = await copy(from('one'), from('tree'))
      expect(refused).toMatchObject({ isError: true, error_type: 'validation_error' })
      expect(refused.message).toContain('tree/sub/a')
      expect(refused.message).toContain('Nothing was copied')
      expect(Object.keys(contentsOf(destination))).toEqual(['.', './tree', './tree/sub', './tree/sub/a'])
      expect(await copy(from('one'))).toMatchObject({ ok: true })
      expect(await copy(from('one'))).toMatchObject({ isError: true })
      symlinkSync('nowhere', to('dangling'))
      from('dangling', 'x')
      expect(await copy(from('dangling'))).toMatchObject({ isError: true })
      rmSync(to('tree/sub/a'))
      expect(await copy(from('tree'))).toMatchObject({ ok: true, files: 2 })
    })

    it('gives uploaded files a mode, and directories none', async () => {
      mkdirSync(here('tree/sub'), { recursive: true, mode: 0o755 })
      here('tree/sub/a', '1')
      expect(await upload([here('tree')], ground.there, { recursive: true, mode: '0604' })).toMatchObject({
        ok: true,
      })
      expect(statSync(there('tree/sub/a')).mode & 0o7777).toBe(0o604)
      expect(statSync(there('tree/sub')).mode & 0o777).toBe(0o755)
      expect(await upload([here('tree/sub/a')], there('x'), { mode: '4755' })).toMatchObject({ ok: true })
      expect(statSync(there('x')).mode & 0o7777).toBe(0o4755)
      expect(await upload([here('tree/sub/a')], there('x'), { mode: '999' })).toMatchObject({
        error_type: 'validation_error',
      })
      expect(await download([there('x')], ground.here, { mode: '0644' })).toMatchObject({
        error_type: 'validation_error',
      })
    })

    describe('a remote source', () => {
      it('is a pattern where there is no such file', async () => {
        for (const name of ['a.log', 'b.log', '.c.log', 'd.txt', 'e[1].log']) there(name, name)
        const result = await download([`${ground.there}/*.log`], ground.here)
        expect(result).toMatchObject({ ok: true, files: 3 })
        expect(readdirSync(ground.here).sort()).toEqual(['a.log', 'b.log', 'e[1].log'])
        expect(result.stdout).toContain('a.log')
      })

      it('is taken as it is where there is one', async () => {
        for (const name of ['a[1]', 'a1', '*', 'x\\*', 'x*']) there(name, `this is ${name}`)
        for (const name of ['a[1]', '*', 'x\\*']) {
          expect(await download([join(ground.there, name)], here('got'))).toMatchObject({
            ok: true,
            files: 1,
          })
          expect(readFileSync(here('got'), 'utf8')).toBe(`this is ${name}`)
        }
      })

      it('may be a pattern in any part, with a backslash before what is none', async () => {
        for (const dir of ['one', 'two*']) mkdirSync(there(dir))
        there('one/f1', '1')
        there('two*/f2', '2')
        expect(await download([`${ground.there}/*/f?`], ground.here)).toMatchObject({ ok: true, files: 2 })
        expect(await download([`${ground.there}/two\\*/f[2]`], here('got'))).toMatchObject({
          ok: true,
          files: 1,
        })
      })

      it('needs a directory where more than one matches', async () => {
        for (const name of ['a1', 'a2']) there(name, '')
        const result = await download([`${ground.there}/a?`], here('one'))
        expect(result).toMatchObject({ isError: true, error_type: 'validation_error' })
        expect(result.message).toContain('directory')
        expect(readdirSync(ground.here)).toEqual([])
      })

      it('is told when there is none', async () => {
        const result = await download([there('nope'), `${ground.there}/*.nope`], ground.here)
        expect(result).toMatchObject({ isError: true, error_type: 'remote_file_error' })
        expect(result.message).toContain('no such file')
      })

      it('is refused where it is no file', async () => {
        execFileSync('mkfifo', [there('fifo')])
        expect(await download([there('fifo')], ground.here)).toMatchObject({
          error_type: 'remote_file_error',
        })
        mkdirSync(there('dir'))
        const directory = await download([there('dir')], ground.here)
        expect(directory.message).toContain('recursive: true')
      })
    })

    it('loses none of two sources with one name', async () => {
      for (const name of ['a', 'b']) {
        mkdirSync(here(name))
        here(`${name}/same`, name)
        mkdirSync(there(name))
        there(`${name}/same`, name)
      }
      const up = await upload([here('a/same'), here('b/same')], ground.there)
      expect(up).toMatchObject({ isError: true, error_type: 'validation_error' })
      expect(up.message).toContain('called same')
      expect(await download([`${ground.there}/?/same`], ground.here)).toMatchObject({ isError: true })
    })

    it('says what arrived of several sources, and why the others did not', async () => {
      there('good', '12345')
      const result = await download([there('good'), there('gone')], ground.here)
      expect(result).toMatchObject({ ok: false, exit_code: 1, files: 1, bytes: 5, isError: false })
      expect(result.stdout).toContain(`arrived: 1 file, 5 bytes\n  ${here('good')}`)
      expect(result.stderr).toContain('gone: there is no such file')
      const up = await upload([here('good'), here('gone')], ground.there)
      expect(up).toMatchObject({ ok: false, files: 1 })
      expect(up.stderr).toContain('gone')
    })

    it('keeps what came whole of a tree of which a part cannot be written', async () => {
      mkdirSync(here('tree'))
      for (const name of ['a', 'b', 'big', 'c']) here(`tree/${name}`, name)
      truncateSync(here('tree/big'), 40_000_000)
      // The server that takes the files may write none larger than ten million bytes.
      const remote = await Remote.start(
        ['ForceCommand trap "" XFSZ; ulimit -f 9765; exec /usr/lib/openssh/sftp-server'],
        {
          SSH_MCP_LOCAL_ROOTS: '/',
        },
      )
      const result = await remote.client.call('ssh_scp', {
        ...remote.sshd.connection,
        ...{ direction: 'upload', sources: [here('tree')], destination: ground.there, recursive: true },
      })
      await remote.close()
      expect(result).toMatchObject({ ok: false, files: 3, bytes: 3 })
      expect(result.stdout).toContain('incomplete, not kept')
      expect(result.stderr).toContain('big')
      expect(readdirSync(there('tree')).sort()).toEqual(['a', 'b', 'c'])
    })

    it.each(['upload', 'download'] as const)(
      'leaves nothing of an %s that is cancelled',
      async (direction) => {
        const [from, to] = direction === 'upload' ? [here, there] : [there, here]
        from('endless', '')
        truncateSync(from('endless'), ENDLESS_BYTES)
        to('old', 'old')
        const cancel = new AbortController()
        const copying = scp({ direction, sources: [from('endless')], destination: to('old') }, cancel.signal)
        const side = direction === 'upload' ? ground.there : ground.here
        await eventually('bytes have come', () => {
          const [stage] = leftovers(ground)
          return (
            stage &&
            existsSync(join(side, stage, 'endless')) &&
            statSync(join(side, stage, 'endless')).size > 0
          )
        })
        cancel.abort()
        await expect(copying).rejects.toThrow()
        await eventually(
          'nothing is left',
          () => leftovers(ground).length === 0 && copiers(ground).length === 0,
        )
        expect(readFileSync(to('old'), 'utf8')).toBe('old')
        expect(readdirSync(side)).toEqual(['old'])
        await eventually('nobody serves it any more', () => {
          const family = familyOf(bench.remote.sshd.pid)
          return !family.some((pid) =>
            readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('internal-sftp'),
          )
        })
      },
    )

    it.each(['upload', 'download'])(
      'stops putting a tree in place when the %s is cancelled',
      async (direction) => {
        const [from, to] = direction === 'upload' ? [here, there] : [there, here]
        mkdirSync(from('tree'))
        mkdirSync(to('tree'))
        for (let i = 0; i < 3000; i++) {
          from(`tree/${i}`, 'new')
          to(`tree/${i}`, 'old')
        }
        const isNew = (): number =>
          readdirSync(to('tree')).filter((name) => readFileSync(to(`tree/${name}`), 'utf8') === 'new').length
        const cancel = new AbortController()
        const destination = direction === 'upload' ? ground.there : ground.here
        const copying = scp(
          { direction, sources: [from('tree')], destination, recursive: true },
          cancel.signal,
        )
        await eventually('some are new', () => isNew() > 0)
        cancel.abort()
        await expect(copying).rejects.toThrow()
        await eventually('it has been cleaned up', () => leftovers(ground).length === 0)
        expect(isNew()).toBeLessThan(3000)
      },
    )

    it.each([
      ['dir/sub/..', ['deep', 'mine', 'sub']],
      ['dir/s?b/..', ['deep', 'mine', 'sub']],
      ['dir/..', ['dir']],
    ])('puts what %s holds through the same checks as everything', async (source, names) => {
      mkdirSync(there('dir/sub'), { recursive: true })
      there('dir/mine', 'new')
      there('dir/deep', 'new')
      mkdirSync(here('into'))
      here('into/mine', 'old')
      const copy = (overwrite: boolean) =>
        download([`${ground.there}/${source}`], here('into'), { recursive: true, overwrite })
      const refused = names.includes('mine')
      expect((await copy(false)).isError).toBe(refused)
      expect(readFileSync(here('into/mine'), 'utf8')).toBe('old')
      expect(readdirSync(ground.here)).toEqual(['into'])
      expect(await copy(true)).toMatchObject({ ok: true, files: 2 })
      expect(readdirSync(here('into')).sort()).toEqual([...new Set([...names, 'mine'])].sort())
    })

    describe.skipIf(!canMount())('on a full disk', () => {
      let disk: string
      beforeEach(() => {
        disk = join(ground.there, 'disk')
        mkdirSync(disk)
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,nr_inodes=12', 'none', disk])
        writeFileSync(join(disk, 'old'), 'old')
      })
      afterEach(() => {
        execFileSync('umount', [disk])
      })

      it.each(['upload', 'download'])('an %s changes nothing and claims nothing', async (direction) => {
        here('large', 'x'.repeat(5_000_000))
        const copy = (source: string, name: string) =>
          scp({ direction, sources: [source], destination: join(disk, name), recursive: true })
        for (const name of ['old', 'new']) {
          const result = await copy(here('large'), name)
          expect(result).toMatchObject({ ok: false, files: 0, bytes: 0 })
          expect(result.stdout).toContain('incomplete, not kept')
        }
        expect(readFileSync(join(disk, 'old'), 'utf8')).toBe('old')
        mkdirSync(here('tree'))
        for (const name of ['a', 'b', 'c']) here(`tree/${name}`, name.repeat(900_000))
        const some = await copy(here('tree'), 'tree')
        expect(some.ok).toBe(false)
        const arrived = readdirSync(join(disk, 'tree'))
        expect(arrived).toHaveLength(some.files)
        for (const name of arrived)
          expect(readFileSync(join(disk, 'tree', name), 'utf8')).toBe(name.repeat(900_000))
      })

      it.each(['upload', 'download'])('an %s that cannot even begin is an error', async (direction) => {
        here('small', 'new')
        for (let i = 0; readdirSync(disk).length < 11; i++) writeFileSync(join(disk, String(i)), '')
        const result = await scp({ direction, sources: [here('small')], destination: join(disk, 'old') })
        expect(result).toMatchObject({ isError: true })
        expect(readFileSync(join(disk, 'old'), 'utf8')).toBe('old')
      })
    })

    it('ends at its timeout, and says so', async () => {
      here('endless', '')
      truncateSync(here('endless'), ENDLESS_BYTES)
      const result = await upload([here('endless')], there('x'), { timeout: 1 })
      expect(result).toMatchObject({ ok: false, timed_out: true, files: 0, bytes: 0, isError: false })
      expect(result.stderr).toContain('within 1 s')
      expect(result.stdout).toContain('incomplete, not kept')
      expect(readdirSync(ground.there)).toEqual([])
    })

    it('says that the connection was lost, and leaves nothing half', async () => {
      there('endless', '')
      truncateSync(there('endless'), ENDLESS_BYTES)
      const copying = download([there('endless')], here('x'))
      await eventually('it has begun', () => leftovers(ground).length > 0 && copiers(ground).length > 0)
      for (const pid of bench.remote.masters()) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {}
      }
      const result = await copying
      expect(result).toMatchObject({ ok: false })
      expect(existsSync(here('x'))).toBe(false)
      expect(await upload([here('a', '1')], there('a'))).toMatchObject({ ok: true })
    })

    it('ends with the daemon, even one that is killed, and touches no final name', async () => {
      const remote = await Remote.start([], { SSH_MCP_LOCAL_ROOTS: '/' })
      here('endless', '')
      truncateSync(here('endless'), ENDLESS_BYTES)
      const copying = remote.client
        .call('ssh_scp', {
          ...{ ...remote.sshd.connection, direction: 'upload' },
          ...{ sources: [here('endless')], destination: there('x') },
        })
        .catch((error: Error) => error)
      await eventually('it has begun', () => leftovers(ground).length > 0)
      process.kill(remote.daemonPid(), 'SIGKILL')
      await copying
      await eventually('nobody copies', () => copiers(ground).length === 0)
      await eventually('nobody serves', () => remote.servers().length === 0)
      expect(existsSync(there('x'))).toBe(false)
      for (const name of leftovers(ground)) rmSync(there(name), { recursive: true })
      await remote.close()
    })

    it('reports bytes and rate to a client that asked', async () => {
      here('endless', '')
      truncateSync(here('endless'), ENDLESS_BYTES)
      const cancel = new AbortController()
      const messages: string[] = []
      const args = {
        ...bench.remote.sshd.connection,
        direction: 'upload',
        sources: [here('endless')],
        destination: there('x'),
      }
      const copying = bench.remote.client.mcp
        .callTool({ name: 'ssh_scp', arguments: args }, undefined, {
          signal: cancel.signal,
          onprogress: ({ message }) => messages.push(message ?? ''),
        })
        .catch(() => {})
      await eventually('a report', () =>
        messages.some((text) => /^[\d,]+ of [\d,]+ bytes, \d+ %, [\d.]+ MB\/s$/.test(text)),
      )
      cancel.abort()
      await copying
      await eventually('nothing is left', () => leftovers(ground).length === 0)
    })
  },
  { env: { SSH_MCP_LOCAL_ROOTS: '/' } },
)

describe('the connection of ssh_scp', () => {
  let remote: Remote
  let ground: Ground
  const start = async (config: string[] = []): Promise<void> => {
    remote = await Remote.start(config, { SSH_MCP_LOCAL_ROOTS: '/' })
    ground = makeGround(remote)
    writeFileSync(join(ground.here, 'a'), 'x')
  }
  afterEach(() => remote.close())
  const upload = (client: TestClient = remote.client, more: Facts = {}) =>
    client.call('ssh_scp', {
      ...remote.sshd.connection,
      ...{ direction: 'upload', sources: [join(ground.here, 'a')], destination: ground.there },
      ...more,
    })

  it('is the one that commands have', async () => {
    await start()
    await remote.exec('true')
    for (let i = 0; i < 3; i++) expect(await upload()).toMatchObject({ ok: true })
    expect(remote.logins()).toBe(1)
  })

  it('is made anew when somebody has cleaned its socket away', async () => {
    await start()
    await remote.exec('true')
    for (const name of remote.controls()) rmSync(join(remote.place.state, 'c', name))
    expect(await upload()).toMatchObject({ ok: true })
    await eventually('the old one is ended', () => remote.masters().length === 1)
  })

  it('is another one where a server opens one channel on each', async () => {
    await start(['MaxSessions 1'])
    const all = await Promise.all(Array.from({ length: 3 }, () => upload()))
    expect(all.map(({ ok }) => ok)).toEqual([true, true, true])
  })

  it('is the person’s own where there is one, which stays', async () => {
    await start()
    const person = new PersonsSsh(remote.sshd, [PersonsSsh.sharing(remote.sshd)])
    const master = await person.master()
    const client = await remote.place.client({ SSH_MCP_SSH_BIN: person.program })
    expect(
      await upload(client, { target: 'box', port: null, identity_file: null, known_hosts_file: null }),
    ).toMatchObject({ ok: true })
    expect(remote.logins()).toBe(1)
    expect([master.exitCode, existsSync(person.controlPath)]).toEqual([null, true])
    person.close()
  })

  it('goes past the person’s own where that has no room', async () => {
    await start(['MaxSessions 1'])
    const person = new PersonsSsh(remote.sshd, [PersonsSsh.sharing(remote.sshd)])
    await person.master()
    person.start('box', 'sleep 60')
    await eventually('it is full', () => processesWith('sleep 60').length > 0)
    const client = await remote.place.client({ SSH_MCP_SSH_BIN: person.program })
    expect(
      await upload(client, { target: 'box', port: null, identity_file: null, known_hosts_file: null }),
    ).toMatchObject({ ok: true })
    person.close()
  })

  it('says what works where there is no SFTP server', async () => {
    await start()
    const config = join(remote.sshd.directory, 'sshd_config')
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^Subsystem sftp.*$/m, ''))
    await remote.sshd.restart()
    const result = await upload()
    expect(result).toMatchObject({ isError: true, error_type: 'remote_file_error' })
    expect(result.message).toContain('no SFTP server')
    expect(result.message).toContain('ssh_sync')
  })

  it('says so where a start file prints', async () => {
    await start(['ForceCommand echo Welcome to this machine; exec /usr/lib/openssh/sftp-server'])
    const result = await upload()
    expect(result).toMatchObject({ isError: true, error_type: 'remote_file_error' })
    expect(result.message).toContain('start file')
  })
})

describe('what ssh_scp may touch on this machine', () => {
  let remote: Remote
  let ground: Ground
  let home: string
  let client: TestClient
  beforeAll(async () => {
    remote = await Remote.start()
  })
  afterAll(() => remote.close())
  beforeEach(async () => {
    ground = makeGround(remote)
    home = join(ground.here, 'home')
    mkdirSync(join(home, '.ssh'), { recursive: true })
    writeFileSync(join(home, '.ssh/id'), 'secret')
    writeFileSync(join(ground.there, 'evil'), 'evil')
    client = await remote.place.client({ HOME: home, SSH_MCP_LOCAL_ROOTS: home })
  })
  const scp = (direction: string, source: string, destination: string, more: Facts = {}) =>
    client.call('ssh_scp', {
      ...remote.sshd.connection,
      direction,
      sources: [source],
      destination,
      recursive: true,
      ...more,
    })
  const denied = { isError: true, error_type: 'policy_denied' }

  it.each([
    ['a file outside', '/etc/hostname'],
    ['one that is not there', '/etc/nothing-of-this-name'],
    ['a way out', 'HOME/../../there/evil'],
    ['a link out', 'HOME/link'],
    ['a tree with a link out', 'HOME/tree'],
    ['keys', 'HOME/.ssh/id'],
    ['the home directory with the keys in it', 'HOME'],
    ['this process', '/proc/self/environ'],
    ['a way through a directory outside', '/etc/ssh/../../HOME/mine'],
    ['a way through one that is not there', '/etc/none/../../HOME/mine'],
  ])('uploads nothing of %s', async (_, source) => {
    mkdirSync(join(home, 'tree'))
    writeFileSync(join(home, 'mine'), 'mine')
    for (const link of ['link', 'tree/link']) symlinkSync(join(ground.there, 'evil'), join(home, link))
    const result = await scp('upload', source.replace('HOME', home), join(ground.there, 'got'))
    expect(result).toMatchObject(denied)
    expect(existsSync(join(ground.there, 'got'))).toBe(false)
    if (source.startsWith('/etc')) expect(result.message).toContain('SSH_MCP_LOCAL_ROOTS')
  })

  it.each([
    ['a file outside', '/etc/ssh-mcp-test'],
    ['a directory beside one with the same beginning', 'HOMEx/evil'],
    ['a way out', 'HOME/../out'],
    ['a link to a file outside', 'HOME/link'],
    ['a link to nothing outside', 'HOME/dangling'],
    ['a directory that is a link', 'HOME/dir/evil'],
    ['keys', 'HOME/.ssh/authorized_keys'],
    ['a start file', 'HOME/.bashrc'],
    ['a start file in a directory', '~/.config/fish'],
  ])('downloads nothing to %s', async (_, destination) => {
    const out = join(ground.here, 'out')
    writeFileSync(out, 'mine')
    mkdirSync(join(ground.here, 'homex'))
    mkdirSync(join(home, '.config'))
    symlinkSync(out, join(home, 'link'))
    symlinkSync(join(ground.here, 'new'), join(home, 'dangling'))
    symlinkSync(ground.here, join(home, 'dir'))
    const before = contentsOf(ground.here)
    const to = destination.replace('HOMEx', `${home}x`).replace('HOME', home)
    expect(await scp('download', join(ground.there, 'evil'), to)).toMatchObject(denied)
    expect(contentsOf(ground.here)).toEqual(before)
  })

  it('puts no start file and no key in place that comes within a tree', async () => {
    mkdirSync(join(ground.there, 'tree/.ssh'), { recursive: true })
    mkdirSync(join(ground.there, 'tree/.config/fish'), { recursive: true })
    for (const name of ['.ssh/id', '.bashrc', '.config/fish/config.fish', 'harmless'])
      writeFileSync(join(ground.there, 'tree', name), 'evil')
    const result = await scp('download', `${ground.there}/tree/.`, home)
    expect(result).toMatchObject({ ok: false, files: 1 })
    expect(result.stderr).toContain('.bashrc')
    expect(readFileSync(join(home, '.ssh/id'), 'utf8')).toBe('secret')
    expect(readdirSync(home).sort()).toEqual(['.ssh', 'harmless'])
  })

  it('does not write through a link that was laid for it', async () => {
    const out = join(ground.here, 'out')
    mkdirSync(out)
    symlinkSync(out, join(home, 'tree'))
    mkdirSync(join(ground.there, 'tree'))
    writeFileSync(join(ground.there, 'tree/evil'), 'evil')
    expect(await scp('download', join(ground.there, 'tree'), home)).toMatchObject({ ok: false, files: 0 })
    expect(readdirSync(out)).toEqual([])
  })

  it('refuses what would hang: pipes, devices and loops', async () => {
    mkdirSync(join(home, 'tree'))
    execFileSync('mkfifo', [join(home, 'tree/pipe')])
    expect(await scp('upload', join(home, 'tree'), ground.there)).toMatchObject({
      error_type: 'validation_error',
    })
    mkdirSync(join(home, 'loop'))
    symlinkSync('.', join(home, 'loop/again'))
    expect(await scp('upload', join(home, 'loop'), ground.there)).toMatchObject({
      error_type: 'validation_error',
    })
  })

  it('has an exchange directory of its own where nothing is set', async () => {
    const plain = await remote.place.client({ HOME: home })
    const exchange = join(remote.place.state, 'exchange')
    const args = { ...remote.sshd.connection, direction: 'download', sources: [join(ground.there, 'evil')] }
    expect(await plain.call('ssh_scp', { ...args, destination: `${exchange}/got` })).toMatchObject({
      ok: true,
    })
    expect(statSync(exchange).mode & 0o777).toBe(0o700)
    expect(await plain.call('ssh_scp', { ...args, destination: `${exchange}/../got` })).toMatchObject(denied)
  })
})

describe.skipIf(whyNoAccounts() !== '')('ssh_scp as an ordinary user of the remote', () => {
  it('writes in place where nothing can be made beside the file, and says so', async () => {
    const account = makeAccount()
    const sshd = await startLoginSshd(account, [])
    writeFileSync(account.authorizedKeys, readFileSync(`${sshd.identityFile}.pub`))
    const place = new Workplace({ SSH_MCP_LOCAL_ROOTS: '/' })
    try {
      const client = await place.client()
      const closed = join(account.home, 'closed')
      mkdirSync(closed, { mode: 0o755 })
      writeFileSync(join(closed, 'mine'), 'old')
      execFileSync('chown', [account.name, join(closed, 'mine')])
      writeFileSync(join(account.home, 'source'), 'new')
      const upload = (name: string, more: Facts = {}) =>
        client.call('ssh_scp', {
          ...more,
          ...{ ...sshd.connection, target: `${account.name}@127.0.0.1`, direction: 'upload' },
          ...{ sources: [join(account.home, 'source')], destination: join(closed, name) },
        })
      expect(await upload('mine')).toMatchObject({
        ok: true,
        files: 1,
        warning: expect.stringContaining('in place'),
      })
      expect(readFileSync(join(closed, 'mine'), 'utf8')).toBe('new')
      const refused = await upload('other')
      expect(refused).toMatchObject({ ok: false, files: 0 })
      expect(refused.stderr).toContain('Permission denied')
      const kept = await upload('mine', { overwrite: false })
      expect(kept).toMatchObject({ isError: true })
      expect(readFileSync(join(closed, 'mine'), 'utf8')).toBe('new')
    } finally {
      await place.close()
      await sshd.stop()
      account.remove()
    }
  })
})
