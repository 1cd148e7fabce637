import { z } from 'zod'
import { invalid } from '../../common/errors.js'
import { TRANSFER_PROGRESS_MS } from '../../common/limits.js'
import { connectionRequest } from '../../connection/options.js'
import { resolveConnection } from '../../connection/resolve.js'
import { type CopyRequest, type CopyResult, copyFiles } from '../../transfer/copy-files.js'
import { isPattern } from '../../transfer/pattern.js'
import { report } from '../../transfer/report.js'
import { connectionParameters } from '../parameters.js'
import { defineTool, type Outcome } from '../tool.js'

const path = z.string().min(1).max(4096)

const input = z.strictObject({
  ...connectionParameters,
  direction: z.enum(['upload', 'download']),
  sources: z.array(path).min(1).max(1000),
  destination: path,
  recursive: z.boolean().default(false),
  preserve_times: z.boolean().default(false),
  mode: z
    .string()
    .regex(/^0?[0-7]{3,4}$/, "must be octal, such as '0644'")
    .optional()
    .describe("'0644' for uploaded files"),
  overwrite: z.boolean().default(true),
  timeout: z.number().min(0).max(31_536_000).optional().describe('Seconds (none)'),
})

type Input = z.output<typeof input>

export const scp = defineTool({
  name: 'ssh_scp',
  toolset: 'transfer',
  title: 'Copy files by scp',
  description:
    'Copy files to (upload) or from (download) the remote; nothing half ever has its final name. An existing directory as ' +
    'destination takes them in. Remote sources may be patterns.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input,
  async run(args, call) {
    const request = copyRequest(args)
    const connection = await resolveConnection(connectionRequest(args, call.caller), call.caller)
    const { masters, caller, asker } = call
    const timeoutMs = args.timeout ? args.timeout * 1000 : null
    const progress = { line: (): string | null => 'connecting' }
    const copying = call.transfers.during(call, false, (signal) => {
      const riding = { masters, connection, caller, opening: { asker, signal }, timeoutMs }
      return copyFiles(request, riding, call.wantsProgress ? progress : null)
    })
    return outcome(args, await call.withProgress(() => progress.line(), copying, TRANSFER_PROGRESS_MS))
  },
})

function copyRequest(args: Input): CopyRequest {
  const { direction, sources, destination, recursive, overwrite, mode } = args
  if (mode !== undefined && direction === 'download')
    throw invalid('mode is for uploads; here, files get the mode they have there.')
  const octal = mode === undefined ? null : Number.parseInt(mode, 8)
  return {
    direction,
    sources,
    destination,
    recursive,
    overwrite,
    preserveTimes: args.preserve_times,
    mode: octal,
  }
}

function outcome({ direction, sources, timeout }: Input, result: CopyResult): Outcome {
  const { end, placed, missing, warning, durationMs } = result
  const timedOut = end.cut === 'timed-out'
  const problems = [...missing, ...placed.problems]
  const ok = end.code === 0 && problems.length === 0
  const late = timedOut ? [`The copy was not done within ${timeout} s and was ended.`] : []
  if (end.signal !== null && end.cut === null) late.push(`scp was ended by ${end.signal}.`)
  const tellNames = !ok || (direction === 'download' && sources.some(isPattern))
  return {
    text: {
      stdout: tellNames ? report(result) : '',
      stderr: [...late, end.stderr.trim(), ...problems].filter(Boolean).join('\n'),
    },
    facts: {
      ok,
      // As scp says it of what is not there.
      exit_code: ok || end.code !== 0 ? end.code : 1,
      files: placed.files,
      bytes: placed.bytes,
      duration_ms: Math.round(durationMs),
      direction,
      timed_out: timedOut,
      truncated: end.truncated,
      warning,
    },
    structuredOnly: ['direction'],
  }
}
