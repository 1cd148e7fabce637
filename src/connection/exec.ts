import { customAlphabet } from 'nanoid'
import { invalid, ToolError } from '../common/errors.js'
import { DEFAULT_COLS, DEFAULT_ROWS, MAX_COMMAND_BYTES } from '../common/limits.js'
import { refusesShell } from '../ssh/no-shell.js'
import {
  type CommandStart,
  checkTexts,
  inPlaceCommand,
  isPosixShell,
  type StartMark,
  wrappedCommand,
} from '../ssh/remote-command.js'
import { endRemotely } from './end-remotely.js'
import type { Masters } from './masters.js'
import type { Opening } from './opening.js'
import { type Connection, sharingKey } from './resolve.js'
import { CommandRun, type RunOptions, type RunTexts } from './run.js'
import { sentVariables } from './sent-variables.js'

/** A command to be run to its end. */
export interface ExecRequest extends CommandStart, RunOptions {}

export interface ExecResult extends RunTexts {
  code: number | null
  signal: string | null
  timedOut: boolean
  durationMs: number
  /** What the caller has to know besides, in a sentence. */
  warning: string | null
}

type Watch = (newestLine: () => string | null) => void

const newMark = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 24)

/**
 * What takes commands on the other side: a `posix` login shell; some `other` one; or `none`, so that a command goes
 * as it is. A form is for one of them.
 */
type Form = 'posix' | 'other' | 'none'

/** Runs commands over the shared connections. */
export class Executor {
  readonly #masters: Masters
  readonly #forms = new Map<string, Form>()
  readonly #ending = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  constructor(masters: Masters) {
    this.#masters = masters
  }

  /**
   * @param opening its signal ends the command too @param watch is told how to learn the newest line of output
   * @throws connection_failed if the command could not be run, or it is not known how it ended
   */
  async run(
    connection: Connection,
    request: ExecRequest,
    opening: Opening,
    watch: Watch = () => {},
  ): Promise<ExecResult> {
    checkTexts({
      command: request.command,
      cwd: request.cwd ?? '',
      shell: request.shell ?? '',
      ...request.env,
    })
    const signal = AbortSignal.any([opening.signal, this.#ending.signal])
    const running = this.#inItsForm(connection, request, { ...opening, signal }, watch)
    this.#running.add(running)
    return running.finally(() => this.#running.delete(running))
  }

  /** Ends what is running, on the remotes too. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the daemon is ending'))
    await Promise.allSettled(this.#running)
  }

  async #inItsForm(
    connection: Connection,
    request: ExecRequest,
    opening: Opening,
    watch: Watch,
  ): Promise<ExecResult> {
    const key = sharingKey(connection)
    const form = this.#forms.get(key) ?? 'other'
    const result = await this.#once(connection, request, opening, watch, form)
    if (result.form === null) this.#forms.delete(key)
    else this.#forms.set(key, result.form)
    if (form !== 'other' || result.form !== 'none') return result
    return this.#once(connection, request, opening, watch, 'none')
  }

  async #once(
    connection: Connection,
    request: ExecRequest,
    opening: Opening,
    watch: Watch,
    form: Form,
  ): Promise<ExecResult & { form: Form | null }> {
    const mark = form === 'none' ? null : `ssh-mcp-${newMark()}`
    const run = new CommandRun(request, mark)
    watch(() => run.newestLine)
    const command = {
      command: commandLine(request, form, mark ?? ''),
      ...sentVariables(connection),
      terminal: request.terminal ? { cols: DEFAULT_COLS, rows: DEFAULT_ROWS } : null,
    }
    const patienceMs = request.timeoutMs ?? Number.POSITIVE_INFINITY
    const channel = await this.#masters.open(connection, command, run.listener, { patienceMs, ...opening })
    await run.over(channel, opening.signal)
    const { cut, end } = run
    const warning = cut
      ? await endRemotely(this.#masters, connection, channel, await run.pidSoon(), opening)
      : null
    channel.close()
    const texts = run.finish()
    if (end?.refused && !opening.notThePersons)
      return this.#once(connection, request, { ...opening, notThePersons: true }, watch, form)
    if (end?.refused) throw refused(connection, end.lost ?? '')
    if (end?.lost) throw lost(connection, texts, end.lost)
    return {
      ...texts,
      code: end?.code ?? null,
      signal: end?.signal ?? null,
      timedOut: cut === 'timed-out',
      durationMs: run.durationMs,
      warning,
      form: form === 'none' ? form : formOf(run, texts, form, mark ?? ''),
    }
  }
}

/** What a run shows of the other side; null if it shows nothing. */
function formOf(run: CommandRun, texts: RunTexts, form: Form, mark: string): Form | null {
  if (run.shell !== null) return isPosixShell(run.shell) ? 'posix' : 'other'
  // A shell that is known may complain of the caller's own syntax before it comes to the mark.
  const refused = form === 'other' && run.cut === null && refusesShell(texts.stdout + texts.stderr, mark)
  return refused ? 'none' : null
}

function commandLine(request: ExecRequest, form: Form, text: string): string {
  const line = inForm(request, form, { text, terminal: request.terminal })
  const bytes = Buffer.byteLength(line)
  if (bytes <= MAX_COMMAND_BYTES) return line
  throw invalid(
    `The command is too long: it takes ${bytes} bytes as one argument, and ${MAX_COMMAND_BYTES} is the limit. ` +
      "Send the text by stdin, for instance with command 'sh -s' or 'cat > file'.",
  )
}

function inForm(request: ExecRequest, form: Form, mark: StartMark): string {
  if (form === 'none') return asItIs(request)
  return form === 'posix' ? inPlaceCommand(request, mark) : wrappedCommand(request, mark)
}

/** @throws validation_error for what needs a shell on the other side */
function asItIs({ command, cwd, env, shell }: ExecRequest): string {
  if (cwd === null && shell === null && Object.keys(env).length === 0) return command
  throw invalid(
    'The other side has no POSIX shell: leave out cwd, env and shell, and give the command alone.',
  )
}

const refused = ({ target }: Connection, why: string): ToolError =>
  new ToolError(
    'connection_failed',
    `${target.typed} ran nothing: ${why}. It may allow sessions, forwards or file transfer only.`,
  )

function lost({ target }: Connection, { stdout, stderr }: RunTexts, why: string): ToolError {
  return new ToolError(
    'connection_failed',
    `The connection to ${target.typed} was lost while the command ran: ${why} ` +
      'Whether it went on there is not known; look before you run it again.',
    { stdout, stderr },
  )
}
