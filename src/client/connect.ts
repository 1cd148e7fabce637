import { spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, ftruncateSync, openSync, rmSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { clientEnvironment, daemonEnvironment } from '../common/environment.js'
import { errnoOf, ToolError } from '../common/errors.js'
import { DAEMON_START_MS, HELLO_TIMEOUT_MS } from '../common/limits.js'
import { packageVersion } from '../common/version.js'
import { prepareState, type StatePaths } from '../platform/paths.js'
import { tryStartLock } from '../platform/start-lock.js'
import {
  type ControlCommand,
  encodeLine,
  type Hello,
  MAX_HELLO_BYTES,
  PROTOCOL,
  parseWelcome,
  type Welcome,
} from '../wire/hello.js'

/** A connection after both first lines; `rest` is what the daemon sent behind its own. */
export interface DaemonConnection {
  socket: Socket
  welcome: Welcome
  rest: Buffer
}

/** How long to wait before looking again whether the daemon that another client starts is there, in milliseconds. */
const START_POLL_MS = 10
/** The daemon's diagnostics are cut back to nothing at its start when they are larger than this, in bytes. */
const MAX_LOG_BYTES = 1024 * 1024

/** The greeting of this process. */
export function greeting(purpose: Hello['purpose'], command?: ControlCommand): Hello {
  const env = clientEnvironment(process.env)
  return {
    hello: 'ssh-mcp',
    protocol: PROTOCOL,
    version: packageVersion(),
    purpose,
    command,
    cwd: process.cwd(),
    env,
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
  while (performance.now() < deadline) {
    const socket = (await open(paths.socket)) ?? (await startUnderLock(paths))
    if (socket) {
      const connection = await greet(socket, hello)
      if (!(await replaceable(paths, connection))) return connection
    } else await pause(START_POLL_MS)
  }
  throw daemonError(`did not come up within ${DAEMON_START_MS / 1000} s; see ${paths.log}`)
}

/** An idle daemon of another version makes way for one of ours. @returns whether it has gone */
async function replaceable(paths: StatePaths, { welcome, socket }: DaemonConnection): Promise<boolean> {
  if (!welcome.ok || welcome.status.version === packageVersion()) return false
  if (welcome.status.sessions > 0 || welcome.status.clients > 1) return false
  socket.destroy()
  await connectIfRunning(paths, greeting('control', 'shutdown'))
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

/** Starts the daemon in a process group of its own and waits for its word that it listens, or why it cannot. */
async function startDaemon(paths: StatePaths): Promise<void> {
  const entry = new URL('../cli.js', import.meta.url).pathname
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants
  const output = openSync(paths.log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
  if (fstatSync(output).size > MAX_LOG_BYTES) ftruncateSync(output)
  const child = spawn(process.execPath, [decodeURIComponent(entry), 'daemon'], {
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
    cwd: '/',
    env: daemonEnvironment(process.env),
  })
  closeSync(output)
  const word = await firstWord(child.stdio[3] as NodeJS.ReadableStream, child)
  child.unref()
  if (word !== 'ready') throw daemonError(word || `ended before it was ready; see ${paths.log}`)
}

function firstWord(pipe: NodeJS.ReadableStream, child: NodeJS.EventEmitter): Promise<string> {
  return new Promise((resolve) => {
    let word = ''
    const end = (text: string): void => {
      clearTimeout(timer)
      ;(pipe as Socket).destroy()
      resolve(text.trim())
    }
    const timer = setTimeout(
      () => end(`did not say that it is ready within ${DAEMON_START_MS / 1000} s`),
      DAEMON_START_MS,
    )
    pipe.on('data', (chunk: Buffer) => {
      word += chunk.toString('utf8')
      if (word.includes('\n')) end(word)
    })
    pipe.on('end', () => end(word))
    child.on('error', (error: Error) => end(`could not be started: ${error.message}`))
  })
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

/** Exchanges the first lines. */
function greet(socket: Socket, hello: Hello): Promise<DaemonConnection> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const settle = (action: () => void): void => {
      clearTimeout(timer)
      socket.removeListener('data', onData)
      socket.removeListener('error', onEnd)
      socket.removeListener('end', onEnd)
      socket.pause()
      action()
    }
    const fail = (why: string): void =>
      settle(() => {
        socket.destroy()
        reject(daemonError(why))
      })
    const onEnd = (): void => fail('closed the connection before it answered')
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\n')
      if (end < 0) return received.length > MAX_HELLO_BYTES ? fail(STRANGER) : undefined
      const welcome = parseWelcome(received.toString('utf8', 0, end))
      if (!welcome) return fail(STRANGER)
      settle(() => resolve({ socket, welcome, rest: received.subarray(end + 1) }))
    }
    const wait = hello.command === 'shutdown' ? DAEMON_START_MS : HELLO_TIMEOUT_MS
    const timer = setTimeout(
      () => fail(`did not answer within ${wait / 1000} s. It may be stopped or hung: see 'ssh-mcp status'`),
      wait,
    )
    socket.on('data', onData)
    socket.on('error', onEnd)
    socket.on('end', onEnd)
    socket.write(encodeLine(hello))
  })
}

const STRANGER =
  'answered in a way that is not known here; it may be another program or version. End it and try again'

const daemonError = (what: string): ToolError =>
  new ToolError('internal_error', `The ssh-mcp daemon ${what}.`)
