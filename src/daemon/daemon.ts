import { closeSync, existsSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { ToolError } from '../common/errors.js'
import { HELLO_TIMEOUT_MS } from '../common/limits.js'
import { log } from '../common/log.js'
import { clientSettings, type DaemonSettings, daemonSettings } from '../common/settings.js'
import { packageVersion } from '../common/version.js'
import { prepareState, type StatePaths, statePaths } from '../platform/paths.js'
import { loadNativePty } from '../platform/pty-native.js'
import {
  type DaemonStatus,
  END_OF_ANSWERS,
  encodeLine,
  type Hello,
  MAX_HELLO_BYTES,
  PROTOCOL,
  type Welcome,
} from '../wire/hello.js'
import { parseHello } from '../wire/hello-schema.js'
import { serveMcp } from './connection.js'
import { Hub } from './hub.js'
import { Listener } from './listener.js'

/** Descriptor on which the starter waits for our first word. */
const READY_FD = 3
/** How often the daemon looks whether anybody still needs it, in milliseconds; at most a fifth of the idle time. */
const IDLE_LOOK_MS = 5000

/** Runs the daemon in this process until it is told to end, or nobody has needed it for a while. */
export async function runDaemon(): Promise<void> {
  try {
    const daemon = new Daemon(statePaths(process.env), daemonSettings(process.env))
    await daemon.start()
    tellStarter('ready')
  } catch (error) {
    log(`start failed: ${(error as Error).stack}`)
    tellStarter((error as Error).message)
    process.exit(1)
  }
}

function tellStarter(word: string): void {
  try {
    writeSync(READY_FD, `${word}\n`)
    closeSync(READY_FD)
  } catch {
    // Started by hand, or the starter is gone: nobody waits for the word.
  }
}

class Daemon {
  readonly #paths: StatePaths
  readonly #settings: DaemonSettings
  readonly #listener: Listener
  #hub: Hub | null = null
  #clients = new Set<Socket>()
  #idleSince = performance.now()
  #ending: Promise<void> | null = null

  constructor(paths: StatePaths, settings: DaemonSettings) {
    this.#paths = paths
    this.#settings = settings
    this.#listener = new Listener(
      paths.socket,
      (socket) => this.#accept(socket),
      (replaced) => void this.#socketLost(replaced),
    )
  }

  async start(): Promise<void> {
    loadNativePty()
    prepareState(this.#paths)
    this.#hub = new Hub(this.#paths, this.#settings, process.env as Record<string, string>)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => void this.#end(signal))
    // One fault must not cost every session.
    process.on('uncaughtException', (error) => log(`uncaught: ${error.stack}`))
    process.on('unhandledRejection', (reason) =>
      log(`unhandled: ${reason instanceof Error ? reason.stack : reason}`),
    )
    await this.#listener.listen()
    const look = Math.min(IDLE_LOOK_MS, this.#settings.idleExitSeconds * 200)
    setInterval(() => this.#lookIdle(), look)
  }

  get #status(): DaemonStatus {
    return {
      pid: process.pid,
      version: packageVersion(),
      socket: this.#paths.socket,
      sessions: this.#hub?.registry.running().length ?? 0,
      clients: this.#clients.size,
    }
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {}) // a client that goes away in the middle is no event
    let received = Buffer.alloc(0)
    const timer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS)
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\n')
      if (end < 0 && received.length <= MAX_HELLO_BYTES) return
      socket.removeListener('data', onData)
      socket.pause()
      clearTimeout(timer)
      const hello = end < 0 ? null : parseHello(received.toString('utf8', 0, end))
      void this.#greeted(socket, hello, received.subarray(end + 1))
    }
    socket.on('data', onData)
    socket.on('close', () => clearTimeout(timer))
    socket.on('end', () => {
      if (socket.listenerCount('data') > 0 && received.indexOf('\n') < 0) socket.destroy()
    })
  }

  async #greeted(socket: Socket, hello: Hello | null, early: Buffer): Promise<void> {
    const refuse = (error: string): void => {
      socket.end(encodeLine({ hello: 'ssh-mcp', ok: false, protocol: PROTOCOL, error }))
    }
    if (!hello) return refuse('The first line is not a greeting of ssh-mcp.')
    const welcome = (): Welcome => ({ hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status: this.#status })
    if (hello.purpose === 'mcp') {
      if (hello.protocol !== PROTOCOL) return refuse(otherVersion(hello, this.#status))
      return this.#serve(socket, hello, early, welcome, refuse)
    }
    if (hello.command === 'shutdown') {
      await this.#stopEverything('ssh-mcp shutdown')
      socket.end(encodeLine(welcome()), () => process.exit(0))
    } else socket.end(encodeLine(welcome()))
  }

  async #serve(
    socket: Socket,
    hello: Hello,
    early: Buffer,
    welcome: () => Welcome,
    refuse: (error: string) => void,
  ): Promise<void> {
    if (this.#ending || !this.#hub) return refuse('The daemon is ending; try again.')
    this.#clients.add(socket)
    socket.on('close', () => {
      this.#clients.delete(socket)
      this.#idleSince = performance.now()
    })
    try {
      const caller = { settings: clientSettings(hello.env), env: hello.env, cwd: hello.cwd }
      socket.write(encodeLine(welcome()))
      await serveMcp(socket, early, caller, this.#hub, Uint8Array.of(END_OF_ANSWERS))
    } catch (error) {
      if (!(error instanceof ToolError)) log(`connection: ${(error as Error).stack}`)
      refuse((error as Error).message)
    }
  }

  #lookIdle(): void {
    const { sessions, clients } = this.#status
    if (sessions > 0 || clients > 0) this.#idleSince = performance.now()
    else if (performance.now() - this.#idleSince > this.#settings.idleExitSeconds * 1000)
      void this.#end('idle')
  }

  /** The socket's file is gone: makes a new one, unless nobody would miss this daemon. */
  async #socketLost(replaced: boolean): Promise<void> {
    const { sessions } = this.#status
    if (sessions === 0 && (replaced || !existsSync(this.#paths.root)))
      return this.#end('its socket was taken away')
    if (replaced) return
    try {
      prepareState(this.#paths)
      await this.#listener.listen()
    } catch (error) {
      log(`the socket could not be made again: ${(error as Error).message}`)
    }
  }

  async #end(why: string): Promise<void> {
    await this.#stopEverything(why)
    process.exit(0)
  }

  /** The one way down: no new clients, every session stopped, the socket removed. */
  #stopEverything(why: string): Promise<void> {
    this.#ending ??= this.#takeDown(why)
    return this.#ending
  }

  async #takeDown(why: string): Promise<void> {
    log(`ending: ${why}`)
    this.#listener.close()
    await this.#hub?.stopAll()
    for (const client of this.#clients) client.destroy()
  }
}

const otherVersion = (hello: Hello, { version, sessions }: DaemonStatus): string =>
  `The running daemon is version ${version}, which does not understand this client's version ${hello.version}. ` +
  `It holds ${sessions} running sessions; end it with 'ssh-mcp shutdown' once they are not needed, and start again.`
