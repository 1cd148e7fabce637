import { readFileSync, readlinkSync } from 'node:fs'
import { endianness } from 'node:os'
import { errnoOf, ToolError } from '../common/errors.js'

/** A socket that listens already, from who started this process. It stays theirs: its file is never removed here. */
export interface InheritedSocket {
  fd: number
  /** Where it is bound: the path of a Unix socket, the IP address of one of TCP. */
  address: string
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
  const address = inode === undefined ? null : listenerOf(wanted, inode)
  if (address !== null) return { fd: FIRST_FD, address }
  const kind = wanted === 'unix' ? 'Unix stream socket' : 'TCP socket'
  throw refusal(`passed something else than a listening ${kind}. Correct ListenStream in the socket unit`)
}

const listenerOf = (family: 'unix' | 'tcp', inode: string): string | null =>
  family === 'unix'
    ? unixListener(table('unix'), inode)
    : (tcpListener(table('tcp'), inode) ?? tcpListener(table('tcp6'), inode))

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

/** @param text the content of /proc/net/tcp or tcp6 @returns the IP address that the listener of this inode is bound to, or null */
export function tcpListener(text: string, inode: string): string | null {
  for (const line of text.split('\n')) {
    const [, local = '', , state, , , , , , number] = line.trim().split(/\s+/)
    if (state === LISTEN && number === inode) return ipOf(local.split(':')[0] as string)
  }
  return null
}

/** The state of a TCP socket that listens, as the kernel numbers them. */
const LISTEN = '0A'

/** An address as the kernel prints it: words of four bytes in hexadecimal, each in the machine's own order. */
function ipOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
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
