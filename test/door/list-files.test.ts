import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { Facts } from '../support/harness.js'
import { describeRemote, memory } from '../support/remote.js'

describeRemote('ssh_list_files', (bench) => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(bench.remote.sshd.directory, 'list-'))
  })
  const list = (path: string, more: Facts = {}, client = bench.remote.client) =>
    client.call('ssh_list_files', { ...bench.remote.sshd.connection, path, ...more })
  const make = (name: string | Buffer, text = ''): string => {
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]), text)
    return join(directory, String(name))
  }

  it('tells name, type, size, mode, time and where links lead', async () => {
    const file = make('file', '12345')
    chmodSync(file, 0o4751)
    utimesSync(file, 1_000_000_000, 1_000_000_000)
    mkdirSync(join(directory, 'dir'))
    symlinkSync('no\nwhere', join(directory, 'link'))
    execFileSync('mkfifo', [join(directory, 'pipe')])
    execFileSync('python3', ['-c', `import socket; socket.socket(socket.AF_UNIX).bind("${directory}/sock")`])
    const { entries, count, truncated } = await list(directory)
    expect([count, truncated]).toEqual([5, false])
    const [dir, one, link, pipe, sock] = entries
    expect(one).toEqual({
      ...{ name: 'file', name_escaped: false, type: 'file', size_bytes: 5, mode: '4751' },
      ...{ modified: '2001-09-09T01:46:40Z', link_target: null },
    })
    expect(dir).toMatchObject({ name: 'dir', type: 'directory' })
    expect(link).toMatchObject({ name: 'link', type: 'symlink', link_target: 'no\nwhere' })
    expect([pipe.type, sock.type]).toEqual(['fifo', 'socket'])
    expect(await list('/dev/null')).toMatchObject({ entries: [{ name: 'null', type: 'device' }] })
  })

  it('gives a model lines, and no facts that these have', async () => {
    const plain = await bench.remote.place.client({ SSH_MCP_STRUCTURED: '' })
    utimesSync(make('file', '12345'), 1_000_000_000, 1_000_000_000)
    symlinkSync('file', join(directory, 'link'))
    const { texts } = await list(directory, {}, plain)
    expect(texts[0]).toMatch(/^-0644 {10}5 2001-09-09 01:46 file\nl0777 {10}4 \S+ \S+ link -> file\n$/)
    expect(JSON.parse(texts[1])).toEqual({ count: 2 })
  })

  it('shows names for what they are', async () => {
    for (const name of ['new\nline', 'tab\t', '日本', ' x ', '-rf', "$'x'"]) make(name)
    make(Buffer.from('no \xff text', 'latin1'))
    const { entries, listing } = await list(directory)
    const names = Object.fromEntries(entries.map((entry: Facts) => [entry.name, entry.name_escaped]))
    expect(names).toEqual({
      ...{ 'new\nline': false, 'tab\t': false, 日本: false, ' x ': false, '-rf': false, "$'x'": false },
      "$'no \\377 text'": true,
    })
    expect(listing.split('\n')).toHaveLength(8)
    expect(listing).toContain("$'new\\nline'")
  })

  it('leaves out hidden files unless they are asked for', async () => {
    for (const name of ['.a', 'b']) make(name)
    expect((await list(directory)).entries.map(({ name }: Facts) => name)).toEqual(['b'])
    expect(await list(directory, { show_hidden: true })).toMatchObject({ count: 2 })
  })

  it('lists a file by itself, a directory through a link, and the home directory', async () => {
    make('a', '1')
    symlinkSync(directory, `${directory}/again`)
    expect(await list(`${directory}/a`)).toMatchObject({ count: 1, entries: [{ name: 'a', size_bytes: 1 }] })
    expect(await list(`${directory}/again`)).toMatchObject({ count: 2 })
    symlinkSync('nowhere', `${directory}/dangling`)
    expect(await list(`${directory}/dangling`)).toMatchObject({ entries: [{ link_target: 'nowhere' }] })
    const home = await list('~', { show_hidden: true })
    expect(home).toMatchObject({ isError: false })
    expect(await list('.', { show_hidden: true })).toMatchObject({ count: home.count })
  })

  it('counts a hundred thousand entries, shows the first by name, and keeps its memory', async () => {
    execFileSync('bash', ['--norc', '-c', 'cd "$1" && seq 1 100000 | xargs touch', 'make', directory])
    const before = memory(bench.remote.daemonPid(), 'VmHWM')
    const some = await list(directory)
    expect(some).toMatchObject({ count: 100_000, truncated: true })
    expect(some.entries[0].name).toBe('1')
    expect(some.shown).toBe(some.entries.length)
    expect(some.listing.length).toBeLessThanOrEqual(16_100)
    expect(memory(bench.remote.daemonPid(), 'VmHWM') - before).toBeLessThan(50)
    const many = await list(directory, { max_entries: 5000 })
    expect(many.entries).toHaveLength(5000)
    const names = many.entries.map(({ name }: Facts) => name)
    expect(names).toEqual([...names].sort())
  })

  it('says what is wrong with a path', async () => {
    const missing = await list(join(directory, 'nope'))
    expect(missing).toMatchObject({ isError: true, error_type: 'remote_file_error' })
    expect(missing.message).toContain('There is no')
    make('a')
    expect(await list(join(directory, 'a', 'b'))).toMatchObject({ error_type: 'remote_file_error' })
    expect(await list('~nobody-of-this-name/x')).toMatchObject({ error_type: 'remote_file_error' })
    expect(await list('a\0b')).toMatchObject({ error_type: 'validation_error' })
    expect(await list('')).toMatchObject({ error_type: 'validation_error' })
  })

  it('knows the homes of others', async () => {
    expect(await list(`~${userInfo().username}`)).toMatchObject({ isError: false })
  })
})
