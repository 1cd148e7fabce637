import { existsSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { ToolError } from '../common/errors.js'
import { CONNECT_POLL_MS, KILL_GRACE_MS } from '../common/limits.js'
import type { PtyExit } from '../platform/pty.js'
import { connectionFailure, offendingKey } from '../ssh/failure.js'
import { type Greeting, greetingOf } from '../ssh/greeting.js'
import type { Channel } from './channel.js'
import type { ChannelCommand, ChannelListener } from './command-channel.js'
import { knownFingerprint } from './known-key.js'
import { MasterProcess } from './master-process.js'
import { MuxLink } from './mux-link.js'
import { failed, Patience } from './patience.js'
import type { Asker, QuestionEvent, Questions } from './questions.js'
import type { Connection } from './resolve.js'

/** How long ssh's end is waited for after its link has closed, in milliseconds. */
const LAST_WORDS_MS = 300
/** Longest wait for what it said before its socket was there, and how often to look. */
const GREETING_MS = 500
const GREETING_POLL_MS = 5

/**
 * An ssh of the daemon's own that holds one authenticated connection and does nothing else; commands open their
 * channels on it. It runs on a terminal of its own, so that it ends with the daemon, however that ends.
 */
export class Master {
  readonly connection: Connection
  readonly controlPath: string
  readonly startedAt = new Date()
  /** Settles once it is authenticated; rejects with connection_failed. */
  readonly ready: Promise<void>
  readonly ended: Promise<void>
  /** What a caller calls it. */
  name: string | null = null
  /** Commands on it, or on their way to it. */
  inUse = 0
  /** Forwards that listen on it: no channels, so the server's limit of these does not count them. */
  forwards = 0
  idleSince = performance.now()
  /** Whether the other side stopped answering: what is on it goes on, but nothing more is begun. */
  hung = false
  /** When a channel on it was last closed. */
  closedAt = Number.NEGATIVE_INFINITY
  #greeting: Greeting | null = null
  #link: MuxLink | null = null
  readonly #process: MasterProcess
  readonly #patience: Patience
  #over = false
  #connecting = false
  #failure: ToolError | null = null
  #settleReady!: (error: Error | null) => void
  #settleEnded!: () => void

  constructor(connection: Connection, controlPath: string, questions: Questions, asker: Asker | null) {
    this.connection = connection
    this.controlPath = controlPath
    const { target, connectSeconds } = connection
    this.#patience = new Patience({ target: target.typed, connectSeconds }, performance.now())
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = (error) => (error ? reject(error) : resolve())
    })
    this.ready.catch(() => {})
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve
    })
    this.#process = new MasterProcess(connection, controlPath, questions, asker, {
      said: () => this.#look(),
      asked: (event) => this.#asked(event),
      exited: (exit) => void this.#exited(exit),
    })
    this.#watch()
  }

  get isReady(): boolean {
    return this.#link !== null && !this.#over
  }

  /** Whether new channels may be opened on it; without its socket no ssh can any more. */
  get usable(): boolean {
    return !this.#over && !this.hung && (this.#link === null || existsSync(this.controlPath))
  }

  get over(): boolean {
    return this.#over
  }

  /** The server's software and how we were authenticated, as far as ssh said. */
  get greeting(): Greeting | null {
    return this.#greeting
  }

  /** @throws ChannelRefused if the server opens no more channels here; Error if the connection is gone */
  async open(command: ChannelCommand, listener: ChannelListener, signal: AbortSignal): Promise<Channel> {
    if (!this.#link) throw new Error('the connection is gone')
    return this.#link.open(command, listener, signal)
  }

  /** Waits until the server has handled what it was sent before; returns at once if the connection is gone. */
  async roundTrip(): Promise<void> {
    await this.#link?.roundTrip()
  }

  /** Why the connection is gone, once it is. */
  get loss(): string {
    return lossIn(this.#process.output, this.connection.target.typed)
  }

  /** Ends the connection and everything on it. */
  async stop(): Promise<void> {
    this.#process.kill('SIGHUP')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), KILL_GRACE_MS)
    await this.ended
    clearTimeout(timer)
  }

  #asked(event: QuestionEvent): void {
    this.#patience.asked(event, performance.now())
    this.#lookAtTime()
  }

  /** ssh makes its control socket once it is authenticated, and says something then. */
  #look(): void {
    if (this.#over || this.#connecting || !existsSync(this.controlPath)) return
    this.#connecting = true
    void this.#authenticated()
  }

  #watch(): void {
    const timer = setInterval(() => {
      this.#look()
      if (this.#over || this.#connecting) clearInterval(timer)
      else this.#lookAtTime()
    }, CONNECT_POLL_MS)
  }

  #lookAtTime(): void {
    const verdict = this.#patience.verdict(performance.now())
    if (verdict && !this.#link) this.#fail(verdict)
  }

  async #authenticated(): Promise<void> {
    try {
      const link = await MuxLink.connect(this.controlPath, (why) => this.#linkClosed(why))
      this.#process.connected()
      this.#link = link
      this.#greeting = await this.#greeted()
      this.idleSince = performance.now()
      this.#settleReady(null)
    } catch (error) {
      this.#fail(failed(`ssh's control socket cannot be used: ${(error as Error).message}.`))
    }
  }

  /** What ssh said before it made its socket comes by another way, and may be read later. */
  async #greeted(): Promise<Greeting> {
    const until = performance.now() + GREETING_MS
    let greeting = greetingOf(this.#process.output)
    while (greeting.method === null && !this.#over && performance.now() < until) {
      await pause(GREETING_POLL_MS)
      greeting = greetingOf(this.#process.output)
    }
    return greeting
  }

  /** ssh ends its link when it ends, and is then waited for, for its last words; else it is of no use any more. */
  #linkClosed(why: string): void {
    setTimeout(() => {
      this.#link?.lose(why)
      this.#process.kill('SIGKILL')
    }, LAST_WORDS_MS)
  }

  #fail(error: ToolError): void {
    this.#failure ??= error
    this.#process.kill('SIGKILL')
  }

  async #exited({ signal }: PtyExit): Promise<void> {
    this.#over = true
    this.#process.connected()
    rmSync(this.controlPath, { force: true }) // a killed ssh leaves it
    const output = this.#process.output
    // Killed by somebody else, it says nothing of the host: whoever waits may try again.
    const killed = signal === null ? null : new Error(`its ssh was ended by ${signal}.`)
    if (!this.#link) this.#settleReady(this.#failure ?? killed ?? (await this.#whyNot(output)))
    this.#link?.lose(this.loss)
    this.#settleEnded()
  }

  async #whyNot(output: string): Promise<ToolError> {
    const offending = offendingKey(output)
    const known = offending ? await knownFingerprint(offending) : null
    const { reason, message } = connectionFailure(output, { target: this.connection.target.typed }, known)
    return failed(reason === 'host-key-unknown' ? message : message + this.#patience.passedOver)
  }
}

/** Why a connection that was there is gone. */
function lossIn(output: string, target: string): string {
  const { reason, message } = connectionFailure(output, { target })
  return reason === 'connection-lost' ? message : 'its ssh ended.'
}
