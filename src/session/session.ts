import { rmSync } from 'node:fs'
import { STOP_GRACE_MS } from '../common/limits.js'
import type { SideShell } from '../connection/side-shell.js'
import { Pty, type PtyExit, type PtyOptions } from '../platform/pty.js'
import { type SessionRecord, transcriptPath } from '../platform/session-files.js'
import { TranscriptFile } from '../platform/transcript-file.js'
import { exitReason } from '../ssh/exit-reason.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import { FullScreens } from '../terminal/full-screens.js'
import { HiddenRanges } from '../terminal/hidden-ranges.js'
import { LiveStream, type StreamState } from '../terminal/live-stream.js'
import type { Mark } from '../terminal/marks.js'
import type { Query } from '../terminal/queries.js'
import { SizeHistory } from '../terminal/sizes.js'
import { Answers } from './answers.js'
import { answersHost, integrationHost, programInFront } from './hosts.js'
import { InputQueue } from './input-queue.js'
import { Integration } from './integration.js'
import { Observer } from './observer.js'
import { ReadPosition } from './read-position.js'
import { RecordKeeper } from './record-keeper.js'
import { type Gap, Recorder } from './recorder.js'
import { SessionScreen } from './session-screen.js'

/** Who wants to know of a session's output and end. Chunks are valid only during the call. */
export interface SessionListener {
  output?(chunk: Buffer): void
  /** What is known of the shell has changed. */
  changed?(): void
  /** The terminal has another size. */
  resized?(): void
  ended?(): void
}

/** What a session's ssh is started with. */
export interface SessionStart extends Omit<PtyOptions, 'onData' | 'onExit'> {
  /** Where its control socket will be, and how to open a second channel there. */
  controlPath: string
  openSide: (signal: AbortSignal) => Promise<SideShell | null>
}

/** Bytes of the end of a transcript that are looked through for ssh's last words. */
const TAIL_BYTES = 4096

/** One `ssh -tt` on a PTY of its own, with its transcript. It outlives every client. */
export class Session {
  readonly directory: string
  readonly recorder: Recorder
  readonly position: ReadPosition
  readonly screen: SessionScreen
  readonly input: InputQueue
  readonly observer: Observer
  readonly integration: Integration
  readonly answers: Answers
  /** Whether the shell was seen to be ready for input: by its prompt, or by what looked like one. */
  usable = false
  readonly #record: SessionRecord
  readonly #listeners = new Set<SessionListener>()
  #pty: Pty | null = null
  #stop: 'polite' | 'forced' | null = null
  readonly #keeper: RecordKeeper
  #startedAt = performance.now()
  #outputAt: number | null = null
  /** Where a prompt begins that nobody is to be given; null where there is none. */
  #promptAt: number | null = null

  /**
   * @param live where the transcript's stream stands, for one of an earlier daemon
   * @param file its transcript; a new one is created where it is left out
   */
  constructor(directory: string, record: SessionRecord, file?: TranscriptFile, live?: LiveStream) {
    this.directory = directory
    this.#record = record
    this.#keeper = new RecordKeeper(directory, record, () => this.#present())
    const options = {
      file: file ?? TranscriptFile.create(transcriptPath(directory)),
      onFed: (marks: readonly Mark[], queries: readonly Query[]) => {
        this.integration.fed(marks)
        this.answers.fed(queries)
      },
      programName: () => programInFront(this),
      onRecorded: (bytes: Buffer) => this.#recorded(bytes),
      onBlocked: (blocked: boolean) => (blocked ? this.#pty?.pause() : this.#pty?.resume()),
    }
    const hidden = new HiddenRanges(record.hidden)
    const sizes = new SizeHistory(record, record.sizes)
    this.recorder = new Recorder(
      options,
      live ?? new LiveStream(),
      hidden,
      sizes,
      new FullScreens(record.full_screens),
    )
    this.recorder.gaps.push(...record.gaps)
    this.recorder.nonces.push(...record.nonces)
    this.position = new ReadPosition(this.recorder, record.read.offset, record.read.units)
    this.screen = new SessionScreen(this.recorder)
    this.input = new InputQueue((bytes, isInput) => this.#write(bytes, isInput))
    this.observer = new Observer(record, this.recorder.file.path)
    this.integration = new Integration(integrationHost(this), record.integration)
    this.answers = new Answers(answersHost(this))
  }

  start({ controlPath, openSide, ...options }: SessionStart): void {
    this.#pty = new Pty({
      ...options,
      onData: (chunk) => this.recorder.record(chunk),
      onExit: (exit) => {
        rmSync(controlPath, { force: true }) // a killed ssh leaves it
        this.#exited(exit)
      },
    })
    this.integration.started(controlPath, openSide)
    this.save()
  }

  get id(): string {
    return this.#record.session_id
  }

  get name(): string | null {
    return this.#record.session_name
  }

  get record(): Readonly<SessionRecord> {
    return this.#record
  }

  get running(): boolean {
    return this.#record.exit_reason === null
  }

  get gaps(): readonly Gap[] {
    return this.recorder.gaps
  }

  get state(): StreamState {
    return this.recorder.state
  }

  get pid(): number | null {
    return this.#pty?.pid ?? null
  }

  get ttyPath(): string | null {
    return this.#pty?.ttyPath ?? null
  }

  /** When output last came, in milliseconds on the monotonic clock; the start where none came. */
  get outputAt(): number {
    return this.#outputAt ?? this.#startedAt
  }

  get uptimeSeconds(): number {
    const { created_at, ended_at } = this.#record
    if (ended_at !== null) return Math.max(0, Date.parse(ended_at) - Date.parse(created_at)) / 1000
    return (performance.now() - this.#startedAt) / 1000
  }

  get idleSeconds(): number | null {
    return this.#outputAt === null ? null : (performance.now() - this.#outputAt) / 1000
  }

  /** Calls the listener from now on. @returns a function that ends it */
  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  resize(cols: number, rows: number): void {
    if (cols === this.#record.cols && rows === this.#record.rows) return
    this.#record.cols = cols
    this.#record.rows = rows
    this.#pty?.resize(cols, rows)
    this.recorder.sizes.resized(this.state.offset, { cols, rows })
    this.saveSoon()
    for (const listener of [...this.#listeners]) listener.resized?.()
  }

  /** The prompt that shows behind a command whose output has been given is not worth a reading of its own. */
  skipPromptAfter({ offset }: Checkpoint): void {
    this.#promptAt = offset
    this.#skipPrompt()
  }

  /** Asks ssh to end: with a hang-up, or at once. @returns the signal that was sent, null if it had ended */
  hangUp(force: boolean): 'SIGHUP' | 'SIGKILL' | null {
    if (!this.#pty?.running) return null
    if (this.#stop !== 'forced') this.#stop = force ? 'forced' : 'polite'
    const signal = force ? 'SIGKILL' : 'SIGHUP'
    return this.#pty.kill(signal) ? signal : null
  }

  /** Ends ssh after a polite stop that it did not follow; the stop stays a polite one. */
  kill(): boolean {
    return this.#pty?.kill('SIGKILL') ?? false
  }

  /** Settles when the session has ended, or after `ms`. @returns whether it has ended */
  ended(ms: number = STOP_GRACE_MS): Promise<boolean> {
    if (!this.running) return Promise.resolve(true)
    return new Promise((resolve) => {
      const done = (ended: boolean): void => {
        clearTimeout(timer)
        stopListening()
        resolve(ended)
      }
      const timer = setTimeout(() => done(false), ms)
      const stopListening = this.listen({ ended: () => done(true) })
    })
  }

  /** Writes session.json. */
  save(): void {
    this.#keeper.save()
  }

  saveSoon(): void {
    this.#keeper.saveSoon()
  }

  /** What of its record changes while it runs. */
  #present(): Partial<SessionRecord> {
    const { hidden, nonces, fullScreens, sizes } = this.recorder
    const { offset, units, fresh } = this.state
    return {
      counted: { offset, units },
      fresh,
      read: this.position.saved,
      gaps: [...this.gaps],
      hidden: [...hidden.all],
      nonces: [...nonces],
      full_screens: [...fullScreens.all],
      sizes: [...sizes.all],
      shell: this.integration.shell,
      tmux_session_name: this.observer.tmuxName,
      tmux_tmpdir: this.observer.tmuxDirectory,
    }
  }

  /** What waits are judged by has changed. */
  changed(): void {
    this.#skipPrompt()
    for (const listener of [...this.#listeners]) listener.changed?.()
  }

  #skipPrompt(): void {
    const { ready, prompt } = this.integration.state
    if (!ready || this.#promptAt === null) return
    if (prompt.from === this.#promptAt && this.position.place.offset === this.#promptAt)
      this.position.skipShortTo(prompt.to)
    this.#promptAt = null
  }

  #write(bytes: Buffer, isInput: boolean): number {
    const taken = this.#pty?.write(bytes) ?? 0
    if (taken > 0 && isInput) this.integration.sent(bytes.toString('utf8', 0, taken))
    else if (taken > 0) this.integration.answered()
    return taken
  }

  #recorded(bytes: Buffer): void {
    this.#outputAt = performance.now()
    this.integration.poke()
    for (const listener of [...this.#listeners]) listener.output?.(bytes)
  }

  #exited({ code: status, signal }: PtyExit): void {
    const code = this.integration.spoils(status) ? null : status
    this.integration.end()
    this.answers.end()
    const { size } = this.recorder.file
    const tail = this.recorder.file.read(Math.max(0, size - TAIL_BYTES), TAIL_BYTES).toString('utf8')
    this.recorder.file.close()
    this.#record.exit_code = signal ? null : code
    this.#record.signal = signal
    this.#record.exit_reason = exitReason({ code, signal, stop: this.#stop, tail })
    this.#record.ended_at = new Date().toISOString()
    this.save()
    for (const listener of [...this.#listeners]) listener.ended?.()
    this.#listeners.clear()
    if (this.#record.auto_close) void this.observer.close()
  }
}
