import { existsSync } from 'node:fs'
import { DEFAULT_COLS, DEFAULT_ROWS, MASTER_TAIL_BYTES } from '../common/limits.js'
import { Pty, type PtyExit } from '../platform/pty.js'
import { masterArgv } from '../ssh/argv.js'
import { OutputTail } from './output-tail.js'
import type { Asker, QuestionEvent, Questions, Ticket } from './questions.js'
import type { Connection } from './resolve.js'

/** Who hears of a master's ssh. */
interface MasterEvents {
  said(): void
  asked(event: QuestionEvent): void
  exited(exit: PtyExit): void
}

/** The ssh of a master, on a terminal of its own, with the right to have its questions answered. */
export class MasterProcess {
  readonly #ticket: Ticket | null
  readonly #pty: Pty
  readonly #output = new OutputTail(MASTER_TAIL_BYTES)

  /** @throws limit_reached if no terminal can be had */
  constructor(
    connection: Connection,
    controlPath: string,
    questions: Questions,
    asker: Asker | null,
    events: MasterEvents,
  ) {
    const { ssh, target, options, password, connectSeconds } = connection
    const onEvent = (event: QuestionEvent): void => events.asked(event)
    const asking = { target: target.typed, password, asker, terminal: false, onEvent }
    this.#ticket = questions.issue(asking, ssh.version)
    const how = { target, options, controlPath, connectSeconds, version: ssh.version }
    const args = masterArgv({ ...how, password: password !== null, silent: this.#ticket === null })
    try {
      this.#pty = new Pty({
        file: ssh.program,
        args,
        env: { ...ssh.env, ...this.#ticket?.env },
        cwd: existsSync(connection.cwd) ? connection.cwd : '/',
        cols: DEFAULT_COLS,
        rows: DEFAULT_ROWS,
        onData: (chunk) => {
          this.#output.add(chunk)
          events.said()
        },
        onExit: (exit) => events.exited(exit),
      })
    } catch (error) {
      this.connected()
      throw error
    }
    if (this.#ticket) this.#ticket.pid = this.#pty.pid
  }

  /** The last of what ssh said. */
  get output(): string {
    return this.#output.text
  }

  /** From now on nothing that ssh asks is answered. */
  connected(): void {
    this.#ticket?.close()
  }

  kill(signal: 'SIGHUP' | 'SIGKILL'): void {
    this.#pty.kill(signal)
  }
}
