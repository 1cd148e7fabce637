import { z } from 'zod'
import { TRANSFER_PROGRESS_MS } from '../../common/limits.js'
import { connectionRequest } from '../../connection/options.js'
import { resolveConnection } from '../../connection/resolve.js'
import { type SyncRequest, type SyncResult, sync as syncByRsync } from '../../transfer/sync.js'
import { connectionParameters, outputLimit } from '../parameters.js'
import { type Call, defineTool, type Outcome } from '../tool.js'

const input = z.strictObject({
  ...connectionParameters,
  direction: z.enum(['upload', 'download']),
  source: z.string().min(1).max(4096).describe('dir/: its contents'),
  destination: z.string().min(1).max(4096),
  delete: z.boolean().default(false),
  compress: z.boolean().default(true),
  dry_run: z.boolean().default(false),
  exclude: z.array(z.string()).optional(),
  extra_rsync_args: z.array(z.string()).optional(),
  timeout: z.number().min(0).max(31_536_000).optional(),
})

type Input = z.output<typeof input>

export const sync = defineTool({
  name: 'ssh_sync',
  toolset: 'transfer',
  title: 'Sync by rsync',
  description: 'Copy by rsync what differs. Returns the changes.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input,
  async run(args, call) {
    const { caller, masters, executor, transfers } = call
    const connection = await resolveConnection(connectionRequest(args, caller), caller)
    let progress: () => string | null = () => 'connecting'
    const running = transfers.during(call, args.direction === 'download', (signal) =>
      syncByRsync(
        { masters, executor, connection, caller },
        syncRequest(args, call),
        { ...call, signal },
        (look) => {
          progress = look
        },
      ),
    )
    const result = await call.withProgress(() => progress(), running, TRANSFER_PROGRESS_MS)
    return outcome(result, args.direction, connection.target.typed)
  },
})

const syncRequest = (args: Input, { caller }: Call): SyncRequest => ({
  direction: args.direction,
  source: args.source,
  destination: args.destination,
  delete: args.delete,
  compress: args.compress,
  dryRun: args.dry_run,
  exclude: args.exclude ?? [],
  extra: args.extra_rsync_args ?? [],
  timeoutMs: args.timeout ? args.timeout * 1000 : null,
  max: outputLimit(undefined, caller),
})

const outcome = (result: SyncResult, direction: string, target: string): Outcome => ({
  text: { stdout: result.stdout, stderr: result.stderr },
  facts: {
    ok: result.code === 0,
    exit_code: result.code,
    files: result.files,
    bytes: result.bytes,
    deleted: result.deleted,
    timed_out: result.cut === 'timed-out',
    duration_ms: Math.round(result.durationMs),
    truncated: result.truncated,
    warning: result.warning,
    direction,
    target,
  },
  structuredOnly: ['direction', 'target'],
})
