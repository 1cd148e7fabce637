import type { CommandChannel } from './command-channel.js'

/** Silence on an unfinished line that is taken for a question. */
const QUESTION_MS = 150
/** Silence after which a program that shows no question is taken to wait for input all the same. */
const SILENT_MS = 1500
const LINE_ENDS = new Set([0x0a, 0x0d])
/** What a person types at the end of input (VEOF). */
const END_OF_INPUT = Buffer.from([0x04])

/**
 * Types input into a command's terminal a line at a time, each when the program seems to ask for it: what asks
 * for a password throws away what was typed before. At the end comes the key for the end of input.
 */
export class TerminalInput {
  readonly #channel: CommandChannel
  readonly #lines: Buffer[]
  #timer: NodeJS.Timeout | null = null
  #openLine = false

  constructor(channel: CommandChannel, input: string) {
    this.#channel = channel
    const lines = input.match(/[^\n]*\n|[^\n]+$/g) ?? []
    // The key for the end of input only hands over a line that has begun.
    this.#lines = [...lines.map((line) => Buffer.from(line.replace(/\n?$/, '\n'))), END_OF_INPUT]
    this.#waitForQuestion()
  }

  /** To be told of each piece of output. */
  output(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#openLine = !LINE_ENDS.has(chunk.at(-1) ?? 0)
    this.#waitForQuestion()
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#lines.length = 0
  }

  #waitForQuestion(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#lines.length > 0)
      this.#timer = setTimeout(() => this.#type(), this.#openLine ? QUESTION_MS : SILENT_MS)
  }

  #type(): void {
    const line = this.#lines.shift()
    if (!line) return
    this.#openLine = false
    this.#channel.write(line)
    this.#waitForQuestion()
  }
}
