import { rmSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { clientEnvironment } from '../common/environment.js'
import { errnoOf } from '../common/errors.js'
import { DAEMON_START_MS } from '../common/limits.js'
import { packageVersion } from '../common/version.js'
import { prepareState, type StatePaths } from '../platform/paths.js'
import { tryStartLock } from '../platform/start-lock.js'
import { type ControlCommand, type Hello, PROTOCOL } from '../wire/hello.js'
import { daemonError } from './daemon-error.js'
import { type DaemonConnection, greet } from './greet.js'
import { startDaemon } from './start-daemon.js'

/** How long to wait before looking again whether the daemon that another client starts is there, in milliseconds. */
const START_POLL_MS = 10

/** The greeting of this process. */
export function greeting(purpose: Hello['purpose'], command?: ControlCommand): Hello {
  const env = clientEnvironment(process.env)
  return {
    hello: 'ssh-mcp',
    protocol: PROTOCOL,
    version: packageVersion(),
    purpose,
    command,
    cwd: workingDirectory(),
    env,
  }
}

/** The directory may have been removed under this process. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

/** Connects to the daemon. @returns null if none runs */
export async function connectIfRunning(paths: StatePaths, hello: Hello): Promise<DaemonConnection | null> {
  const socket = await open(paths.socket)
  return socket ? greet(socket, hello) : null
}

/** Connects to the daemon and starts one if none runs; of clients that start at once, one starts it. */
export async function connectOrStart(paths: StatePaths, hello: Hello): Promise<DaemonConnection> {
  prepareState(paths)
  const deadline = performance.now() + DAEMON_START_MS
  let replaced = false
  while (performance.now() < deadline) {
    const socket = (await open(paths.socket)) ?? (await startUnderLock(paths))
    if (socket) {
      const connection = await greet(socket, hello)
      // Once only: behind a socket of systemd's may be a program of that version, as often as it is ended.
      if (!isEnding(connection) && (replaced || !(await replaceable(paths, connection)))) return connection
      replaced ||= !isEnding(connection)
      connection.socket.destroy()
    }
    await pause(START_POLL_MS)
  }
  throw daemonError(`did not come up within ${DAEMON_START_MS / 1000} s; see ${paths.log}`)
}

const isEnding = ({ welcome }: DaemonConnection): boolean => !welcome.ok && welcome.ending === true

/** An idle daemon of another version makes way for one of ours. @returns whether it has gone */
async function replaceable(paths: StatePaths, { welcome, socket }: DaemonConnection): Promise<boolean> {
  if (!welcome.ok || welcome.status.version === packageVersion()) return false
  if (welcome.status.sessions > 0 || welcome.status.clients > 1) return false
  socket.destroy()
  const ended = await connectIfRunning(paths, greeting('control', 'shutdown'))
  ended?.socket.destroy()
  return true
}

/** Holding the lock: nobody else starts one now, so look once more, and start it. @returns null if the lock is taken */
async function startUnderLock(paths: StatePaths): Promise<Socket | null> {
  const release = tryStartLock(paths.lock)
  if (!release) return null
  try {
    const socket = await open(paths.socket)
    if (socket) return socket
    rmSync(paths.socket, { force: true })
    await startDaemon(paths)
    return await open(paths.socket)
  } finally {
    release()
  }
}

/** Opens the socket. @returns null where nobody listens */
function open(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ path, allowHalfOpen: true })
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error) => {
      if (['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errnoOf(error))) resolve(null)
      else reject(daemonError(`cannot be reached at ${path}: ${error.message}`))
    })
  })
}
