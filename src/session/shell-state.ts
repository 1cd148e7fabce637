import type { ReadySign } from '../shell/arming.js'
import type { ShellKind } from '../shell/kinds.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import type { Mark } from '../terminal/marks.js'
import { LinesAhead } from './lines-ahead.js'
import { TypedLine } from './typed-line.js'

/** A shell that reports: what it is, and how far it is. Several stand on each other after `su` or a nested ssh. */
export interface ReportingShell {
  nonce: string
  kind: ShellKind
  /** The words by which it told how commands have to be sent to it. */
  traits: readonly string[]
  sign: ReadySign
  /** Number of its process, where that is known. */
  pid: number | null
  /** Number of its newest prompt. */
  count: number
  running: RunningCommand | null
  /** Its newest command that has finished. */
  last: FinishedCommand | null
  /** Whether it asked for the rest of what was entered. */
  continuing: boolean
}

/** A command under way. Times are milliseconds on the monotonic clock, offsets absolute. */
export interface RunningCommand {
  /** What was typed, null where we did not type it. */
  line: string | null
  startedAt: number
  /** Where its output begins; null until the shell has said so. */
  outputFrom: Checkpoint | null
  /** Whether the shell is to ask for its text, so that what it prints until then is no output. */
  awaitsText: boolean
  /** Whether the shell is expected to want the rest of it, though its first lines may have been run. */
  open: boolean
}

export interface FinishedCommand extends RunningCommand {
  /** Of the shell that told. */
  nonce: string
  exitCode: number | null
  durationMs: number
  outputTo: Checkpoint
  cwd: string | null
}

/** What of the stream decides whether the line editor takes input. */
interface EditorState {
  lineEditor: boolean
  prompts: number
}

/**
 * Follows the marks of a session's shells. Pure: told of marks, of what is typed and of the time. A mark counts only
 * with a nonce of ours and a number that is not older than the newest: what was printed earlier may come again.
 */
export class ShellState {
  /** The shell in front, the last of these. */
  readonly shells: ReportingShell[] = []
  /** Whether the shell in front shows its prompt and takes input. */
  ready = false
  /** How often a shell has become ready, and how often one asked for the rest of a command. */
  prompts = 0
  continuations = 0
  /** The newest command that has finished. */
  last: FinishedCommand | null = null
  readonly #line = new TypedLine()
  /** The newest commands that have finished, and how many did before them. */
  finishes: FinishedCommand[] = []
  finishedBefore = 0
  /** The newest prompt: where it begins, the text units before it, and where its text ends as far as that is known. */
  prompt = { from: 0, units: 0, to: 0 }
  #inputMark = false
  #editors = 0
  #promptFrom: Checkpoint | null = null
  readonly #ahead = new LinesAhead()

  get current(): ReportingShell | null {
    return this.shells.at(-1) ?? null
  }

  get finishedCount(): number {
    return this.finishedBefore + this.finishes.length
  }

  /** The first command that finished after so many others, in a shell that is still there. */
  finishedAfter(count: number): FinishedCommand | null {
    const since = this.finishes.slice(Math.max(0, count - this.finishedBefore))
    return (
      since.find(({ nonce }) => this.shells.some((shell) => shell.nonce === nonce)) ?? since.at(-1) ?? null
    )
  }

  /** Whether the prompt has shown while a command is under way, so that its end was not told. */
  get promptedAmid(): boolean {
    return this.#inputMark && this.running !== null
  }

  get running(): RunningCommand | null {
    return this.current?.running ?? null
  }

  /** The command that began last, under way or finished. */
  get newest(): RunningCommand | FinishedCommand | null {
    const commands = [this.last, ...this.shells.map(({ running }) => running)].filter((one) => one !== null)
    return commands.reduce<RunningCommand | FinishedCommand | null>(
      (newest, one) => (newest && newest.startedAt > one.startedAt ? newest : one),
      null,
    )
  }

  /**
   * A shell reports from now on.
   * @param again whether it is the one in front, which had stopped to report: its command is still the same one, and
   *   ended before the prompt that stands there
   * @param promptFrom where that prompt begins
   */
  add(
    shell: Pick<ReportingShell, 'nonce' | 'kind' | 'traits' | 'sign' | 'pid'>,
    again: boolean,
    promptFrom: Checkpoint,
  ): void {
    const running = again ? this.running : null
    this.#promptFrom = promptFrom
    if (again) this.shells.pop()
    this.shells.push({ ...shell, count: 0, running, continuing: false, last: null })
    this.ready = false
    this.#inputMark = false
  }

  /** Input that was sent, in order. */
  sent(input: string, now: number): void {
    const current = this.current
    if (!current) return
    if (!this.ready) {
      if (!current.running) this.#ahead.typed(input)
      return this.#cleared(current, input)
    }
    this.#ahead.clear()
    // fish shows no prompt anew that has a mark.
    this.#line.typed(input, current.kind !== 'fish')
    const line = this.#line.entered
    if (line === null) return
    // fish says nothing of an empty line.
    if (line === '' && current.kind === 'fish') this.#line.clear()
    else this.begin(line, now)
  }

  /** What was typed at the prompt and not entered. */
  get typed(): string {
    return this.#line.text
  }

  /** Whether a Ctrl-C may have emptied the line, which only a prompt to come can tell. */
  get interrupted(): boolean {
    return this.#line.interrupted
  }

  /** fish says nothing of Ctrl-C either, with which a line that is not complete goes away. */
  #cleared(current: ReportingShell, input: string): void {
    if (current.kind !== 'fish' || !this.asksForMore || !input.includes('\x03')) return
    current.running = null
    this.ready = true
    this.prompts++
  }

  /** Whether what was entered last is not complete, so that more input would go on with it. */
  get asksForMore(): boolean {
    const { current } = this
    if (!current?.running) return false
    return current.continuing || (current.kind === 'fish' && current.running.outputFrom === null)
  }

  /** A command has been entered. */
  begin(line: string, now: number, { awaitsText = false, open = false } = {}): void {
    if (!this.current) return
    this.current.running = { line, startedAt: now, outputFrom: null, awaitsText, open }
    this.#inputMark = false
    this.ready = false
    this.#line.clear()
  }

  /** @returns whether it was one of ours, and told something new */
  mark(mark: Mark, now: number): boolean {
    const at = this.shells.findIndex(({ nonce }) => nonce === mark.nonce)
    const shell = this.shells[at]
    if (!shell || mark.kind === 'S') return false
    if (mark.kind === 'I') return this.#fed(shell)
    const opens = mark.kind === 'D' || mark.kind === 'A'
    const far = mark.count > shell.count + MAX_PROMPTS_MISSED
    if (opens ? mark.count < shell.count || far : mark.count !== shell.count) return false
    // Whoever stood on this shell has gone.
    this.shells.length = at + 1
    if (mark.kind === 'D') return this.#finished(shell, mark, now)
    if (mark.kind === 'A') return this.#prompted(shell, mark)
    if (mark.kind === 'B') return this.#input(shell, mark)
    if (mark.kind === 'C') return this.#output(shell, mark, now)
    // Amid a command it is something that the command prints.
    if (shell.running?.outputFrom && !shell.running.open) return false
    this.continuations++
    shell.continuing = true
    return true
  }

  /** Looks whether the shell takes input now; after every piece of output. */
  look({ lineEditor, prompts }: EditorState, offset: number): void {
    const sign = this.current?.sign
    if (!sign || this.ready || this.running || this.current?.count === 0) return
    if (sign.inputMark && !this.#inputMark) return
    if (sign.editor && !(lineEditor && prompts > this.#editors)) return
    if (!sign.inputMark) this.prompt.to = offset
    this.#becomeReady()
  }

  /** It takes input, by other evidence than its marks. */
  trust(offset: number): void {
    this.prompt.to = offset
    this.#becomeReady()
  }

  #becomeReady(): void {
    this.ready = true
    this.prompts++
    this.#line.clear()
  }

  #finished(shell: ReportingShell, mark: Mark, now: number): boolean {
    if (mark.count === shell.count) return false
    const { running } = shell
    shell.running = null
    if (running && (running.outputFrom !== null || running.line)) {
      this.last = {
        ...running,
        nonce: shell.nonce,
        exitCode: mark.status,
        durationMs: now - running.startedAt,
        outputTo: this.#promptFrom ?? { offset: mark.start, units: mark.units },
        cwd: mark.rest,
      }
      shell.last = this.last
      this.finishes.push(this.last)
      if (this.finishes.length > MAX_FINISHES) this.finishedBefore += this.finishes.splice(0, 1).length
    }
    const told = this.#prompted(shell, mark)
    this.#promptFrom = null
    return told
  }

  #prompted(shell: ReportingShell, mark: Mark): boolean {
    if (mark.count === shell.count) return false
    shell.count = mark.count
    shell.running = null
    shell.continuing = false
    this.ready = false
    this.#inputMark = false
    this.#editors = mark.editors
    const { offset: from, units } = this.#promptFrom ?? { offset: mark.start, units: mark.units }
    this.prompt = { from, units, to: mark.end }
    return true
  }

  /** It asks for the text of a command: what it prints until that begins is the echo. */
  #fed(shell: ReportingShell): boolean {
    if (!shell.running?.awaitsText) return false
    shell.running = { ...shell.running, outputFrom: null, awaitsText: false }
    return true
  }

  #input({ kind, sign }: ReportingShell, mark: Mark): boolean {
    // fish prints it behind the sign that its editor is up, when a command may be on its way already.
    if (kind === 'fish' && !sign.inputMark) return false
    this.#inputMark = true
    this.prompt.to = mark.end
    return true
  }

  #output(shell: ReportingShell, mark: Mark, now: number): boolean {
    if (shell.running?.outputFrom != null) return false
    shell.continuing = false
    const outputFrom = { offset: mark.end, units: mark.units }
    const begun = shell.running ?? { line: this.#ahead.next(), awaitsText: false, open: false }
    shell.running = { ...begun, startedAt: now, outputFrom }
    this.ready = false
    return true
  }
}

/** Commands that are remembered: what was typed ahead may end in the same moment as the one before. */
const MAX_FINISHES = 64
/** Prompts that may have gone unseen; a number beyond is nobody's real one, and would make all that follow old. */
const MAX_PROMPTS_MISSED = 100
