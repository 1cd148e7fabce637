import { customAlphabet } from 'nanoid'
import { armingExchange, readySign } from '../shell/arming.js'
import type { ShellKind } from '../shell/kinds.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import type { Mark, MarkKind } from '../terminal/marks.js'
import type { IntegrationHost } from './integration.js'
import { type Recorder, unitsOf } from './recorder.js'
import type { ShellState } from './shell-state.js'
import { shownBefore } from './shown.js'

/** How long a shell may take to begin, and to read its script; and then to show its prompt, in milliseconds. */
const ANSWER_MS = 2000
const PROMPT_MS = 15_000

/** Short, since a person sees it in the line that is typed. */
const newNonce = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 10)

/** A terminal while we type into it: nothing of that is shown, from where it begins to the end of the next prompt. */
export class ArmingTerminal {
  readonly host: IntegrationHost
  readonly state: ShellState
  /** Where the prompt begins at which we type, as far as that shows. */
  readonly promptFrom: Checkpoint
  readonly #from: number
  #waiting: { done: () => boolean; settle: (done: boolean) => void } | null = null
  #nonce = ''
  #seen = new Set<MarkKind>()
  #onSetUp: (mark: Mark) => void = () => {}
  #ready = false

  constructor(host: IntegrationHost, state: ShellState) {
    this.host = host
    this.state = state
    this.#from = host.recorder.state.offset
    this.promptFrom = promptBefore(host.recorder, this.#from)
    host.recorder.hide()
    host.save()
  }

  /** Marks of this nonce are waited for; told at once when the shell is set up, for its prompt comes with that. */
  expect(nonce: string, onSetUp: (mark: Mark) => void): void {
    this.host.recorder.nonces.push(nonce)
    this.#nonce = nonce
    this.#onSetUp = onSetUp
    this.host.save()
  }

  mark(mark: Mark): void {
    if (mark.nonce !== this.#nonce) return
    if (mark.kind === 'S') this.#onSetUp(mark)
    this.#seen.add(mark.kind)
    this.#look()
  }

  /** Whether the shell has read all that we type. */
  get isFed(): boolean {
    return this.#seen.has('S')
  }

  /** The shell shows its prompt, which ends at this offset. */
  ready(promptEnd: number): void {
    if (!this.#seen.has('S')) return
    this.#ready = true
    this.host.recorder.show(promptEnd)
    this.host.save()
    this.#look()
  }

  /** @returns whether the mark came in time */
  marked(kind: MarkKind): Promise<boolean> {
    return this.#until(() => this.#seen.has(kind), ANSWER_MS)
  }

  prompted(): Promise<boolean> {
    return this.#until(() => this.#ready, PROMPT_MS)
  }

  /** @returns what the pattern found in what has come since, null if it does not come in time */
  async found(pattern: RegExp): Promise<RegExpExecArray | null> {
    await this.#until(() => pattern.test(this.#text), ANSWER_MS)
    return pattern.exec(this.#text)
  }

  /** Output has come. */
  heard(): void {
    this.#look()
  }

  close(): void {
    this.#waiting?.settle(false)
    this.host.recorder.show(this.host.recorder.state.offset)
    this.host.save()
  }

  get #text(): string {
    const { recorder } = this.host
    return recorder.file.read(this.#from, recorder.state.offset - this.#from).toString('latin1')
  }

  #look(): void {
    if (this.#waiting?.done()) this.#waiting.settle(true)
  }

  #until(done: () => boolean, ms: number): Promise<boolean> {
    if (done()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const settle = (is: boolean): void => {
        clearTimeout(timer)
        this.#waiting = null
        resolve(is)
      }
      const timer = setTimeout(() => settle(false), ms)
      this.#waiting = { done, settle }
    })
  }
}

/** Behind the last line end, or where the line editor came up on that line. */
function promptBefore(recorder: Recorder, end: number): Checkpoint {
  const { bytes } = shownBefore(recorder, end, PROMPT_BYTES)
  const line = bytes.lastIndexOf('\n') + 1
  const editor = bytes.lastIndexOf('\x1b[?2004h')
  // zsh says that its editor is up behind the prompt.
  const prompt = bytes.subarray(editor > line && unitsOf(bytes.subarray(editor)) > 0 ? editor : line)
  return { offset: end - prompt.length, units: recorder.state.units - unitsOf(prompt) }
}

/** Longest prompt that is looked for. */
const PROMPT_BYTES = 4096

/** Sets up the shell at its prompt, so that it reports from now on. @returns whether it does */
export async function armShell(
  terminal: ArmingTerminal,
  kind: ShellKind,
  pid: number | null,
): Promise<boolean> {
  const nonce = newNonce()
  const { host, state } = terminal
  const { line, payload } = armingExchange(kind, nonce)
  terminal.expect(nonce, ({ rest }) => {
    const traits = (rest ?? '').split(';').slice(1).join(';').split(',').filter(Boolean)
    const shell = { nonce, kind, traits, sign: readySign(kind, traits), pid }
    state.add(shell, traits.includes('again'), terminal.promptFrom)
  })
  host.type(line)
  const { last, prompts } = state
  if (!(await terminal.marked('I'))) {
    // What was typed may have gone to a program that has ended since: whoever is in front now is left alone.
    if (state.last === last && state.prompts === prompts) host.type('\x03')
    return false
  }
  host.type(payload)
  if (!(await terminal.marked('S'))) return false
  await terminal.prompted()
  return true
}

/** Asks the shell in front what it is, where its process cannot be seen. @returns null if the answer is none of a shell we know */
export async function identifyShell(terminal: ArmingTerminal): Promise<ShellKind | null> {
  const word = `Q${newNonce()}`
  // In two parts, so that the echo of the line is not taken for the answer.
  terminal.host.type(` echo "${word}""=$BASH_VERSION|$ZSH_VERSION|$FISH_VERSION|$KSH_VERSION|\\0101|"\r`)
  const answer = new RegExp(`${word}=([^|]*)\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|([^|]*)\\||${UNSET.source}`)
  const found = await terminal.found(answer)
  if (!found) return null
  const [text, bash, zsh, fish, ksh, echoed] = found
  if (bash || text.includes('unbound')) return 'bash'
  if (zsh || text.includes('zsh:')) return 'zsh'
  if (fish) return 'fish'
  if (ksh) return 'ksh'
  // dash's echo reads escapes, that of busybox does not.
  return echoed === 'A' ? 'dash' : 'ash'
}

/** What a shell with `set -u` answers instead, of the first variable that is not its own. */
const UNSET =
  /ZSH_VERSION: unbound variable|zsh: BASH_VERSION: parameter not set|BASH_VERSION: parameter not set/
