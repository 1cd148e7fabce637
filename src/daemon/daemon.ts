import { closeSync, existsSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { ToolError } from '../common/errors.js'
import { log } from '../common/log.js'
import { type DaemonSettings, daemonSettings } from '../common/settings.js'
import { packageVersion } from '../common/version.js'
import { callerOf } from '../connection/caller.js'
import { type InheritedSocket, inheritedSocket } from '../platform/inherited-socket.js'
import { prepareState, removeShortDirectory, type StatePaths, statePaths } from '../platform/paths.js'
import { loadNativePty } from '../platform/pty-native.js'
import {
  type ControlCommand,
  type DaemonStatus,
  END_OF_MESSAGES,
  encodeLine,
  type Hello,
  PROTOCOL,
  type Welcome,
} from '../wire/hello.js'
import { serveAskpass } from './askpass-door.js'
import { serveMcp } from './connection.js'
import { readFirstLine } from './first-line.js'
import { Hub } from './hub.js'
import { Listener } from './listener.js'

/** Descriptor on which our own starter waits for our first word; systemd has the socket there. */
const READY_FD = 3
/** How often the daemon looks whether anybody still needs it, in milliseconds; at most a fifth of the idle time. */
const IDLE_LOOK_MS = 5000

/** Runs the daemon in this process until it is told to end, or nobody has needed it for a while. */
export async function runDaemon(): Promise<void> {
  const tell = process.env.LISTEN_FDS ? () => {} : tellStarter
  try {
    const inherited = inheritedSocket(process.env, 'unix')
    const daemon = new Daemon(statePaths(process.env), daemonSettings(process.env), inherited)
    await daemon.start()
    tell('ready')
  } catch (error) {
    log(`start failed: ${(error as Error).stack}`)
    tell((error as Error).message)
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

  constructor(paths: StatePaths, settings: DaemonSettings, inherited: InheritedSocket | null) {
    this.#paths = paths
    this.#settings = settings
    this.#listener = new Listener(
      paths.socket,
      (socket) => void this.#accept(socket),
      (replaced) => void this.#socketLost(replaced),
      inherited,
    )
  }

  async start(): Promise<void> {
    loadNativePty()
    prepareState(this.#paths)
    const env = process.env as Record<string, string>
    this.#hub = new Hub(this.#paths, this.#settings, env, this.#paths.socket)
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

  /** Forwards that are kept up: like sessions, they need no client. */
  get #forwards(): number {
    return this.#hub?.forwards.activeCount ?? 0
  }

  get #status(): DaemonStatus {
    return {
      pid: process.pid,
      version: packageVersion(),
      socket: this.#paths.socket,
      sessions: this.#hub?.registry.running().length ?? 0,
      clients: this.#clients.size,
      activated: this.#listener.inherited,
    }
  }

  async #accept(socket: Socket): Promise<void> {
    socket.on('error', () => {}) // a client that goes away in the middle is no event
    const line = await readFirstLine(socket)
    if (!line) return void socket.destroy()
    const { hello, early } = line
    const refuse = (error: string): void => {
      const ending = this.#ending !== null
      socket.end(encodeLine({ hello: 'ssh-mcp', ok: false, protocol: PROTOCOL, error, ending }))
    }
    if (!hello) return refuse('The first line is not a greeting of ssh-mcp.')
    if (hello.purpose === 'control') return this.#control(socket, hello.command)
    if (hello.protocol !== PROTOCOL) return refuse(otherVersion(hello, this.#status))
    if (hello.purpose === 'askpass' && this.#hub)
      return serveAskpass(socket, hello, this.#hub.questions, this.#welcome)
    await this.#serve(socket, hello, early, refuse)
  }

  get #welcome(): Extract<Welcome, { ok: true }> {
    return { hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status: this.#status }
  }

  /** Any version may ask these. */
  async #control(socket: Socket, command: ControlCommand | undefined): Promise<void> {
    if (command !== 'shutdown') return void socket.end(encodeLine(this.#welcome))
    await this.#stopEverything('ssh-mcp shutdown')
    socket.end(encodeLine(this.#welcome), () => process.exit(0))
  }

  async #serve(socket: Socket, hello: Hello, early: Buffer, refuse: (error: string) => void): Promise<void> {
    if (this.#ending || !this.#hub) return refuse('The daemon is ending.')
    this.#clients.add(socket)
    socket.on('close', () => {
      this.#clients.delete(socket)
      this.#idleSince = performance.now()
    })
    try {
      const caller = callerOf(hello.env, hello.cwd)
      socket.write(encodeLine(this.#welcome))
      const goodbye = Uint8Array.of(END_OF_MESSAGES)
      await serveMcp(socket, caller, this.#hub, { early, goodbye, relates: hello.relates === true })
    } catch (error) {
      if (!(error instanceof ToolError)) log(`connection: ${(error as Error).stack}`)
      refuse((error as Error).message)
    }
  }

  #lookIdle(): void {
    const { sessions, clients } = this.#status
    if (sessions > 0 || clients > 0 || this.#forwards > 0) this.#idleSince = performance.now()
    else if (performance.now() - this.#idleSince > this.#settings.idleExitSeconds * 1000)
      void this.#end('idle')
  }

  /** The socket's file is gone: makes a new one, unless nobody would miss this daemon. */
  async #socketLost(replaced: boolean): Promise<void> {
    const { sessions } = this.#status
    if (sessions === 0 && this.#forwards === 0 && (replaced || !existsSync(this.#paths.root)))
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

  /** The one way down: no new clients, every session stopped, the socket removed if it is ours. */
  #stopEverything(why: string): Promise<void> {
    this.#ending ??= this.#takeDown(why)
    return this.#ending
  }

  async #takeDown(why: string): Promise<void> {
    log(`ending: ${why}`)
    this.#listener.close()
    await this.#hub?.stopAll()
    for (const client of this.#clients) client.destroy()
    removeShortDirectory(this.#paths)
  }
}

const otherVersion = (hello: Hello, { version, sessions }: DaemonStatus): string =>
  `The running daemon is version ${version}, which does not understand this client's version ${hello.version}. ` +
  `It holds ${sessions} running sessions; end it with 'ssh-mcp shutdown' once they are not needed, and start again.`
