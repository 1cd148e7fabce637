import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Caller, callerOf } from '../../../src/connection/caller.js'
import { type Fence, fenceOf, localPath } from '../../../src/transfer/fence.js'
import { fromText, toText } from '../../../src/transfer/raw-path.js'

/** A tree of its own: a place to work in, a home, and what lies outside. */
let top: string
let own: string
let home: string

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'fence-')))
  own = join(top, 'own')
  home = join(top, 'home')
  for (const directory of ['own/sub', 'own2', 'outside', 'home/.ssh', 'home/.config/fish'])
    mkdirSync(join(top, directory), { recursive: true })
  for (const file of [
    'own/file',
    'own2/file',
    'outside/secret',
    'home/.ssh/id',
    'home/plain',
    'home/.bashrc',
  ])
    writeFileSync(join(top, file), file)
})

afterEach(() => rmSync(top, { recursive: true, force: true }))

const caller = (roots?: string, cwd = own): Caller =>
  callerOf(
    {
      HOME: home,
      SSH_MCP_STATE_DIR: join(top, 'state'),
      ...(roots === undefined ? {} : { SSH_MCP_LOCAL_ROOTS: roots }),
    },
    cwd,
  )
const fence = (roots?: string, cwd?: string): Fence => fenceOf(caller(roots, cwd))
const readable = (path: string, roots?: string) => fence(roots).readable(fromText(path))
const writable = (path: string, roots?: string) => fence(roots).writable(fromText(path))
const type = (type: string) => expect.objectContaining({ type })
const DENIED = type('policy_denied')
const INVALID = type('validation_error')

describe('the roots', () => {
  it('are the working directory and an exchange directory of our own, which is made when it is needed', async () => {
    expect(await readable(`${own}/file`)).toBe(`${own}/file`)
    await expect(readable(`${top}/outside/secret`)).rejects.toEqual(DENIED)
    expect(existsSync(`${top}/state`)).toBe(false)
    expect(await writable(`${top}/state/exchange/new`)).toEqual({
      real: `${top}/state/exchange/new`,
      exists: null,
    })
    expect(statSync(`${top}/state/exchange`).mode & 0o777).toBe(0o700)
    await expect(writable(`${top}/state/other`)).rejects.toEqual(DENIED)
  })

  it.each(['/', 'home', 'password'])(
    'are the exchange directory alone where a client starts in %s',
    async (cwd) => {
      const directory = { '/': '/', home, password: userInfo().homedir }[cwd] as string
      const narrow = fence(undefined, directory)
      await expect(narrow.readable(fromText(join(directory, 'plain')))).rejects.toEqual(DENIED)
      expect((await narrow.writable(`${top}/state/exchange/x`)).exists).toBe(null)
    },
  )

  it('are what the setting says, and then nothing else', async () => {
    await expect(readable(`${own}/file`, `${top}/outside`)).rejects.toEqual(DENIED)
    await expect(writable(`${top}/state/exchange/x`, `${top}/outside`)).rejects.toEqual(DENIED)
    for (const roots of [`${top}/outside:${own}`, `${top}/outside,~/..`, `~/../outside:${own}`])
      expect(await readable(`${top}/outside/secret`, roots)).toBe(`${top}/outside/secret`)
  })

  it('may have the separators in their names', async () => {
    mkdirSync(`${top}/a:b,c`)
    expect((await writable(`${top}/a:b,c/x`, `${own}:${top}/a:b,c,${top}/outside`)).exists).toBe(null)
    expect((await writable(`${top}/outside/x`, `${own}:${top}/a:b,c,${top}/outside`)).exists).toBe(null)
  })

  it.each(['relative', './x', '~user/x', 'x:/tmp'])('must be absolute: %s', (roots) => {
    expect(() => fence(roots)).toThrow(/SSH_MCP_LOCAL_ROOTS/)
  })

  it('may be links, and are what those lead to', async () => {
    symlinkSync(`${top}/outside`, `${top}/link`)
    for (const path of [`${top}/link/secret`, `${top}/outside/secret`])
      expect(await readable(path, `${top}/link`)).toBe(`${top}/outside/secret`)
    await expect(readable(`${own}/file`, `${top}/link`)).rejects.toEqual(DENIED)
  })

  it('do not take in what only begins with the same letters', async () => {
    await expect(readable(`${top}/own2/file`)).rejects.toEqual(DENIED)
    await expect(writable(`${top}/own2/new`)).rejects.toEqual(DENIED)
    await expect(writable(`${top}/work3`)).rejects.toEqual(DENIED)
  })

  it('may be everything', async () => {
    expect(await readable(`${top}/outside/secret`, '/')).toBe(`${top}/outside/secret`)
    await expect(readable(`${home}/.ssh/id`, '/')).rejects.toEqual(DENIED)
  })
})

describe('links and dots', () => {
  it('lead where the system goes', async () => {
    symlinkSync(`${top}/outside`, `${own}/out`)
    symlinkSync('out', `${own}/chain`)
    symlinkSync('../../outside/secret', `${own}/sub/file`)
    symlinkSync('sub', `${own}/in`)
    for (const path of [
      'out/secret',
      'chain/secret',
      'chain',
      'out/../own2/file',
      'sub/file',
      '../outside/secret',
    ])
      await expect(readable(`${own}/${path}`), path).rejects.toEqual(DENIED)
    for (const path of ['out/new', 'chain/../own2/x', 'chain', 'sub/file', '../own2/x'])
      await expect(writable(`${own}/${path}`), path).rejects.toEqual(DENIED)
    expect(await readable(`${own}/in/../file`)).toBe(`${own}/file`)
    // Through a place outside nothing is told, or it could be asked whether that is there.
    await expect(readable(`${own}/out/../own/file`)).rejects.toEqual(DENIED)
    await expect(readable(`${own}/../nothing/../own/file`)).rejects.toEqual(DENIED)
    expect(await readable(`${own}/../own/file`)).toBe(`${own}/file`)
    expect(await writable(`${own}/in/x`)).toEqual({ real: `${own}/sub/x`, exists: null })
    expect(await writable(`${own}/in/`)).toEqual({ real: `${own}/sub`, exists: 'directory' })
  })

  it('that dangle are judged by where they would write', async () => {
    symlinkSync(`${top}/outside/new`, `${own}/away`)
    symlinkSync('sub/new', `${own}/stays`)
    symlinkSync('loop', `${own}/loop`)
    await expect(writable(`${own}/away`)).rejects.toEqual(DENIED)
    expect(await writable(`${own}/stays`)).toEqual({ real: `${own}/sub/new`, exists: null })
    await expect(readable(`${own}/loop`)).rejects.toEqual(INVALID)
    // Whether there is something outside is not told either way.
    await expect(readable(`${own}/away`)).rejects.toEqual(DENIED)
  })

  it('do not tell what exists outside', async () => {
    const said = async (path: string): Promise<string> =>
      (await readable(path).catch((error: Error) => error.message)).replaceAll(path, 'PATH')
    const there = await said(`${top}/outside/secret`)
    expect(there).toMatch(/SSH_MCP_LOCAL_ROOTS/)
    expect(there).toContain(own)
    for (const path of ['outside/none', 'none/none', 'outside/secret/x', 'outside'])
      expect(await said(`${top}/${path}`)).toBe(there)
    expect(await said(`${home}/.ssh/id`)).toBe(await said(`${home}/.ssh/none`))
    await expect(readable(`${own}/none`)).rejects.toEqual(INVALID)
  })

  it('need a directory to write into', async () => {
    for (const path of ['none/x', 'file/x', 'none/../x', 'file/../x', 'none/..'])
      await expect(writable(`${own}/${path}`), path).rejects.toEqual(INVALID)
    expect(await writable(`${own}/file`)).toEqual({ real: `${own}/file`, exists: 'file' })
    execFileSync('mkfifo', [`${own}/fifo`])
    expect(await writable(`${own}/fifo`)).toEqual({ real: `${own}/fifo`, exists: 'other' })
  })

  it('may be bytes that are no UTF-8', async () => {
    const name = 'caf\xe9'
    writeFileSync(Buffer.from(`${own}/${name}`, 'latin1'), '')
    symlinkSync(Buffer.from(name, 'latin1'), `${own}/readable-name`)
    expect(await readable(`${own}/readable-name`)).toBe(`${own}/${name}`)
    expect(await fence().writable(`${own}/${name}x`)).toEqual({ real: `${own}/${name}x`, exists: null })
  })
})

describe('protected places', () => {
  it.each(['.ssh', '.ssh/id', '.SSH/id'])('are not read within a root: %s', async (name) => {
    await expect(readable(`${home}/${name}`, '~')).rejects.toEqual(DENIED)
  })

  it('do not keep other files from being read', async () => {
    expect(await readable(`${home}/plain`, '~')).toBe(`${home}/plain`)
    expect(await readable(`${home}/.bashrc`, '~')).toBe(`${home}/.bashrc`)
    mkdirSync(`${home}/.ssh2`)
    expect((await writable(`${home}/.ssh2/x`, '~')).exists).toBe(null)
  })

  it.each(['.ssh/x', '.bashrc', '.profile', '.config/fish/x', '.popt', '.BashRC', '.config/systemd'])(
    'are not written: %s',
    async (name) => {
      await expect(writable(`${home}/${name}`, '~')).rejects.toEqual(DENIED)
    },
  )

  it('are those of the password entry too, and of the system', async () => {
    const entry = userInfo().homedir
    for (const path of [
      `${entry}/.bashrc`,
      `${entry}/.ssh/x`,
      '/etc/profile',
      '/etc/profile.d/x',
      '/etc/ld.so.preload',
    ])
      await expect(writable(path, '/'), path).rejects.toEqual(DENIED)
    for (const path of ['/proc/self/environ', '/proc/self/none', `${top}/state/daemon.log`])
      await expect(readable(path, '/'), path).rejects.toEqual(DENIED)
  })

  it('are protected where they really are', async () => {
    for (const name of ['keys', 'dot']) mkdirSync(`${home}/${name}`)
    rmSync(`${home}/.ssh`, { recursive: true })
    rmSync(`${home}/.bashrc`)
    symlinkSync('keys', `${home}/.ssh`)
    symlinkSync('dot/rc', `${home}/.bashrc`)
    await expect(readable(`${home}/keys/id`, '~')).rejects.toEqual(DENIED)
    await expect(writable(`${home}/dot/rc`, '~')).rejects.toEqual(DENIED)
    expect((await writable(`${home}/dot/x`, '~')).exists).toBe(null)
    expect(fence('~').protectedIn(home)).toEqual(
      expect.arrayContaining(['.ssh', 'keys', '.bashrc', 'dot/rc']),
    )
  })

  it('are used where a root names them, and no further', async () => {
    expect(await readable(`${home}/.ssh/id`, '~/.ssh')).toBe(`${home}/.ssh/id`)
    expect((await writable(`${home}/.bashrc`, '~/.bashrc')).exists).toBe('file')
    expect(await readable(`${home}/.ssh/id`, '/:~/.ssh/id')).toBe(`${home}/.ssh/id`)
    await expect(writable(`${home}/.ssh/other`, '/:~/.ssh/id')).rejects.toEqual(DENIED)
    // A client that happens to be started there names nothing.
    await expect(fence(undefined, `${home}/.ssh`).readable(`${home}/.ssh/id`)).rejects.toEqual(DENIED)
  })

  it('below a directory are told relative to it', () => {
    const below = fence('/').protectedIn(home)
    expect(below).toEqual(expect.arrayContaining(['.ssh', '.bashrc', '.config/fish']))
    expect(fence('/').protectedIn(`${home}/.config`)).toContain('fish')
    expect(fence('/').protectedIn('/')).toEqual(expect.arrayContaining(['proc', 'etc/profile']))
    expect(fence('/').protectedIn(home, 'read')).toEqual(['.ssh'])
    expect(fence('/').protectedIn(own)).toEqual([])
  })

  it('are told of single places of a tree', () => {
    const home_ = fence('~')
    expect([home_.mayRead(`${home}/plain`), home_.mayRead(`${home}/.ssh`), home_.mayRead(own)]).toEqual([
      true,
      false,
      false,
    ])
    expect([home_.mayWrite(`${home}/plain`), home_.mayWrite(`${home}/.zshrc`)]).toEqual([true, false])
  })
})

describe('what a caller types', () => {
  it('is taken from the working directory and the home', () => {
    const typed = (text: string): string => toText(localPath(text, caller()))
    expect(typed('a/../b')).toBe(`${own}/a/../b`)
    expect(typed('~')).toBe(`${home}/`)
    expect(typed('~/x')).toBe(`${home}/x`)
    expect(typed('/x/')).toBe('/x/')
    expect(typed('~x')).toBe(`${own}/~x`)
    expect(typed('é')).toBe(`${own}/é`)
    for (const text of ['', 'a\0b']) expect(() => typed(text)).toThrow()
  })
})

describe.skipIf(process.getuid?.() !== 0)('an ordinary user', () => {
  afterEach(() => process.seteuid?.(0))

  it('cannot tell either what a directory holds that is closed to them', async () => {
    mkdirSync(`${own}/closed/dir`, { recursive: true })
    chmodSync(top, 0o755)
    for (const directory of [`${home}/.ssh`, `${own}/closed`]) chmodSync(directory, 0o700)
    process.seteuid?.(65_534)
    expect(await readable(`${own}/file`)).toBe(`${own}/file`)
    await expect(readable(`${own}/closed/dir`)).rejects.toEqual(INVALID)
    await expect(writable(`${own}/closed/dir/x`)).rejects.toEqual(INVALID)
    await expect(readable(`${home}/.ssh/id`, '~')).rejects.toEqual(DENIED)
  })
})
