import { AHEAD_MS } from '../common/limits.js'
import type { ReportingShell } from './shell-state.js'

/** How things stand when input is sent. */
export interface SentAt {
  reporting: ReportingShell | null
  /** Whether that shell shows its prompt. */
  ready: boolean
  /** How long nothing has been printed, in milliseconds. */
  silentMs: number
}

/** Lines that a shell runs one after another, or next if a command does not take them: each has its prompt. Pure. */
export class TypedAhead {
  /** Number of the prompt at which all have been run, and whose; null where there are none. */
  #until: { nonce: string | null; count: number } | null = null
  #interrupted = false

  sent(input: string, { reporting, ready, silentMs }: SentAt): void {
    const lines = input.match(/[\r\n]/g)?.length ?? 0
    if (ready && (!this.isPending(reporting) || silentMs >= AHEAD_MS)) this.#until = null
    this.#interrupted = /[\x03\x1c]/.test(input)
    if (lines === 0 || (ready && lines === 1 && !this.#until)) return
    // A command under way has its own prompt before theirs.
    const first = (reporting?.count ?? 0) + (ready ? 0 : 1)
    this.#until = { nonce: reporting?.nonce ?? null, count: (this.#until?.count ?? first) + lines }
  }

  /** A command was ended on purpose: then its prompt is waited for, whatever else was sent. */
  interrupted(): void {
    this.#interrupted = true
  }

  /** Whether the prompt that shows may be followed by more. */
  isPending(reporting: ReportingShell | null): boolean {
    if (!this.#until) return false
    return reporting?.nonce !== this.#until.nonce || reporting.count < this.#until.count
  }

  /** Whether a wait for the prompt is for a later one. */
  isWaitedFor(reporting: ReportingShell | null): boolean {
    return !this.#interrupted && this.isPending(reporting)
  }

  /** Nothing is left of it. */
  forget(): void {
    this.#until = null
  }
}
