import { setTimeout as pause } from 'node:timers/promises'
import type { Integration } from './integration.js'
import { type Recorder, unitsOf } from './recorder.js'

/**
 * How soon behind an answer a prompt says that nobody may have read it; and how long a shell may take to read what is
 * left then: busybox waits 50 ms for the rest of a sequence.
 */
const LEFT_MS = 1000
const READ_MS = 100
/** Ctrl-U, which empties the line in every line editor, and leaves the shell's last exit status alone. */
const EMPTY_LINE = '\x15'

interface Host {
  readonly recorder: Recorder
  readonly integration: Integration
  /** Types what is no input. */
  type(text: string): void
}

/**
 * A program may end before it has read its answer, which then stands typed at its shell's prompt. It is taken away
 * before anybody's command is typed behind it.
 */
export class LeftAnswers {
  readonly #host: Host
  /** The newest answer: when and where it was given, and how much had been typed. */
  #given: { at: number; offset: number; inputs: number } | null = null

  constructor(host: Host) {
    this.#host = host
  }

  given(): void {
    const { recorder, integration } = this.#host
    this.#given = { at: performance.now(), offset: recorder.state.offset, inputs: integration.inputs }
  }

  /** A shell may show its prompt now. */
  prompted(): void {
    const { state, inputs, typing } = this.#host.integration
    const given = this.#given
    if (!given || typing || !state.ready || state.prompt.from < given.offset) return
    this.#given = null
    if (given.inputs !== inputs || performance.now() - given.at > LEFT_MS) return
    void this.#host.integration.exclusively(() => this.#takeAway(inputs))
  }

  async #takeAway(inputs: number): Promise<void> {
    await pause(READ_MS)
    const { integration, recorder } = this.#host
    const { reporting, state } = integration
    if (!state.ready || integration.inputs !== inputs) return
    // Of the others none rings the bell where there is nothing.
    if (reporting?.kind !== 'bash' || shownBehind(recorder, state.prompt.to)) this.#host.type(EMPTY_LINE)
  }
}

const shownBehind = ({ file, state }: Recorder, offset: number): boolean =>
  unitsOf(file.read(offset, state.offset - offset)) > 0
