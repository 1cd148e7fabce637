import { ToolError } from '../common/errors.js'
import type { Executor } from '../connection/exec.js'
import type { Opening } from '../connection/opening.js'
import type { Connection } from '../connection/resolve.js'
import { AnswerReader } from './answer.js'
import { fileError } from './failures.js'
import { PRELUDE } from './prelude.js'

/** Where a file is, and how long what is done with it may take. */
export interface Remote {
  executor: Executor
  connection: Connection
  opening: Opening
  /** Milliseconds on the monotonic clock; null for any time. */
  deadline: number | null
}

/** A script's run. */
export interface Script {
  /** Shell text, the same for all calls. */
  text: string
  /** Everything that differs between calls. */
  input: (string | Buffer)[]
  /** The file or directory, as the caller named it. */
  path: string
  /** Takes what stands behind the fields of the answer; chunks are valid only during the call. */
  take: (chunk: Buffer) => void
  /** Ends the script early: the caller has enough. */
  enough?: AbortSignal
  /** What it means that there was no answer in time. */
  late?: (path: string) => ToolError
}

export interface Answer {
  fields: readonly string[]
  raw: readonly Buffer[]
  /** What the script printed on standard error. */
  stderr: string
  /** Exit code; null where it was ended. */
  code: number | null
  timedOut: boolean
  /** Whether something may still run on the remote, in a sentence. */
  warning: string | null
}

/** What scripts print there is a number. */
const MAX_STDERR_CHARS = 2000

/** Runs a script on the remote. @throws remote_file_error for its complaints, connection_failed */
export async function runScript(remote: Remote, script: Script): Promise<Answer> {
  const reader = new AnswerReader(script.take)
  const { target } = remote.connection
  const result = await executed(remote, script, reader)
  const { fields, raw } = reader
  const place = { path: script.path, target: target.typed }
  if (fields?.[0] === 'error') throw fileError({ what: fields[1] ?? '', words: fields[2] ?? '' }, place)
  if (!fields && result.timedOut) throw (script.late ?? tooLate)(script.path)
  if (!fields) throw noAnswer(target.typed, result.stderr)
  return { ...result, fields, raw }
}

async function executed(remote: Remote, { text, input, enough }: Script, reader: AnswerReader) {
  const { executor, connection, opening, deadline } = remote
  const signal = enough ? AbortSignal.any([opening.signal, enough]) : opening.signal
  const request = {
    command: PRELUDE + text,
    ...{ cwd: null, env: {}, shell: 'sh', terminal: false },
    stdin: Buffer.concat(input.map((part) => Buffer.from(part as string))),
    timeoutMs: deadline === null ? null : Math.max(1, deadline - performance.now()),
    max: MAX_STDERR_CHARS,
    take: (chunk: Buffer) => reader.push(chunk),
  }
  try {
    return await executor.run(connection, request, { ...opening, signal })
  } catch (error) {
    // Nothing in it is the caller's, so the one thing to be refused is the shell.
    if (error instanceof ToolError && error.type === 'validation_error')
      throw noShell(connection.target.typed)
    throw error
  }
}

export const tooLate = (path: string): ToolError =>
  new ToolError(
    'remote_file_error',
    `The timeout was over before ${JSON.stringify(path)} was done with. Give a longer one, or ask for less.`,
  )

/** A write that is cut off is all or nothing, but which of them is not known. */
export const writtenTooLate = (path: string): ToolError =>
  new ToolError(
    'remote_file_error',
    `The timeout was over before ${JSON.stringify(path)} was known to be written. It is as it was, or complete: look before ` +
      'you try again.',
  )

const noShell = (target: string): ToolError =>
  new ToolError(
    'remote_file_error',
    `${target} has no POSIX shell, which the file tools need. Use ssh_exec with commands of its own, or a file transfer.`,
  )

function noAnswer(target: string, stderr: string): ToolError {
  const words = stderr.trim().split('\n')[0]?.slice(0, 300)
  return new ToolError(
    'remote_file_error',
    `${target} did not run what the file tools sent${words ? `: ${words}` : ''}. It may run commands of its own choice only.`,
  )
}
