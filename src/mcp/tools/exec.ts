import { z } from 'zod'
import { invalid } from '../../common/errors.js'
import { MAX_INPUT_BYTES } from '../../common/limits.js'
import type { ExecRequest, ExecResult } from '../../connection/exec.js'
import { connectionRequest } from '../../connection/options.js'
import { resolveConnection } from '../../connection/resolve.js'
import { otherSpelling } from '../arguments.js'
import { connectionParameters, environment, maxOutputChars, outputLimit } from '../parameters.js'
import { type Call, defineTool, type Outcome } from '../tool.js'

const seconds = z.number().min(0).max(31_536_000).optional()

const input = z.strictObject({
  ...connectionParameters,
  command: z.string().min(1),
  cwd: z.string().min(1).max(4096).optional(),
  env: environment,
  shell: z.string().min(1).max(1024).optional(),
  stdin: z.string().optional(),
  timeout: seconds.describe('Seconds (45); 0: none'),
  tty: z.boolean().default(false).describe('stdin answers its questions'),
  max_output_chars: maxOutputChars.describe('16000; the middle is left out'),
  host: otherSpelling(z.string().optional()),
  user: otherSpelling(z.string().optional()),
  timeout_sec: otherSpelling(seconds),
})

type Input = z.output<typeof input>

export const exec = defineTool({
  name: 'ssh_exec',
  toolset: 'exec',
  title: 'Run one SSH command',
  description:
    'Run one command by itself, ended at its timeout. Returns stdout, stderr and exit_code. For steps that build on each ' +
    'other, long work or programs that ask: ssh_run.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input,
  async run(args, call) {
    const request = connectionRequest(
      { ...args, target: oneOf('target and host', args.target, args.host) },
      call.caller,
    )
    const wanted = execRequest(args, call)
    const connection = await resolveConnection(request, call.caller)
    let newestLine: () => string | null = () => null
    const running = call.executor.run(connection, wanted, call, (line) => {
      newestLine = line
    })
    const result = await call.withProgress(() => newestLine(), running)
    return outcome(result, connection.target.typed, args.command)
  },
})

function execRequest(args: Input, { caller }: Call): ExecRequest {
  if (args.stdin !== undefined && Buffer.byteLength(args.stdin) > MAX_INPUT_BYTES)
    throw invalid(`stdin is longer than ${MAX_INPUT_BYTES} bytes. Send a file instead.`)
  const timeout =
    oneOf('timeout and timeout_sec', args.timeout, args.timeout_sec) ?? caller.settings.execSeconds
  return {
    command: args.command,
    cwd: args.cwd ?? null,
    env: args.env ?? {},
    shell: args.shell ?? null,
    stdin: args.stdin ?? null,
    terminal: args.tty,
    timeoutMs: timeout === 0 ? null : timeout * 1000,
    max: outputLimit(args.max_output_chars, caller),
  }
}

/** A parameter by either of its spellings. @throws validation_error if both are given and differ */
function oneOf<T>(names: string, one: T | undefined, two: T | undefined): T | undefined {
  if (one !== undefined && two !== undefined && one !== two)
    throw invalid(`${names} mean the same; give one of them.`)
  return one ?? two
}

const outcome = (result: ExecResult, target: string, command: string): Outcome => ({
  text: { stdout: result.stdout, stderr: result.stderr },
  facts: {
    ok: result.code === 0,
    exit_code: result.code,
    signal: result.signal,
    timed_out: result.timedOut,
    duration_ms: Math.round(result.durationMs),
    truncated: result.truncated,
    warning: result.warning,
    target,
    command,
  },
  structuredOnly: ['target', 'command'],
})
