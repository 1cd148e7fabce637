import type { Look } from '../connection/look.js'
import type { SideShell } from '../connection/side-shell.js'
import type { Mark } from '../terminal/marks.js'
import { ArmingTerminal, armShell, identifyShell } from './arming.js'
import type { WaitEnd } from './conditions.js'
import { type Arming, armingFor, frontVerdict, type ScreenFacts, silenceBeforeLook } from './front-rules.js'
import { FrontWatch } from './front-watch.js'
import { onceThere } from './once-there.js'
import type { Recorder } from './recorder.js'
import { type SameShell, sameShell } from './same-shell.js'
import { type ReportingShell, ShellState } from './shell-state.js'
import { TypedAhead } from './typed-ahead.js'
import { TypingTurn } from './typing-turn.js'

/** What shell integration needs of its session. */
export interface IntegrationHost {
  readonly recorder: Recorder
  /** The line at the end of the transcript that has not ended. */
  openLine(): string
  /** How long nothing has been printed, in milliseconds. */
  silentMs(): number
  /** Types at once, before anything that waits in the queue. */
  type(text: string): void
  /** Whether input waits that the terminal has not taken. */
  inputWaits(): boolean
  /** Whether a program is waiting for an answer of the terminal's. */
  awaitsAnswer(): boolean
  /** Writes down at once what is hidden, so that a later daemon does not show it. */
  save(): void
  /** What waits are judged by has changed. */
  changed(): void
}

/**
 * Sees to it that the shell in front reports its prompts and commands, and knows who is in front: by its marks, and
 * by looks while no shell reports, or while somebody waits for the command under way.
 */
export class Integration {
  readonly state = new ShellState()
  /** What the shell in front is: a kind, `unknown` where none reports, null where nobody looked. */
  shell: string | null = null
  /** Whether ssh has authenticated, so that there may be a shell. */
  connected = false
  /** How often the shell in front has asked for the text that a command told it to read. */
  invitations = 0
  /** What was sent that the shell runs later. */
  readonly ahead = new TypedAhead()
  readonly #wanted: boolean
  readonly #host: IntegrationHost
  readonly #watch: FrontWatch
  #waiters = 0
  /** Offset at which the last look was made, and what it said of who is waited for, and of what was to be done. */
  #seen: { offset: number; verdict: WaitEnd | null; act: Arming['act']; works: boolean } | null = null
  /** The process, or the prompt, of a shell that did not take the script. */
  #refused: number | string | null = null
  /** How much was typed, and whether the other side has answered since. */
  #inputs = 0
  #answered = true
  /** How much of what was typed were answers of the terminal's. */
  #answers = 0
  #terminal: ArmingTerminal | null = null
  /** A command that is on its way to the shell. */
  readonly #sending = new TypingTurn()
  #ended = false

  constructor(host: IntegrationHost, wanted: boolean) {
    this.#host = host
    this.#wanted = wanted
    this.#watch = new FrontWatch({
      place: () => `${this.#offset} ${this.#inputs} ${this.#answers}`,
      interested: () => this.#interested(),
      silenceMs: () => silenceBeforeLook(host.recorder.state, this.reporting !== null),
      openLine: () => host.recorder.state.openLine,
      awaitsMark: () => this.reporting !== null,
      looked: (look) => this.#looked(look),
      done: () => host.changed(),
    })
  }

  /** ssh has been started; its control socket appears when it has authenticated. */
  started(controlPath: string, open: (signal: AbortSignal) => Promise<SideShell | null>): void {
    const connected = (): void => {
      this.connected = true
      this.#watch.begin(open, this.#wanted)
      this.poke()
    }
    onceThere(controlPath, () => this.#ended, connected)
  }

  end(): void {
    this.#ended = true
    this.#watch.end()
  }

  /** The shell in front, if it reports. */
  get reporting(): ReportingShell | null {
    return this.state.current
  }

  /** Whether there is nothing more to be found out about the present state of the terminal. */
  get concluded(): boolean {
    if (!this.#wanted || !this.connected) return true
    if (this.#watch.work) return false
    return this.state.ready || (this.#seenNow ? this.#seen?.act === 'leave' : false)
  }

  /** Who is waited for, by the newest look; null if nobody, or nothing is known of the present state. */
  get front(): WaitEnd | null {
    return this.#seenNow && !this.state.ready ? (this.#seen?.verdict ?? null) : null
  }

  /** Whether something was seen to work, by the newest look, so that silence says nothing. */
  get works(): boolean {
    return this.#seenNow && this.#seen?.works === true
  }

  /** Settles when nothing is being typed by us. */
  async idle(): Promise<void> {
    while (this.typing) await (this.#sending.over ?? this.#watch.work)
  }

  /** Whether we type something that nothing else may come into. */
  get typing(): boolean {
    return this.#sending.over !== null || (this.#terminal !== null && this.#watch.work !== null)
  }

  /** Whether some of what we type may not have been read yet; before its prompt, a shell may ask its terminal. */
  get feeding(): boolean {
    return this.typing && !(this.#sending.over === null && this.#terminal?.isFed)
  }

  /** Nothing else is typed until this is done. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#sending.while(work)
  }

  /** Somebody waits for what goes on in front. @returns a function that ends it */
  watch(): () => void {
    this.#waiters++
    this.#watch.reset()
    this.poke()
    return () => {
      this.#waiters--
    }
  }

  /** The shell in front does not do what it was set up for: it is set up again. */
  distrust(): void {
    this.state.ready = false
    this.#seen = null
  }

  /** Looks now if it is not known who is in front. */
  async lookNow(): Promise<void> {
    await this.#watch.work
    await this.#watch.look()
  }

  /** Looks at who is in front, whether or not a shell reports. @returns null where there is nothing to be seen */
  glance(): Promise<Look | null> {
    return this.#watch.glance()
  }

  /** Signals the group in front, past all input that was not taken. @returns whether it was sent */
  interrupt(signal: 'INT' | 'QUIT'): Promise<boolean> {
    this.ahead.interrupted()
    return this.#watch.interrupt(signal)
  }

  /** Whether an exit status may be that of a look, which hides the session's own. */
  spoils(status: number): boolean {
    return this.#watch.spoils(status)
  }

  /** A piece of output has been recorded, with these marks in it. */
  fed(marks: readonly Mark[]): void {
    const now = performance.now()
    const { ready } = this.state
    this.#answered = true
    for (const mark of marks) {
      this.#terminal?.mark(mark)
      if (this.state.mark(mark, now) && mark.kind === 'I') this.#invited()
    }
    this.#terminal?.heard()
    if (this.reporting && !this.state.ready) this.state.look(this.#host.recorder.state, this.#offset)
    if (this.state.ready && !ready) this.#becameReady()
  }

  /** Input that has been sent. */
  sent(input: string): void {
    const { reporting, state } = this
    const at = { reporting, ready: state.ready, silentMs: this.#host.silentMs() }
    if (!this.typing) this.ahead.sent(input, at)
    this.state.sent(input, performance.now())
    this.#inputs++
    this.#answered = false
    this.#seen = null
    this.#watch.reset()
    this.poke()
  }

  /** An answer of the terminal's has been sent, which is no input: who waited for it goes on. */
  answered(): void {
    this.#answers++
    this.#seen = null
    this.#watch.reset()
    this.poke()
  }

  /** How often something was typed. */
  get inputs(): number {
    return this.#inputs
  }

  /** Something has happened on the terminal. */
  poke(): void {
    this.#watch.poke()
  }

  get #offset(): number {
    return this.#host.recorder.state.offset
  }

  get #seenNow(): boolean {
    return this.#seen?.offset === this.#offset
  }

  #invited(): void {
    this.invitations++
    this.#host.changed()
  }

  #becameReady(): void {
    this.shell = this.reporting?.kind ?? null
    this.#watch.keep = false
    this.#terminal?.ready(this.state.prompt.to)
    this.#watch.rest()
    this.#host.changed()
  }

  #interested(): boolean {
    if (this.#ended || !this.#wanted || !this.connected || this.state.ready) return false
    // What reads now reads that, and is neither a prompt nor a question.
    if (this.#host.awaitsAnswer()) return false
    if (this.#waiters > 0) return true
    if (this.#seenNow && this.#seen?.act === 'leave') return false
    const { lineEditor, openLine } = this.#host.recorder.state
    return lineEditor || (openLine && !this.reporting)
  }

  async #looked(look: Look | null): Promise<void> {
    const screen = this.#screen()
    const same = sameShell(look, this.state, screen)
    if (same === 'prompt') {
      this.state.trust(this.#offset)
      return this.#becameReady()
    }
    // A line that is not complete would swallow what we type.
    const open = same === 'more'
    const arming = this.#armingOf(look, screen, same)
    const verdict = open ? 'incomplete_input' : frontVerdict(look, screen, arming)
    const works = look?.evidence.kind === 'working'
    this.#seen = { offset: this.#offset, verdict, act: arming.act, works }
    const typing = arming.act === 'arm' || arming.act === 'identify'
    if (typing && this.#answered) await this.#arm(arming)
    else if (arming.act === 'leave') this.#leave()
  }

  #armingOf(look: Look | null, screen: ScreenFacts, same: SameShell): Arming {
    if (same !== null) return { act: same === 'reads' ? 'later' : 'leave' }
    return armingFor(look, screen, this.#watch.foreign)
  }

  #screen(): ScreenFacts {
    const { lineEditor, fullScreen, openLine } = this.#host.recorder.state
    return { lineEditor, fullScreen, openLine, silentMs: this.#host.silentMs(), line: this.#host.openLine() }
  }

  async #arm(arming: Arming): Promise<void> {
    const { recorder } = this.#host
    const who = arming.act === 'arm' ? arming.pid : this.#host.openLine()
    if (this.#host.inputWaits() || this.#refused === who || !recorder.atBoundary) return this.#leave()
    const terminal = new ArmingTerminal(this.#host, this.state)
    this.#terminal = terminal
    try {
      const kind = arming.act === 'arm' ? arming.kind : await identifyShell(terminal)
      if (kind !== null && (await armShell(terminal, kind, arming.act === 'arm' ? arming.pid : null))) return
      this.#refused = who
      this.#leave()
    } finally {
      this.#terminal = null
      terminal.close()
    }
  }

  #leave(): void {
    if (!this.reporting) this.shell = 'unknown'
    this.#watch.keep = false
    if (this.#seen) this.#seen.act = 'leave'
  }
}
