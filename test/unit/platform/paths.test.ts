import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareState, statePaths } from '../../../src/platform/paths.js'

let directory: string
/** Directories outside of it that a test made. */
const elsewhere: string[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'paths-'))
})

afterEach(() => {
  for (const path of [directory, ...elsewhere.splice(0)]) rmSync(path, { recursive: true, force: true })
})

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('statePaths', () => {
  it('is under the home of the password entry, whatever HOME says', () => {
    const { root, socket } = statePaths({ HOME: '/elsewhere' })
    expect(root).toBe(join(userInfo().homedir, '.local/state/ssh-mcp'))
    expect(socket.startsWith('/elsewhere')).toBe(false)
  })

  it('is what SSH_MCP_STATE_DIR says', () => {
    expect(statePaths({ SSH_MCP_STATE_DIR: '/s' })).toEqual({
      root: '/s',
      transcripts: '/s',
      socket: '/s/daemon.sock',
      lock: '/s/start.lock',
      log: '/s/daemon.log',
      controls: '/s/c',
      askpass: '/s/askpass',
      fallbackConfig: '/s/fallback.conf',
      exchange: '/s/exchange',
    })
  })

  it('moves only the transcripts with XDG_STATE_HOME, which clients strip', () => {
    const without = statePaths({})
    expect(statePaths({ XDG_STATE_HOME: '/x' })).toEqual({ ...without, transcripts: '/x/ssh-mcp' })
    expect(statePaths({ XDG_STATE_HOME: 'relative' })).toEqual(without)
    expect(statePaths({ XDG_STATE_HOME: '/x', SSH_MCP_STATE_DIR: '/s' }).transcripts).toBe('/s')
  })

  it.each(['state', './state', '../state', '~/state'])('refuses %s, which is relative', (given) => {
    expect(() => statePaths({ SSH_MCP_STATE_DIR: given })).toThrow(
      /^SSH_MCP_STATE_DIR must be an absolute path/,
    )
  })

  it.each([
    ['short', '/s'],
    ['as long as it may be', `/${'s'.repeat(70)}`],
    ['long', `/${'s'.repeat(90)}`],
    ['very long', `/${'s/'.repeat(1000)}s`],
    ['long in bytes, not in characters', `/${'世'.repeat(40)}`],
  ])('gives socket paths that a kernel takes: a state directory that is %s', (_, root) => {
    const { socket, controls } = statePaths({ SSH_MCP_STATE_DIR: root })
    // ssh binds its control socket under a longer name first.
    const bound = join(controls, `${'i'.repeat(12)}.${'r'.repeat(16)}`)
    expect(Buffer.byteLength(socket)).toBeLessThan(104)
    expect(Buffer.byteLength(bound)).toBeLessThan(process.platform === 'linux' ? 108 : 104)
  })

  it('gives two long state directories two sockets, and one of them always the same', () => {
    const long = (end: string) => statePaths({ SSH_MCP_STATE_DIR: `/${'s'.repeat(200)}${end}` }).socket
    expect(long('a')).not.toBe(long('b'))
    expect(long('a')).toBe(long('a'))
  })

  it.each([
    ['a short one', '/state/ssh'],
    ['a long one', `/${'s'.repeat(200)}`],
  ])('gives a directory with a slash at its end the same socket: %s', (_, root) => {
    const { socket, lock } = statePaths({ SSH_MCP_STATE_DIR: `${root}/` })
    expect([socket, lock]).toEqual([
      statePaths({ SSH_MCP_STATE_DIR: root }).socket,
      statePaths({ SSH_MCP_STATE_DIR: root }).lock,
    ])
  })
})

describe('prepareState', () => {
  it('makes what is missing, for its owner only', () => {
    const paths = statePaths({ SSH_MCP_STATE_DIR: join(directory, 'a/b') })
    const before = process.umask(0)
    try {
      prepareState(paths)
      prepareState(paths)
    } finally {
      process.umask(before)
    }
    for (const path of [paths.root, paths.controls]) expect(modeOf(path)).toBe(0o700)
  })

  it('makes the short directory of a long one too', () => {
    const paths = statePaths({ SSH_MCP_STATE_DIR: join(directory, 's'.repeat(200)) })
    const sockets = dirname(paths.socket)
    elsewhere.push(sockets)
    prepareState(paths)
    expect(sockets.startsWith('/tmp/')).toBe(true)
    for (const path of [paths.root, sockets, paths.controls]) expect(modeOf(path)).toBe(0o700)
  })

  it('takes the permissions of others from a directory of our own', () => {
    const root = join(directory, 'state')
    mkdirSync(root)
    chmodSync(root, 0o777)
    prepareState(statePaths({ SSH_MCP_STATE_DIR: root }))
    expect(modeOf(root)).toBe(0o700)
  })

  it('takes no directory that others use, and leaves it as it is', () => {
    const root = join(directory, 'shared')
    mkdirSync(root)
    chmodSync(root, 0o1777)
    expect(() => prepareState(statePaths({ SSH_MCP_STATE_DIR: root }))).toThrow(/used by others/)
    expect(statSync(root).mode & 0o7777).toBe(0o1777)
    expect(() => prepareState(statePaths({ SSH_MCP_STATE_DIR: userInfo().homedir }))).toThrow(/used by/)
  })

  it('makes nothing when paths are only asked for', () => {
    const root = join(directory, 'state')
    statePaths({ SSH_MCP_STATE_DIR: root })
    expect(existsSync(root)).toBe(false)
  })

  it.each<[string, RegExp, (root: string) => string]>([
    [
      'a link, even to a directory of our own',
      /is not a directory \(a link is not followed\)/,
      (root) => {
        mkdirSync(`${root}-real`)
        symlinkSync(`${root}-real`, root)
        return root
      },
    ],
    [
      'a file',
      /ENOTDIR|EEXIST|is not a directory/,
      (root) => {
        writeFileSync(root, '')
        return root
      },
    ],
    [
      'a directory of another user',
      /belongs to another user \(uid \d+\)/,
      (root) => {
        // Only root can give a directory away; everybody else finds one that is root's.
        if (process.getuid?.() !== 0) return '/usr'
        mkdirSync(root)
        chownSync(root, 12_345, 12_345)
        return root
      },
    ],
  ])('refuses %s', (_, message, lay) => {
    const root = lay(join(directory, 'state'))
    const refused = () => prepareState(statePaths({ SSH_MCP_STATE_DIR: root }))
    expect(refused).toThrow(message)
    expect(refused).toThrow(/Set SSH_MCP_STATE_DIR to a directory of your own/)
  })
})
