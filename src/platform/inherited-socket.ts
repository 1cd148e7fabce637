import { readFileSync, readlinkSync } from 'node:fs'
import { errnoOf, ToolError } from '../common/errors.js'

/** A socket that listens already, from who started this process. It stays theirs: its file is never removed here. */
export interface InheritedSocket {
  fd: number
  /** Where a Unix socket was bound; null for TCP. */
  path: string | null
}

/** The first of the descriptors that sd_listen_fds(3) speaks of. */
const FIRST_FD = 3
const VARIABLES = ['LISTEN_PID', 'LISTEN_PIDFDID', 'LISTEN_FDS', 'LISTEN_FDNAMES']

/**
 * The listening socket that systemd has passed on, as sd_listen_fds(3) describes it. Takes the variables out of
 * `env`, for they are meant for this process only. (Node has made the descriptor close-on-exec when it started,
 * so no child inherits the socket itself.)
 * @returns null if none was passed to this very process
 * @throws validation_error if there are several, or it is not what is wanted
 */
export function inheritedSocket(
  env: Record<string, string | undefined>,
  wanted: 'unix' | 'tcp',
): InheritedSocket | null {
  const { LISTEN_PID: pid, LISTEN_FDS: count, LISTEN_FDNAMES: names } = env
  for (const name of VARIABLES) delete env[name]
  if (pid !== String(process.pid) || !count || count === '0') return null
  if (count !== '1')
    throw refusal(
      `passed ${count} sockets (${names || 'without names'}) where one is taken. Give each service a socket unit with one ListenStream`,
    )
  const inode = /^socket:\[(\d+)\]$/.exec(target(`/proc/self/fd/${FIRST_FD}`))?.[1]
  const path = wanted === 'unix' && inode ? unixListener(table('unix'), inode) : null
  if (path !== null) return { fd: FIRST_FD, path }
  const tables = wanted === 'tcp' ? ['tcp', 'tcp6'] : []
  if (inode && tables.some((name) => tcpListens(table(name), inode))) return { fd: FIRST_FD, path: null }
  const kind = wanted === 'unix' ? 'Unix stream socket' : 'TCP socket'
  throw refusal(`passed something else than a listening ${kind}. Correct ListenStream in the socket unit`)
}

/** Flags of a socket that listens (__SO_ACCEPTCON) and the type SOCK_STREAM, as /proc/net/unix prints them. */
const LISTENING_STREAM = /^\S+ \S+ \S+ 00010000 0001 \S+ +(\d+) (.+)$/

/** @param text the content of /proc/net/unix @returns the path that the listener of this inode was bound to, or null */
export function unixListener(text: string, inode: string): string | null {
  for (const line of text.split('\n')) {
    const [, number, path] = LISTENING_STREAM.exec(line) ?? []
    if (number === inode && path?.startsWith('/')) return path
  }
  return null
}

/** @param text the content of /proc/net/tcp or tcp6 @returns whether the socket of this inode is in the state LISTEN (0A) */
export function tcpListens(text: string, inode: string): boolean {
  return text.split('\n').some((line) => {
    const fields = line.trim().split(/\s+/)
    return fields[3] === '0A' && fields[9] === inode
  })
}

/** Such a table, or nothing where the system has none, as macOS, or no such family. */
function table(name: string): string {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/** What a descriptor stands for; empty where nothing is open. */
function target(path: string): string {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw error
  }
}

const refusal = (what: string): ToolError =>
  new ToolError('validation_error', `Whoever started this ${what}.`)
