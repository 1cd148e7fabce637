import { TerminalParser } from './parser.js'

/** What is known of a stream at its newest byte. */
export interface StreamState {
  /** Absolute offset of the next byte. */
  offset: number
  /** Text units so far, as pending counts have them. */
  units: number
  /** Whether text stands on a line that has not ended: a prompt, a question, half a line. */
  openLine: boolean
  /** Whether a line editor is on: the shell switched bracketed paste on (CSI ? 2004 h) and not off since. */
  lineEditor: boolean
  /** How often it was switched on, and whether something was printed since it last was. */
  prompts: number
  prompted: boolean
  /** Whether a full-screen program has the alternate screen (CSI ? 1049 h and its elder forms). */
  fullScreen: boolean
}

/** Follows a stream as it arrives, keeping only what waits and counts ask for. */
export class LiveStream {
  readonly #parser: TerminalParser
  #openLine = false
  #lineEditor = false
  #prompts = 0
  #prompted = false
  #fullScreen = false

  /** @param offset where the stream goes on, with the text units before it, if it does not begin */
  constructor(offset = 0, units = 0) {
    this.#parser = new TerminalParser(
      {
        run: (bytes, from, to) => this.#run(bytes, from, to),
        character: () => {
          this.#openLine = true
          this.#prompted = true
        },
        control: (code) => {
          if (code === 0x0a) this.#openLine = false
        },
        csi: (final, prefix, params) => {
          if (prefix === '?') this.#switched(final, params)
        },
      },
      offset,
    )
    this.#parser.units = units
  }

  feed(bytes: Uint8Array): void {
    this.#parser.feed(bytes)
  }

  /** Whether a reader that knows nothing may begin here. */
  get atBoundary(): boolean {
    return this.#parser.atBoundary
  }

  get state(): StreamState {
    const { offset, units } = this.#parser
    return {
      offset,
      units,
      openLine: this.#openLine,
      lineEditor: this.#lineEditor,
      prompts: this.#prompts,
      prompted: this.#prompted,
      fullScreen: this.#fullScreen,
    }
  }

  #switched(final: string, modes: readonly number[]): void {
    if (final !== 'h' && final !== 'l') return
    const on = final === 'h'
    if (modes.some((mode) => mode === 1049 || mode === 1047 || mode === 47)) this.#fullScreen = on
    if (!modes.includes(2004)) return
    this.#lineEditor = on
    this.#prompted = false
    if (on) this.#prompts++
  }

  #run(bytes: Uint8Array, from: number, to: number): void {
    this.#prompted = true
    for (let i = from; i < to && !this.#openLine; i++) this.#openLine = bytes[i] !== 0x20
  }
}
