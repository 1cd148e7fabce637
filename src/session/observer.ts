import { childEnvironment } from '../common/environment.js'
import type { Caller } from '../connection/caller.js'
import { findProgram } from '../platform/programs.js'
import type { SessionRecord } from '../platform/session-files.js'
import {
  closeViewer,
  openViewer,
  resizeViewer,
  type TmuxAccess,
  viewerExists,
  viewerName,
} from '../platform/tmux.js'

export type ObserverMode = 'tmux' | 'transcript'

/** What a result says of the observer. */
export interface ObserverFacts {
  requested_mode: ObserverMode
  mode: ObserverMode
  /** A line to paste into another terminal. */
  command: string
  transcript_path: string
  tmux_started: boolean
  tmux_session_name: string | null
  tmux_attach_command: string | null
  warning: string | null
}

/** The tmux window in which a person watches a session: opened when asked for, never in the session's way. */
export class Observer {
  readonly #record: Readonly<SessionRecord>
  readonly #transcript: string
  #requested: ObserverMode = 'transcript'
  #tmux: TmuxAccess | null = null
  #name: string | null
  #warning: string | null = null
  #opening: Promise<void> = Promise.resolve()
  #closed = false

  constructor(record: Readonly<SessionRecord>, transcript: string) {
    this.#record = record
    this.#transcript = transcript
    this.#name = record.tmux_session_name
  }

  get tmuxName(): string | null {
    return this.#name
  }

  get tmuxDirectory(): string | null {
    return this.#tmux?.env.TMUX_TMPDIR ?? null
  }

  get facts(): ObserverFacts {
    const attach = this.#tmux && this.#name ? attachCommand(this.#tmux, this.#name) : null
    return {
      requested_mode: this.#requested,
      mode: attach ? 'tmux' : 'transcript',
      command: attach ?? `tail -n +1 -f ${shellQuoted(this.#transcript)}`,
      transcript_path: this.#transcript,
      tmux_started: attach !== null,
      tmux_session_name: attach ? this.#name : null,
      tmux_attach_command: attach,
      warning: this.#warning,
    }
  }

  /** Sees to it that the tmux window is there, again if the person closed it. Calls after one another, never fails. */
  ensureOpen(caller: Caller): Promise<void> {
    this.#requested = 'tmux'
    this.#opening = this.#opening.then(() => this.#open(caller))
    return this.#opening
  }

  async #open(caller: Caller): Promise<void> {
    if (this.#closed) return
    if (this.#tmux && this.#name && (await viewerExists(this.#tmux, this.#name, this.#record.session_id)))
      return
    this.#name = null
    const tmux = tmuxOf(caller.env)
    if (!tmux) {
      this.#warning =
        'tmux was not found on PATH, so there is no window to watch; the transcript can be followed instead.'
      return
    }
    const { session_id: owner, cols, rows, target, session_name } = this.#record
    const name = viewerName(target, session_name ?? '', owner.slice(0, 8))
    const opened = await openViewer(tmux, { name, owner, transcript: this.#transcript, cols, rows })
    if ('name' in opened) {
      this.#tmux = tmux
      this.#name = opened.name
      this.#warning = null
    } else {
      this.#warning = `tmux could not open a window (${opened.failure}); the transcript can be followed instead.`
    }
  }

  async resize(cols: number, rows: number): Promise<void> {
    if (this.#tmux && this.#name) await resizeViewer(this.#tmux, this.#name, cols, rows)
  }

  /** Closes the window for good. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#opening
    if (this.#tmux && this.#name) await closeViewer(this.#tmux, this.#name, this.#record.session_id)
    this.#name = null
  }
}

/** The tmux that an environment leads to, null if there is none. */
export function tmuxOf(env: Readonly<Record<string, string>>): TmuxAccess | null {
  const program = findProgram('tmux', env.SSH_MCP_TMUX_BIN, env.PATH)
  return program ? { program, env: { ...childEnvironment(env), TERM: 'xterm-256color' } } : null
}

/** The name needs `=` (tmux would take a prefix of it otherwise) and quotes (zsh expands a leading `=`). */
function attachCommand({ env }: TmuxAccess, name: string): string {
  const directory = env.TMUX_TMPDIR ? `TMUX_TMPDIR=${shellQuoted(env.TMUX_TMPDIR)} ` : ''
  return `${directory}tmux attach -t '=${name}'`
}

const shellQuoted = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
