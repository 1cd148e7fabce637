import { ToolError } from '../common/errors.js'
import { PERSON_MS } from '../common/limits.js'
import type { QuestionEvent } from './questions.js'

/** A connection that takes this many times its time-out, though ssh is busy and nothing is asked, is given up. */
const FACTOR = 3

/** Whose connection is waited for, and how long ssh itself waits for an answer of the server. */
export interface Waited {
  target: string
  connectSeconds: number
}

/** How long a connection that is being made is waited for: longer where a person has begun to answer. */
export class Patience {
  readonly #waited: Waited
  #question: QuestionEvent | null = null
  /** Questions that nobody answered, though ssh went on without. */
  readonly #passedOver: string[] = []
  #giveUpAt: number

  /** @param now milliseconds, as in all of these */
  constructor(waited: Waited, now: number) {
    this.#waited = waited
    this.#giveUpAt = now + waited.connectSeconds * 1000
  }

  asked(event: QuestionEvent, now: number): void {
    this.#question = event
    if (event.state === 'declined') this.#passedOver.push(event.prompt)
    if (event.state === 'opened') this.#giveUpAt = now + PERSON_MS
    if (event.state === 'answered') this.#giveUpAt = now + this.#waited.connectSeconds * 1000
  }

  /** A sentence on the questions that nobody answered though ssh went on without; '' if there were none. */
  get passedOver(): string {
    const prompts = this.#passedOver.map((prompt) => JSON.stringify(shown(prompt)))
    return prompts.length > 0 ? ` Before that ssh asked ${prompts.join(' and ')}, and nobody answered.` : ''
  }

  /** Why it is to be given up; null as long as it is not. */
  verdict(now: number): ToolError | null {
    const { target, connectSeconds } = this.#waited
    const { state, prompt = '' } = this.#question ?? {}
    if (state === 'unanswered') return failed(unanswered(prompt, target) + this.passedOver)
    const late = now - this.#giveUpAt
    if (late < 0) return null
    if (state === 'asked' || state === 'opened') return failed(unanswered(prompt, target))
    if (late < (FACTOR - 1) * connectSeconds * 1000) return null
    return failed(
      `${target} did not let us in within ${FACTOR * connectSeconds} s. Check the host, or raise SSH_CONNECT_TIMEOUT_SEC.`,
    )
  }
}

export const failed = (message: string): ToolError => new ToolError('connection_failed', message)

const unanswered = (prompt: string, target: string): string =>
  `ssh asked ${JSON.stringify(shown(prompt))} for ${target}, and nobody answered. Use a key or an agent, let the person ` +
  'set SSH_DEFAULT_PASSWORD for this host, or open a session with ssh_ensure_session, where the person can type the answer.'

/** A prompt in one line; some of it may be the server's own text. */
const shown = (prompt: string): string =>
  prompt
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
