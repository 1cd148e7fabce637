import { type Frame, type FrameKind, frameOf, holdsCommands, keepsWaiting } from './incomplete-frames.js'
import { Heredocs } from './incomplete-heredocs.js'

/** Readings of the whole text that nested `((` may take; beyond that they are subshells. */
const MOST_REREADING = 20

/** How far a text was read, and what is open there. */
export class ShellState {
  /** With the Enter that ends it. */
  readonly text: string
  readonly heredocs = new Heredocs()
  /** Past the end of the text where a quote or a here document was open. */
  at = 0
  readonly #frames: Frame[] = [frameOf('top')]
  #parentheses = 0
  #reread = 0
  #refused = false
  #joined = false

  constructor(text: string) {
    this.text = `${text}\n`
  }

  get waits(): boolean {
    if (this.at > this.text.length || this.#joined) return true
    return this.#frames.some((frame) => keepsWaiting(frame, this.#refused))
  }

  get top(): Frame {
    return this.#frames.at(-1) as Frame
  }

  /** The present word so far. */
  get word(): string {
    return this.text.slice(this.top.word, this.at).replaceAll('\\\n', '')
  }

  open(kind: FrameKind): void {
    this.top.needs = false
    this.#frames.push(frameOf(kind))
    if (kind === 'paren') this.#parentheses++
  }

  close(): void {
    if (this.#frames.pop()?.kind === 'paren') this.#parentheses--
    const { top } = this
    if (!holdsCommands(top) || top.word >= 0) return
    top.stage = top.stage === 'for-name' ? 'for-do' : 'after'
  }

  /** The shell refuses the text here: it waits for no end of what is open, but for quotes and the like. */
  refuse(): void {
    this.#refused = true
  }

  /** A backslash and what it takes along; with the last Enter the line goes on. */
  escape(): void {
    this.#joined = this.at + 2 === this.text.length && this.text.endsWith('\n')
    this.at += 2
  }

  /** `(` where a command may begin: `((` is read as arithmetic at first. */
  openParenthesis(): void {
    this.at++
    const double = this.text[this.at] === '(' && this.#reread < MOST_REREADING * this.text.length
    this.open(double ? 'arithmetic' : 'paren')
    if (double) Object.assign(this.top, { start: this.at, heredocs: this.heredocs.pending })
  }

  /** What began with `((` does not end with `))`: these were two subshells. */
  rereadAsSubshell(): void {
    const { start, heredocs } = this.top
    this.#reread += this.at - start
    this.#frames.pop()
    this.at = start
    this.heredocs.pending = heredocs
    this.open('paren')
  }

  /** `(` of `$(…)` and `<(…)`: behind a second one bash reads no commands before it comes to run them. */
  openSubstitution(): void {
    this.at++
    this.open(this.text[this.at] === '(' ? 'arithmetic' : 'paren')
  }

  /** `)` in a list of commands. What is open within the parentheses is refused. */
  closeParenthesis(): void {
    this.at++
    if (this.top.kind !== 'paren') this.refuse()
    if (this.#parentheses === 0) return
    while (this.top.kind !== 'paren') this.#frames.pop()
    this.close()
  }
}
