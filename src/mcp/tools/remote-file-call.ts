import { z } from 'zod'
import { type ConnectionArguments, connectionRequest } from '../../connection/options.js'
import { resolveConnection } from '../../connection/resolve.js'
import type { Remote } from '../../remote-files/run-script.js'
import { connectionParameters } from '../parameters.js'
import type { Call, Outcome } from '../tool.js'

/** What the file tools have in common. */
export const remoteParameters = {
  ...connectionParameters,
  timeout: z.number().min(0).max(31_536_000).optional().describe('Seconds (45); 0: none'),
}

export const remotePath = z.string().min(1).max(4096)

/** Does something with a remote's files, with progress reports, and has the outcome say where. */
export async function onRemote(
  args: ConnectionArguments & { path: string; timeout?: number | undefined },
  call: Call,
  work: (remote: Remote) => Promise<Outcome>,
): Promise<Outcome> {
  const seconds = args.timeout ?? call.caller.settings.execSeconds
  const connection = await resolveConnection(connectionRequest(args, call.caller), call.caller)
  const deadline = seconds === 0 ? null : performance.now() + seconds * 1000
  const { executor, asker, signal } = call
  const remote = { executor, connection, opening: { asker, signal }, deadline }
  const { text, facts, structuredOnly = [] } = await call.withProgress(() => null, work(remote))
  return {
    text,
    facts: { ok: true, target: connection.target.typed, path: args.path, ...facts },
    structuredOnly: ['ok', 'target', 'path', ...structuredOnly],
  }
}
