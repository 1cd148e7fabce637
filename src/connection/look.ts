import { type Evidence, evidenceOf } from '../shell/evidence.js'
import { detailScript, parseDetails } from '../shell/evidence-details.js'
import {
  type Front,
  frontOf,
  interruptScript,
  parseProcesses,
  processScript,
} from '../shell/evidence-processes.js'
import { ChannelRefused } from './command-channel.js'
import { NoShell, type SideShell } from './side-shell.js'

/** What one look at a session's terminal showed. */
export interface Look {
  evidence: Evidence
  front: Front
}

/** Longest time of one look, in milliseconds, from the opening of a channel on: somebody waits for it. */
const LOOK_MS = 3000
/** Attempts without an answer after which there is none to be had: a stalled network may cost one. */
const MAX_UNANSWERED = 2

/**
 * Looks at what is in front on a session's terminal, over a further channel of its connection. That channel is
 * closed after each look, for a session's ssh does not end before it; unless the caller keeps it, and closes it.
 */
export class Looker {
  /** When a side shell was last opened, in milliseconds on the monotonic clock. */
  openedAt = Number.NEGATIVE_INFINITY
  /** Whether what answers on the other side is no shell. */
  foreign = false
  readonly #open: (signal: AbortSignal) => Promise<SideShell | null>
  #side: SideShell | null = null
  #opening: AbortController | null = null
  /** Users of the side shell one after another, so that none closes it under another. */
  #turn: Promise<unknown> = Promise.resolve()
  #kept = false
  #closed = 0
  #refused = false
  /** Number of the session's first process, once it was seen. */
  #loginPid: number | null = null
  #unanswered = 0

  /** @param open opens a side shell on the session's connection; null where there is none to be had */
  constructor(open: (signal: AbortSignal) => Promise<SideShell | null>) {
    this.#open = open
  }

  /** Whether there is nothing to be seen: the server gives no second channel, or the session has ended. */
  get hopeless(): boolean {
    return this.#refused || this.#unanswered >= MAX_UNANSWERED
  }

  /**
   * Takes one look, within 3 s from its turn.
   * @param keep leaves the side shell open for what comes next, until `close`
   * @returns null where nothing can be told: no second channel, no POSIX shell, no /proc, no terminal
   */
  look({ keep = false } = {}): Promise<Look | null> {
    this.#kept ||= keep
    return this.#use(async (side) => {
      const processes = parseProcesses(await side.ask(processScript()))
      // With a channel of ours open, the ssh of a session that has ended would not end.
      this.#refused ||= this.#loginPid !== null && !processes.some(({ pid }) => pid === this.#loginPid)
      const front = frontOf(processes, side.parentPid)
      if (!front) return null
      this.#loginPid = front.loginPid
      return { front, evidence: evidenceOf(front, parseDetails(await side.ask(detailScript(front)))) }
    })
  }

  /** Opens the side shell for looks to come, and keeps it until `close`. */
  async warm(): Promise<void> {
    this.#kept = true
    await this.#use(async () => {})
  }

  /** Signals the group that a look saw in front, if it still is. @returns whether the signal was sent */
  async interrupt({ front }: Look, signal: 'INT' | 'QUIT'): Promise<boolean> {
    const sent = await this.#use(async (side) => side.ask(interruptScript(front, signal)))
    return sent?.trim() === 'sent'
  }

  /** Closes a side shell that was kept, and ends the looks that are under way. */
  close(): void {
    this.#closed++
    this.#kept = false
    this.#release()
  }

  #release(): void {
    this.#opening?.abort()
    this.#side?.close()
    this.#side = null
  }

  #use<T>(work: (side: SideShell) => Promise<T>): Promise<T | null> {
    const closed = this.#closed
    const result = this.#turn.then(() => (closed === this.#closed ? this.#bounded(work) : null))
    this.#turn = result
    return result
  }

  async #bounded<T>(work: (side: SideShell) => Promise<T>): Promise<T | null> {
    if (this.hopeless) return null
    const timer = setTimeout(() => this.#release(), LOOK_MS)
    try {
      const side = await this.#sideShell()
      return side && (await work(side))
    } catch (error) {
      this.foreign ||= error instanceof NoShell
      this.#refused ||= error instanceof ChannelRefused || this.foreign
      return null // or it was closed meanwhile
    } finally {
      clearTimeout(timer)
      if (!this.#kept) this.#release()
    }
  }

  async #sideShell(): Promise<SideShell | null> {
    if (this.#side?.isOpen) return this.#side
    this.#opening = new AbortController()
    const began = performance.now()
    this.openedAt = began
    this.#side = await this.#open(this.#opening.signal)
    // One that was given up before its time tells nothing.
    if (this.#side) this.#unanswered = 0
    else if (performance.now() - began >= LOOK_MS - 100) this.#unanswered++
    return this.#side
  }
}
