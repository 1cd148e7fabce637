import { rmSync } from 'node:fs'
import { STOP_GRACE_MS } from '../common/limits.js'
import { log } from '../common/log.js'
import type { SideShell } from '../connection/side-shell.js'
import { Pty, type PtyExit, type PtyOptions } from '../platform/pty.js'
import { type SessionRecord, transcriptPath, writeRecord } from '../platform/session-files.js'
import { TranscriptFile } from '../platform/transcript-file.js'
import { programName } from '../shell/program-name.js'
import { exitReason } from '../ssh/exit-reason.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import { FullScreens } from '../terminal/full-screens.js'
import { HiddenRanges } from '../terminal/hidden-ranges.js'
import { LiveStream, type StreamState } from '../terminal/live-stream.js'
import type { Mark } from '../terminal/marks.js'
import { SizeHistory } from '../terminal/sizes.js'
import { InputQueue } from './input-queue.js'
import { Integration, type IntegrationHost } from './integration.js'
import { Observer } from './observer.js'
import { ReadPosition } from './read-position.js'
import { type Gap, Recorder } from './recorder.js'
import { SessionScreen } from './session-screen.js'
import { openLine } from './snapshot.js'

/** Who wants to know of a session's output and end. Chunks are valid only during the call. */
export interface SessionListener {
  output?(chunk: Buffer): void
  /** What is known of the shell has changed. */
  changed?(): void
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
/** A changed read position is written to session.json at most this often. */
const SAVE_MS = 1000

/** One `ssh -tt` on a PTY of its own, with its transcript. It outlives every client. */
export class Session {
  readonly directory: string
  readonly recorder: Recorder
  readonly position: ReadPosition
  readonly screen: SessionScreen
  readonly input: InputQueue
  readonly observer: Observer
  readonly integration: Integration
  /** Whether the shell was seen to be ready for input: by its prompt, or by what looked like one. */
  usable = false
  readonly #record: SessionRecord
  readonly #listeners = new Set<SessionListener>()
  #pty: Pty | null = null
  #stop: 'polite' | 'forced' | null = null
  #saver: NodeJS.Timeout | null = null
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
    const options = {
      file: file ?? TranscriptFile.create(transcriptPath(directory)),
      onFed: (marks: readonly Mark[]) => this.integration.fed(marks),
      programName: () => this.#programInFront(),
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
    this.input = new InputQueue((bytes) => this.#write(bytes))
    this.observer = new Observer(record, this.recorder.file.path)
    this.integration = new Integration(this.#integrationHost(), record.integration)
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

  /** Writes session.json; a disk that does not take it costs only what a later daemon knows. */
  save(): void {
    if (this.#saver) clearTimeout(this.#saver)
    this.#saver = null
    const { offset, units, fresh } = this.state
    this.#record.counted = { offset, units }
    this.#record.fresh = fresh
    this.#record.read = this.position.saved
    this.#record.gaps = [...this.gaps]
    this.#record.hidden = this.recorder.hidden.all.map((range) => ({ ...range }))
    this.#record.nonces = [...this.recorder.nonces]
    this.#record.full_screens = this.recorder.fullScreens.all.map((one) => ({ ...one }))
    this.#record.sizes = this.recorder.sizes.all.map((size) => ({ ...size }))
    this.#record.shell = this.integration.shell
    this.#record.tmux_session_name = this.observer.tmuxName
    this.#record.tmux_tmpdir = this.observer.tmuxDirectory
    try {
      writeRecord(this.directory, this.#record)
    } catch (error) {
      log(`session ${this.id}: session.json was not written: ${(error as Error).message}`)
    }
  }

  saveSoon(): void {
    this.#saver ??= setTimeout(() => this.save(), SAVE_MS).unref()
  }

  #integrationHost(): IntegrationHost {
    return {
      recorder: this.recorder,
      openLine: () => openLine(this.recorder, this.#record),
      silentMs: () => performance.now() - this.outputAt,
      type: (text) => void this.input.send(Buffer.from(text), true, () => {}),
      inputWaits: () => this.input.waits,
      save: () => this.save(),
      changed: () => {
        this.#skipPrompt()
        for (const listener of [...this.#listeners]) listener.changed?.()
      },
    }
  }

  /** By the command that runs. */
  #programInFront(): string | null {
    const { newest, ready } = this.integration.state
    return newest?.line && !ready ? programName(newest.line) : null
  }

  #skipPrompt(): void {
    const { ready, prompt } = this.integration.state
    if (!ready || this.#promptAt === null) return
    if (prompt.from === this.#promptAt && this.position.place.offset === this.#promptAt)
      this.position.skipShortTo(prompt.to)
    this.#promptAt = null
  }

  #write(bytes: Buffer): number {
    const taken = this.#pty?.write(bytes) ?? 0
    if (taken > 0) this.integration.sent(bytes.toString('utf8', 0, taken))
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
