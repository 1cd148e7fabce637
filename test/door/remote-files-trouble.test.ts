import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, makeAccount, whyNoAccounts } from '../support/accounts.js'
import { eventually, type Facts, processesWith } from '../support/harness.js'
import { memory, nap, Remote, type RemoteBench } from '../support/remote.js'
import { ALL_TOOLS, describeFiles, leftovers, RemoteFiles } from '../support/remote-files.js'

describeFiles('file tools with much to do', (files, bench) => {
  it('shows the beginning of a file of 10 GB at once, and any part near it', async () => {
    const path = join(files.directory(), 'huge')
    writeFileSync(path, 'first\nsecond\nthird\n')
    truncateSync(path, 10 * 1024 ** 3)
    const facts = await files.view(path, { view_range: [2, 3] })
    expect(facts).toMatchObject({ content: 'second\nthird\n', size_bytes: 10 * 1024 ** 3, total_lines: null })
    expect(await files.view(path)).toMatchObject({ content: 'first\nsecond\nthird\n', truncated: true })
    expect((await files.edit(path, 'first', 'x')).message).toMatch(/too large/)
  })

  it('cuts a line that is longer than what is asked for, at a character', async () => {
    const path = join(files.directory(), 'line')
    writeFileSync(path, `${'ö😀'.repeat(2_000_000)}needle${'x'.repeat(1_000_000)}\nnext needle\n`)
    const cut = await files.view(path, { max_bytes: 15 })
    expect(cut).toMatchObject({ content: 'ö😀ö😀ö', truncated: true, encoding: null, end_line: 1 })
    expect(cut.more).toMatch(/longer than max_bytes/)
    const all = await files.view(path, { force_read_large_files: true })
    expect(all.content.length).toBeLessThanOrEqual(1_000_000)
    const found = await files.grep('needle', path, { output_mode: 'content' })
    expect(found).toMatchObject({ count: 2, truncated: true })
    expect(found.matches).toMatch(/… \([0-9,]+ more bytes\)\n.*:2:next needle$/)
    expect(found.matches.length).toBeLessThan(3000)
    expect(await files.edit(path, 'needlex', 'y')).toMatchObject({ isError: true })
  })

  it('says so where a file is not UTF-8', async () => {
    const path = join(files.directory(), 'latin')
    writeFileSync(path, Buffer.from('gr\xfc\xdfe\n', 'latin1'))
    expect(await files.view(path)).toMatchObject({
      content: 'gr\ufffd\ufffde\n',
      encoding: expect.stringMatching(/not UTF-8/),
    })
    expect(await files.edit(path, 'gr', 'Gr')).toMatchObject({ isError: false })
    expect(readFileSync(path, 'latin1')).toBe('Gr\xfc\xdfe\n')
  })

  it('marks names that are not what they look like', async () => {
    const directory = files.directory()
    const names = ['plain', 'a\nfile b', `$'x'`, '\u202egpj.exe', 'e\x1b[31m']
    for (const name of names) writeFileSync(join(directory, name), 'x\n')
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from('caf\xe9', 'latin1')]), 'x\n')
    const shown = [
      'plain',
      "$'a\\nfile b'",
      "$'$\\'x\\''",
      "$'\\342\\200\\256gpj.exe'",
      "$'e\\033[31m'",
      "$'caf\\351'",
    ]
    const { entries, content } = await files.view(directory)
    expect(entries.map(({ path }: { path: string }) => path).sort()).toEqual([...shown].sort())
    expect(content.split('\n').sort()).toEqual(['', ...shown.map((name) => `file ${name}`)].sort())
    const { matches } = await files.grep('x', directory)
    expect(matches.split('\n')).toHaveLength(6)
    expect(matches).toContain(`$'${directory}/a\\nfile b'`)
    // What is shown is what bash reads.
    const read = execFileSync('bash', [
      '-c',
      `cat ${matches
        .split('\n')
        .filter((line: string) => line.startsWith('$'))
        .join(' ')}`,
    ])
    expect(String(read)).toBe('x\n'.repeat(4))
  })

  it('lists the first thousand entries of a directory, and counts all', async () => {
    const directory = files.directory()
    for (let i = 0; i < 1203; i++) writeFileSync(join(directory, `${i}`), '')
    const facts = await files.view(directory)
    expect(facts).toMatchObject({
      count: 1203,
      truncated: true,
      more: expect.stringMatching(/^1000 of 1203/),
    })
    expect(facts.entries).toHaveLength(1000)
    expect(await files.view('/dev')).toMatchObject({
      entries: expect.arrayContaining([{ path: 'null', type: 'device' }]),
    })
  })

  it('searches 10,000 files, one of them binary', async () => {
    const directory = files.directory()
    for (let d = 0; d < 100; d++) {
      mkdirSync(join(directory, `d ${d}`))
      for (let f = 0; f < 100; f++)
        writeFileSync(join(directory, `d ${d}`, `${f}.txt`), `this is ${d * 100 + f}.\n`)
    }
    writeFileSync(join(directory, 'binary'), 'this is 77.\0')
    expect(await files.grep('is (77|9999)\\.$', directory, { output_mode: 'content' })).toMatchObject({
      matches: `${directory}/d 0/77.txt:1:this is 77.\n${directory}/d 99/99.txt:1:this is 9999.`,
      ...{ count: 2, truncated: false, warning: null },
    })
    const all = await files.grep('this', directory, { output_mode: 'content' })
    expect(all).toMatchObject({ truncated: true, isError: false })
    expect(all.matches.length).toBeLessThanOrEqual(16_000)
    expect(await files.grep('this', directory, { output_mode: 'count', head_limit: 7 })).toMatchObject({
      count: 7,
    })
    await eventually('the search has ended', () => processesWith(directory).length === 0)
  })

  it('finds among 200,000 files in bounded memory, and stops when it has enough', async () => {
    const directory = files.directory()
    const script =
      'for d in $(seq 100); do mkdir "$d"; (cd "$d" && seq 2000 | sed "s/$/-a-file-with-a-name.log/" | xargs touch); done'
    execFileSync('sh', ['-c', script], { cwd: directory })
    await files.glob('nothing', directory)
    const before = memory(bench.remote.daemonPid(), 'VmHWM')
    expect(await files.glob('**/1999-*.log', directory)).toMatchObject({ count: 100, truncated: false })
    expect(await files.glob('*', directory)).toMatchObject({ truncated: true, isError: false })
    expect(await files.glob('*.log', directory, { head_limit: 5 })).toMatchObject({
      count: 5,
      truncated: true,
    })
    const bombs = [
      `${'*a'.repeat(100)}*b`,
      `${'{a,b}'.repeat(6)}***x`,
      `${'**/'.repeat(90)}x`,
      '?*'.repeat(200),
    ]
    for (const pattern of bombs)
      expect(await files.glob(pattern, directory)).toMatchObject({ isError: false, count: 0 })
    expect(memory(bench.remote.daemonPid(), 'VmHWM') - before).toBeLessThan(60)
    rmSync(directory, { recursive: true })
  }, 180_000)

  it.each([
    ['a bomb of braces', `${'{a,b}'.repeat(40)}`],
    ['nested braces', '{'.repeat(400) + 'a,b}'.repeat(400)],
    ['an absolute pattern', '/etc/*.conf'],
    ['one that leads out', '../*'],
    ['half a character', '\ud800'],
    ['a NUL', 'a\0'],
  ])('refuses %s', async (_, pattern) => {
    expect(await files.glob(pattern, '.')).toMatchObject({ isError: true, error_type: 'validation_error' })
  })

  it.each<[string, string, Facts]>([
    ['a range that begins at 0', 'view', { view_range: [0, 3] }],
    ['a range that ends before it begins', 'view', { view_range: [4, 3] }],
    ['a range of one', 'view', { view_range: [4] }],
    ['a path with a NUL', 'view', { path: '/etc\0' }],
    ['an empty path', 'view', { path: '' }],
    ['a path with half a character', 'create', { path: '/tmp/\ud800', content: '' }],
    ['a name that ends in a slash', 'create', { path: '/tmp/x/', content: '' }],
    ['no edits', 'edit', { edits: [] }],
    ['too much content', 'create', { content: 'x'.repeat(8 * 1024 * 1024 + 1) }],
    ['a pattern of two lines', 'grep', { pattern: 'a\nb' }],
  ])('refuses %s', async (_, tool, args) => {
    const facts = await files.call(tool, { path: '/tmp/nothing', ...args })
    expect(facts).toMatchObject({ isError: true, error_type: 'validation_error' })
  })

  it('gives a model the content and the few facts that it needs', async () => {
    const plain = await bench.remote.place.client({ SSH_MCP_STRUCTURED: '', SSH_MAX_OUTPUT_CHARS: '20' })
    const path = join(files.directory(), 'file')
    writeFileSync(path, '{"a": 1}\n')
    const view = (args: Facts = {}) =>
      plain.call('ssh_view', { ...bench.remote.sshd.connection, path, ...args })
    const [content, facts, ...more] = (await view()).texts
    expect([content, JSON.parse(facts), more]).toEqual([
      '{"a": 1}\n',
      { size_bytes: 9, total_lines: 1, end_line: 1 },
      [],
    ])
    writeFileSync(path, 'line of text\n'.repeat(9))
    expect((await view()).texts[0]).toBe('line of text\n')
    expect((await view({ max_bytes: 30 })).texts[0]).toBe('line of text\n'.repeat(2))
  })

  it('searches and shows until its time is up', async () => {
    const directory = files.directory()
    writeFileSync(join(directory, 'file'), 'needle\n')
    const facts = await files.glob('*', '/proc', { timeout: 0.000001 })
    expect(facts.isError || facts.timed_out).toBe(true)
  })
})

describeFiles('several calls at once', (files) => {
  it('makes every edit of one file, one after another', async () => {
    const path = join(files.directory(), 'file')
    const names = Array.from({ length: 12 }, (_, i) => `<${i}>`)
    writeFileSync(path, names.join('\n'))
    const all = await Promise.all(names.map((name) => files.edit(path, name, `done ${name.slice(1, -1)}`)))
    for (const facts of all) expect(facts).toMatchObject({ isError: false })
    expect(readFileSync(path, 'utf8')).toBe(names.map((name) => `done ${name.slice(1, -1)}`).join('\n'))
    expect(leftovers(join(path, '..'))).toEqual([])
  })

  it('lets one of those who create a file win', async () => {
    const path = join(files.directory(), 'file')
    const contents = Array.from({ length: 10 }, (_, i) => `${i}`.repeat(100_000))
    const all = await Promise.all(contents.map((content) => files.create(path, content)))
    const won = all.findIndex(({ isError }) => !isError)
    expect(all.filter(({ isError }) => !isError)).toHaveLength(1)
    for (const facts of all.filter(({ isError }) => isError)) expect(facts.message).toMatch(/exists already/)
    expect(readFileSync(path, 'utf8')).toBe(contents[won])
    expect(readdirSync(join(path, '..'))).toEqual(['file'])
  })
})

describeFiles('files that are searched by themselves', (files) => {
  it('are called as they were asked for', async () => {
    const name = `grep-${process.pid}-${Date.now()}`
    const path = join(homedir(), name)
    writeFileSync(path, 'hello\n')
    for (const [asked, shown] of [
      [`./${name}`, `./${name}`],
      [name, name],
      [path, path],
    ])
      expect(
        await files.call('grep', { path: asked, pattern: 'hel*o', output_mode: 'content' }),
      ).toMatchObject({
        matches: `${shown}:1:hello`,
      })
    rmSync(path)
  })

  it('have no warning for what only the pattern is warned of', async () => {
    const path = join(files.directory(), 'file')
    writeFileSync(path, 'a\n')
    const facts = await files.call('grep', { path, pattern: '*a' })
    expect(facts).toMatchObject({ isError: false, warning: null })
  })
})

const HOOKS = mkdtempSync(join(tmpdir(), 'hooks-'))
afterAll(() => rmSync(HOOKS, { recursive: true }))

/** Has a script stand for a program on the remote, as long as `work` lasts. */
async function standingIn<T>(program: string, script: string, work: () => Promise<T>): Promise<T> {
  const path = join(HOOKS, program)
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return work().finally(() => rmSync(path))
}

describeFiles(
  'a remote on which something happens meanwhile',
  (files) => {
    const fileWith = (content: string): string => {
      const path = join(files.directory(), 'file')
      writeFileSync(path, content)
      return path
    }

    it.each([
      ['sha256sum', ''],
      ['cksum', 'sha256sum'],
      ['md5sum', 'sha256sum cksum'],
    ])('leaves a file alone that was changed before %s looked', async (program, missing) => {
      const path = fileWith('old\n')
      // What the shell does not find on its path counts as not installed; here nothing else is on it.
      const own = mkdtempSync(join(tmpdir(), 'own-'))
      const without = missing
        .split(' ')
        .filter(Boolean)
        .map((name) => `rm -f '${own}/${name}'`)
      execFileSync('sh', ['-c', `ln -s /usr/bin/* '${own}'; ${['true', ...without].join('; ')}`])
      rmSync(join(own, program))
      const real = `/usr/bin/${program}`
      const write = (script: string) =>
        writeFileSync(join(own, program), `#!/bin/sh\n${script}exec ${real} "$@"\n`, { mode: 0o755 })
      const edit = () =>
        standingIn('sh', `PATH='${own}' exec /bin/sh "$@"`, () => files.edit(path, 'old', 'new'))
      write(`echo more >>'${path}'\n`)
      expect((await edit()).message).toMatch(/changed by somebody else/)
      expect(readFileSync(path, 'utf8')).toBe('old\nmore\n')
      write('')
      expect(await edit()).toMatchObject({ isError: false })
      expect(readFileSync(path, 'utf8')).toBe('new\nmore\n')
      expect(leftovers(join(path, '..'))).toEqual([])
      rmSync(own, { recursive: true })
    })

    it('gives a file back that somebody wrote to in the moment of the rename', async () => {
      const path = fileWith('old\n')
      const mv = `case $2 in new) echo more >>'${path}';; esac; exec /usr/bin/mv "$@"`
      const facts = await standingIn('mv', mv, () => files.edit(path, 'old', 'new'))
      expect(facts.message).toMatch(/changed by somebody else/)
      expect(readFileSync(path, 'utf8')).toBe('old\nmore\n')
      expect(leftovers(join(path, '..'))).toEqual([])
    })

    it('writes through no link that others lay where the new file is to be', async () => {
      const path = fileWith('old\n')
      const victim = join(files.directory(), 'victim')
      writeFileSync(victim, 'secret', { mode: 0o600 })
      // As somebody could who may write to the directory: whatever is made there is replaced by a link.
      const directory = join(path, '..')
      const lay = `for f in '${directory}'/.ssh-mcp-*; do rm -rf "$f"; ln -s '${victim}' "$f"; done`
      for (const program of ['cp', 'cat', 'chmod', 'mv']) {
        await standingIn(program, `${lay}; exec /usr/bin/${program} "$@"`, () =>
          files.edit(path, 'old', 'new'),
        )
        expect([readFileSync(victim, 'utf8'), statSync(victim).mode & 0o7777]).toEqual(['secret', 0o600])
        execFileSync('sh', ['-c', `rm -rf '${directory}'/.ssh-mcp-*`])
      }
    })

    it('leaves a file alone that was replaced or given another mode', async () => {
      for (const change of ['chmod 600 F', 'rm F; mkdir F', 'ln F F2', 'rm F']) {
        const path = fileWith('old\n')
        const script = change.replaceAll('F', `'${path}'`).replaceAll("'2", "2'")
        const facts = await standingIn('id', `${script}; exec /usr/bin/id "$@"`, () =>
          files.edit(path, 'old', 'new'),
        )
        expect(facts.isError).toBe(true)
        expect(leftovers(join(path, '..'))).toEqual([])
      }
    })

    it('writes nothing when not all of the content arrives, or the disk is full', async () => {
      const path = fileWith('old\n')
      const cut = () => files.edit(path, 'old', 'new')
      expect((await standingIn('cat', 'head -c 2', cut)).message).toMatch(/Not all/)
      const full = 'echo "cat: write error: No space left on device" >&2; exit 1'
      expect((await standingIn('cat', full, cut)).message).toMatch(/No space left on device/)
      const created = () => files.create(`${path}2`, 'content')
      expect((await standingIn('cat', 'head -c 2', created)).message).toMatch(/Not all/)
      expect((await standingIn('cat', full, created)).message).toMatch(/No space left on device/)
      expect(readdirSync(join(path, '..'))).toEqual(['file'])
      expect(readFileSync(path, 'utf8')).toBe('old\n')
    })

    it('creates a file where there are no links, and replaces none that came meanwhile', async () => {
      const path = join(files.directory(), 'file')
      const create = (script: string) => standingIn('link', script, () => files.create(path, 'mine'))
      expect(await create('exit 1')).toMatchObject({ isError: false })
      expect(readFileSync(path, 'utf8')).toBe('mine')
      rmSync(path)
      const facts = await create(`echo theirs >'${path}'; exit 1`)
      expect(facts.message).toMatch(/exists already/)
      expect(readFileSync(path, 'utf8')).toBe('theirs\n')
      expect(readdirSync(join(path, '..'))).toEqual(['file'])
    })

    it.each(['cancelled', 'timed out'])('leaves nothing of a write that is %s', async (how) => {
      for (const [program, write] of [
        [
          'chmod',
          (path: string, signal: AbortSignal, args: Facts) =>
            files.call('edit', { path, edits: [{ old_str: 'old', new_str: 'new' }], ...args }, signal),
        ],
        [
          'link',
          (path: string, signal: AbortSignal, args: Facts) =>
            files.call('create', { path: `${path}2`, content: 'x', ...args }, signal),
        ],
      ] as const) {
        const path = fileWith('old\n')
        const [time, abort] = [nap(), new AbortController()]
        await standingIn(program, `sleep ${time}`, async () => {
          const call = write(path, abort.signal, how === 'timed out' ? { timeout: 1.5 } : {}).catch(
            () => null,
          )
          if (how === 'cancelled') {
            await eventually('it is about to be written', () => processesWith(`sleep ${time}`).length > 0)
            expect(leftovers(join(path, '..'))).toHaveLength(1)
            abort.abort()
          }
          const facts = await call
          if (how === 'timed out') expect(facts?.message).toMatch(/as it was, or complete/)
        })
        await eventually('nothing is left', () => leftovers(join(path, '..')).length === 0)
        expect(processesWith(time)).toEqual([])
        expect(readdirSync(join(path, '..'))).toEqual(['file'])
        expect(readFileSync(path, 'utf8')).toBe('old\n')
      }
    })

    // A loaded machine has time for it: about one write in ten that was cut off left its directory.
    it.each([
      ['began', 'mkdir', '/usr/bin/mkdir "$@"; kill -TERM 0'],
      ['ended already', 'rm', 'kill -TERM 0; exec /usr/bin/rm "$@"'],
    ])('leaves nothing of a write that is cut off when it just %s', async (_, program, script) => {
      const path = fileWith('old\n')
      for (const write of [() => files.edit(path, 'old', 'new'), () => files.create(`${path}2`, 'x')])
        await standingIn(program, script, write)
      expect(leftovers(join(path, '..'))).toEqual([])
    })

    it('says which program is missing', async () => {
      const own = mkdtempSync(join(tmpdir(), 'own-'))
      execFileSync('sh', ['-c', `ln -s /usr/bin/* '${own}'; rm '${own}/find'`])
      const facts = await standingIn('sh', `PATH='${own}' exec /bin/sh "$@"`, () => files.glob('*', '/etc'))
      expect(facts).toMatchObject({
        error_type: 'remote_file_error',
        message: expect.stringMatching(/no program 'find'/),
      })
      rmSync(own, { recursive: true })
    })
  },
  [`SetEnv HOME=%HOME% PATH=${HOOKS}:/usr/bin:/bin`],
)

for (const [what, command] of [
  ['a device', `printf '%%%% Invalid input detected\\n'`],
  ['what it wants to', 'echo backup done'],
] as const) {
  describeFiles(
    `a remote that runs ${what}`,
    (files) => {
      it('is no place for file tools', async () => {
        for (const call of [
          () => files.view('/etc'),
          () => files.create('/tmp/x', ''),
          () => files.edit('/tmp/x', 'a', 'b'),
        ])
          expect(await call()).toMatchObject({
            error_type: 'remote_file_error',
            message: expect.stringMatching(/POSIX shell|did not run/),
          })
      })
    },
    [`ForceCommand ${command}`],
  )
}

describe.skipIf(whyNoAccounts() !== '')('file tools of a user who is not root', () => {
  let account: Account
  const bench = {} as RemoteBench
  const files = new RemoteFiles(bench)
  const at = (name: string): string => join(account.home, name)
  const uid = () => statSync(account.home).uid
  const by = (call: (args: Facts) => Promise<Facts>) => call({ target: `${account.name}@127.0.0.1` })

  const make = (name: string, mode: number, owner = uid(), group = owner): string => {
    writeFileSync(at(name), 'old\n')
    chownSync(at(name), owner, group)
    chmodSync(at(name), mode)
    return at(name)
  }

  beforeAll(async () => {
    account = makeAccount()
    bench.remote = await Remote.start(
      [`AuthorizedKeysFile ${account.authorizedKeys}`, `SetEnv HOME=${account.home}`],
      ALL_TOOLS,
    )
    writeFileSync(account.authorizedKeys, readFileSync(`${bench.remote.sshd.identityFile}.pub`))
  })

  afterAll(async () => {
    await bench.remote?.close()
    account?.remove()
  })

  it('keeps a mode and an owner', async () => {
    for (const mode of [0o640, 0o600, 0o4711]) {
      const path = make('own', mode)
      expect(await by((args) => files.edit(path, 'old', 'new', args))).toMatchObject({ isError: false })
      expect(statSync(path)).toMatchObject({ uid: uid(), gid: uid() })
      expect(statSync(path).mode & 0o7777).toBe(mode)
    }
  })

  it.each<[string, () => string, RegExp]>([
    [
      'another user’s file',
      () => make('theirs', 0o666, 0),
      /belongs to another user.*as that user or as root/,
    ],
    ['a group that cannot be kept', () => make('group', 0o660, uid(), 0), /could not be kept/],
    ['what is write-protected', () => make('protected', 0o444), /not writable/],
    ['what is not readable', () => make('secret', 0o600, 0), /Permission denied/],
  ])('does not edit %s', async (_, path, words) => {
    const before = statSync(path())
    const facts = await by((args) => files.edit(path(), 'old', 'new', args))
    expect(facts).toMatchObject({ error_type: 'remote_file_error', message: expect.stringMatching(words) })
    expect(statSync(path())).toMatchObject({ uid: before.uid, gid: before.gid, mode: before.mode })
    expect(readFileSync(path(), 'utf8')).toBe('old\n')
    expect(leftovers(account.home)).toEqual([])
  })

  it('says what is denied', async () => {
    mkdirSync(at('closed'))
    chmodSync(at('closed'), 0o700)
    writeFileSync(at('closed/file'), 'old')
    mkdirSync(at('fixed'))
    chmodSync(at('fixed'), 0o755)
    writeFileSync(at('fixed/file'), 'old')
    chmodSync(at('fixed/file'), 0o666)
    chownSync(at('fixed/file'), uid(), uid())
    const denied = [
      by((args) => files.view(at('closed'), args)),
      by((args) => files.view(at('closed/file'), args)),
      by((args) => files.create(at('closed/new'), '', args)),
      by((args) => files.create(at('fixed/new'), '', args)),
      by((args) => files.edit(at('fixed/file'), 'old', 'new', args)),
      by((args) => files.grep('x', at('closed'), args)),
      by((args) => files.glob('x', at('closed'), args)),
    ]
    for (const facts of await Promise.all(denied))
      expect(facts).toMatchObject({
        error_type: 'remote_file_error',
        message: expect.stringMatching(/Permission denied/),
      })
    expect(existsSync(at('closed/new')) || existsSync(at('fixed/new'))).toBe(false)
    expect(readFileSync(at('fixed/file'), 'utf8')).toBe('old')
  })

  it('gives what can be read, and counts what cannot', async () => {
    mkdirSync(at('mixed/closed'), { recursive: true })
    chmodSync(at('mixed/closed'), 0o700)
    for (const [name, mode] of [
      ['yes', 0o644],
      ['no', 0o600],
      ['neither', 0o600],
    ] as const)
      writeFileSync(at(`mixed/${name}`), 'needle\n', { mode })
    expect(await by((args) => files.grep('needle', at('mixed'), args))).toMatchObject({
      matches: at('mixed/yes'),
      warning: expect.stringMatching(/^3 files or directories could not be read/),
    })
    expect(await by((args) => files.glob('*', at('mixed'), args))).toMatchObject({
      count: 3,
      warning: expect.stringMatching(/^One file or directory could not be read/),
    })
  })
})
