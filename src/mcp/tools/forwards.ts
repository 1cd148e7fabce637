import { z } from 'zod'
import { connectionRequest } from '../../connection/options.js'
import { mayReach } from '../../connection/policy.js'
import { resolveConnection } from '../../connection/resolve.js'
import { forwardLine } from '../../forward/describe.js'
import type { Forward } from '../../forward/forward.js'
import { bindWarning, forwardRequest } from '../../forward/request.js'
import { connectionParameters } from '../parameters.js'
import { defineTool } from '../tool.js'

const port = z.int().min(1).max(65_535)

export const forward = defineTool({
  name: 'ssh_forward',
  toolset: 'forward',
  title: 'Forward a port',
  description:
    'Forward a TCP port until stopped. local: from bind_address:local_port here to remote_host:remote_port as the target ' +
    'sees it. remote: from bind_address:remote_port there to remote_host:local_port as seen here.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input: z.strictObject({
    ...connectionParameters,
    direction: z.enum(['local', 'remote']),
    local_port: port,
    remote_host: z.string().min(1).max(255),
    remote_port: port,
    bind_address: z.string().max(255).default('127.0.0.1'),
  }),
  async run(args, call) {
    const wanted = forwardRequest(args, call.caller)
    const connection = await resolveConnection(connectionRequest(args, call.caller), call.caller)
    const made = await call.forwards.open(wanted, connection, call.caller, call)
    return { text: {}, facts: forwardFacts(made), structuredOnly: Object.keys(args) }
  },
})

export const listForwards = defineTool({
  name: 'ssh_list_forwards',
  toolset: 'forward',
  title: 'List forwards',
  description: 'Where they listen and lead, and whether they run.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    include_stopped: z.boolean().default(false),
    target: z.string().min(1).optional(),
  }),
  async run({ include_stopped, target }, { forwards, caller }) {
    const shown = forwards
      .all()
      .filter(({ connection }) => mayReach(connection.hosts, caller.policy))
      .filter(({ active }) => include_stopped || active)
      .filter(({ connection }) => target === undefined || connection.target.typed === target)
    return {
      text: { listing: shown.map((one) => `${forwardLine(one)}\n`).join('') },
      facts: { count: shown.length, forwards: shown.map(forwardFacts) },
      structuredOnly: ['forwards'],
    }
  },
})

export const stopForward = defineTool({
  name: 'ssh_stop_forward',
  toolset: 'forward',
  title: 'Stop a forward',
  description: 'Free its port; connections through it may go on.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ forward_id: z.string().min(1).max(200) }),
  async run({ forward_id }, { forwards, caller }) {
    const found = forwards.find(forward_id, caller)
    const was_running = found.running
    await found.stop()
    return { text: {}, facts: { ...forwardFacts(found), was_running }, structuredOnly: ['forward_id'] }
  },
})

function forwardFacts(made: Forward) {
  const { direction, local_port, remote_host, remote_port, bind_address } = made.request.asked
  return {
    forward_id: made.id,
    target: made.connection.target.typed,
    ...{ direction, local_port, remote_host, remote_port, bind_address },
    running: made.running,
    // It is no process of its own that could have ended.
    exit_code: null,
    signal: null,
    uptime_seconds: Math.round(((made.stoppedAt ?? Date.now()) - made.startedAt) / 1000),
    restarts: made.restarts,
    last_error: made.lastError,
    warning: bindWarning(made.request),
  }
}
