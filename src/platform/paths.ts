import { createHash } from 'node:crypto'
import { accessSync, chmodSync, constants, lstatSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { errnoOf, ToolError } from '../common/errors.js'

/** Where everything of one state directory lives. */
export interface StatePaths {
  /** The state directory, 0700. */
  root: string
  /** Where session directories are made: the state directory, or what XDG_STATE_HOME says. */
  transcripts: string
  socket: string
  lock: string
  log: string
  /** Directory of the control sockets of our ssh. */
  controls: string
  /** The program that ssh runs to have a question answered. */
  askpass: string
  /** ssh's configuration, with marks for what it leaves open. */
  fallbackConfig: string
  /** Where transfers may always read and write, unless the person named other places; made when it is needed. */
  exchange: string
}

/** Longest socket path the kernels take: sun_path has 108 bytes on Linux and 104 on macOS, one of them the final NUL. */
const MAX_SOCKET_BYTES = process.platform === 'linux' ? 107 : 103
/** ssh binds a control socket under a temporary name first: the path, a dot and 16 characters. */
const CONTROL_SUFFIX = `/c/${'x'.repeat(12)}.${'x'.repeat(16)}`

/**
 * The paths for an environment. They depend on SSH_MCP_STATE_DIR and the password entry's home only, never on
 * variables that MCP clients strip: two clients must find the same daemon. Nothing is created.
 */
export function statePaths(env: Record<string, string | undefined>): StatePaths {
  const given = env.SSH_MCP_STATE_DIR
  if (given && !isAbsolute(given)) {
    throw new ToolError('validation_error', `SSH_MCP_STATE_DIR must be an absolute path, not '${given}'.`)
  }
  const root = resolve(given || join(userInfo().homedir, '.local/state/ssh-mcp'))
  const xdg = env.XDG_STATE_HOME
  const transcripts = !given && xdg && isAbsolute(xdg) ? join(xdg, 'ssh-mcp') : root
  const sockets = socketDirectory(root)
  return {
    root,
    transcripts,
    socket: join(sockets, 'daemon.sock'),
    lock: join(root, 'start.lock'),
    log: join(root, 'daemon.log'),
    controls: join(sockets, 'c'),
    askpass: join(sockets, 'askpass'),
    fallbackConfig: join(sockets, 'fallback.conf'),
    exchange: join(root, 'exchange'),
  }
}

/** The state directory, or, where a socket's path in it would be too long, a short one derived from its name. */
function socketDirectory(root: string): string {
  if (Buffer.byteLength(root + CONTROL_SUFFIX) <= MAX_SOCKET_BYTES) return root
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 12)
  return `/tmp/ssh-mcp-${userInfo().uid}-${digest}`
}

/** Creates the directories that are missing, 0700, and refuses what another user could have laid there. */
export function prepareState(paths: StatePaths): void {
  for (const directory of [paths.root, paths.transcripts, join(paths.socket, '..'), paths.controls]) {
    securePrivateDirectory(directory)
  }
}

/** Makes a directory 0700, or checks that it is ours alone. @throws validation_error */
export function securePrivateDirectory(directory: string): void {
  try {
    makeDirectory(directory)
    const stat = lstatSync(directory)
    // A link may point anywhere, even where its target is ours now: only a real directory of our own will do.
    if (!stat.isDirectory()) throw refusal(directory, 'is not a directory (a link is not followed)')
    if (stat.uid !== process.getuid?.()) throw refusal(directory, `belongs to another user (uid ${stat.uid})`)
    if (stat.mode & 0o1000 || isShared(directory))
      throw refusal(directory, 'is used by others or by other programs')
    if (stat.mode & 0o077) chmodSync(directory, 0o700)
    accessSync(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw refusal(directory, `cannot be used (${errnoOf(error) || (error as Error).message})`)
  }
}

/** What is made private here must be ours alone; these are never meant. */
const isShared = (directory: string): boolean => ['/', userInfo().homedir].includes(resolve(directory))

/** With its parents. Node's own `recursive` never returns where the file system makes no directories (/proc). */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return
    if (errnoOf(error) !== 'ENOENT' || directory === dirname(directory)) throw error
    makeDirectory(dirname(directory))
    mkdirSync(directory, { mode: 0o700 })
  }
}

/** Removes the sockets' directory where it is not the state directory itself, if nothing is left in it. */
export function removeShortDirectory(paths: StatePaths): void {
  const directory = dirname(paths.socket)
  if (directory === paths.root) return
  try {
    for (const file of [paths.askpass, paths.fallbackConfig]) rmSync(file, { force: true })
    rmdirSync(paths.controls)
    rmdirSync(directory)
  } catch {
    // Something is still there, or it has gone: neither is ours to mend.
  }
}

const refusal = (directory: string, why: string): ToolError =>
  new ToolError(
    'validation_error',
    `The state directory ${directory} ${why}. Set SSH_MCP_STATE_DIR to a directory of your own that can be written.`,
  )
