import { randomBytes } from 'node:crypto'
import type { HelperAnswer, HelperQuestion } from '../common/askpass.js'
import { mayGoUnanswered, promptKind } from '../ssh/prompts.js'
import { atLeast, type SshVersion } from '../ssh/version.js'

/**
 * A way to a person who can answer, through the client whose call it is.
 * @returns the answer, or null if there is none; `onOpened` is called once somebody looks at the question
 */
export type Asker = (question: AskedQuestion) => Promise<string | null>

export interface AskedQuestion {
  kind: 'secret' | 'confirm'
  /** ssh's own words; some of them may be the server's. */
  prompt: string
  target: string
  signal: AbortSignal
  onOpened: () => void
}

/** Whose questions a ticket is for. */
export interface TicketOptions {
  target: string
  /** Answers the target's own question for a password, once. */
  password: string | null
  /** null where nobody can be asked. */
  asker: Asker | null
  /** Whether what has no answer here is to be asked on ssh's terminal, where a person may type. */
  terminal: boolean
  onEvent(event: QuestionEvent): void
}

/** Nobody answered: `declined` if ssh goes on without, else `unanswered`. */
export type QuestionEvent = {
  prompt: string
  state: 'asked' | 'opened' | 'answered' | 'declined' | 'unanswered'
}

/** The right to ask, of one ssh while it connects. */
export interface Ticket {
  /** What ssh has to find in its environment. */
  env: Record<string, string>
  /** To be set once ssh runs: the password is for it alone, not for an ssh that it starts for a hop. */
  pid: number | null
  close(): void
}

/** Answers what ssh asks while it connects: through its askpass interface, with a helper that has a ticket. */
export class Questions {
  readonly #socket: string
  readonly #program: string
  readonly #tickets = new Map<string, OpenTicket>()

  /** @param socket where the helper finds us; @param program the helper, an executable file */
  constructor(socket: string, program: string) {
    this.#socket = socket
    this.#program = program
  }

  /** @returns null where ssh is too old to ask a helper though it has a terminal (OpenSSH before 8.4) */
  issue(options: TicketOptions, version: SshVersion): Ticket | null {
    if (!atLeast(version, 8, 4)) return null
    const id = randomBytes(32).toString('base64url')
    const open = new OpenTicket(options)
    this.#tickets.set(id, open)
    const close = (): void => {
      this.#tickets.delete(id)
      open.close()
    }
    return {
      env: {
        SSH_ASKPASS: this.#program,
        SSH_ASKPASS_REQUIRE: 'force',
        SSH_MCP_ASKPASS_SOCKET: this.#socket,
        SSH_MCP_ASKPASS_TICKET: id,
      },
      get pid() {
        return open.pid
      },
      set pid(pid) {
        open.pid = pid
      },
      close,
    }
  }

  answer(question: HelperQuestion): Promise<HelperAnswer> {
    const ticket = this.#tickets.get(question.ticket)
    return ticket ? ticket.answer(question) : Promise.resolve({ refused: true })
  }
}

class OpenTicket {
  pid: number | null = null
  readonly #options: TicketOptions
  readonly #closed = new AbortController()
  #password: string | null

  constructor(options: TicketOptions) {
    this.#options = options
    this.#password = options.password
  }

  close(): void {
    this.#password = null
    this.#closed.abort()
  }

  async answer({ prompt, hint, parent }: HelperQuestion): Promise<HelperAnswer> {
    const kind = promptKind(prompt, hint)
    if (kind === 'notice') return { answer: '' }
    // Given out once: asked a second time it was wrong, and only a lock-out would follow.
    if (kind === 'password' && parent === this.pid && this.#password !== null) {
      const answer = this.#password
      this.#password = null
      return { answer }
    }
    if (this.#options.terminal) return { terminal: true }
    const answer = await this.#ask(prompt, kind === 'host-key' ? 'confirm' : 'secret')
    const unanswered = mayGoUnanswered(kind) ? 'declined' : 'unanswered'
    this.#options.onEvent({ prompt, state: answer === null ? unanswered : 'answered' })
    return answer === null ? { refused: true } : { answer }
  }

  async #ask(prompt: string, kind: 'secret' | 'confirm'): Promise<string | null> {
    const { asker, target, onEvent } = this.#options
    if (!asker) return null
    onEvent({ prompt, state: 'asked' })
    const onOpened = (): void => onEvent({ prompt, state: 'opened' })
    return asker({ kind, prompt, target, signal: this.#closed.signal, onOpened })
  }
}
