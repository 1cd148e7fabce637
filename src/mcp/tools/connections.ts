import { z } from 'zod'
import { invalid } from '../../common/errors.js'
import type { Master } from '../../connection/master.js'
import { connectionRequest } from '../../connection/options.js'
import { mayReach } from '../../connection/policy.js'
import { resolveConnection } from '../../connection/resolve.js'
import { connectionParameters, sessionName } from '../parameters.js'
import { type Call, defineTool } from '../tool.js'

const connectionName = sessionName.optional()

export const connect = defineTool({
  name: 'ssh_connect',
  toolset: 'connections',
  title: 'Open a shared SSH connection',
  description:
    'Open and authenticate the connection that ssh_exec and file tools share for a target, so that they start at once. ' +
    'They open it by themselves too. If the person has a connection of their own there, that one is used.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ ...connectionParameters, connection_name: connectionName }),
  async run(args, call) {
    const connection = await resolveConnection(connectionRequest(args, call.caller), call.caller)
    const { controlPath, host, user, port } = connection.resolved
    if (await call.masters.isThePersons(connection)) {
      const facts = { connection_name: null, target: connection.target.typed, owner: 'person', open: true }
      return { text: {}, facts: { ...facts, control_path: controlPath, host, user, port } }
    }
    const master = await call.masters.connect(connection, call)
    master.name = args.connection_name ?? master.name
    return { text: {}, facts: connectionFacts(master) }
  },
})

const choice = {
  target: z.string().min(1).optional(),
  connection_name: connectionName,
}

export const status = defineTool({
  name: 'ssh_status',
  toolset: 'connections',
  title: 'Show shared SSH connections',
  description:
    'List the connections that commands and files share: where to, whether authenticated and how, since when, how many use it.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject(choice),
  async run(args, call) {
    const connections = chosen(args, call).map(connectionFacts)
    return { text: {}, facts: { count: connections.length, connections } }
  },
})

export const disconnect = defineTool({
  name: 'ssh_disconnect',
  toolset: 'connections',
  title: 'Close shared SSH connections',
  description:
    'Close the shared connections of a target or connection_name. Commands that run on them are cut off; sessions are not, and ' +
    "forwards make a new one. The person's own connections are never closed.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z.strictObject(choice),
  async run(args, call) {
    if (args.target === undefined && args.connection_name === undefined)
      throw invalid('Give the target or the connection_name of what is to be closed; ssh_status lists them.')
    const masters = chosen(args, call)
    await Promise.all(masters.map((master) => master.stop()))
    return { text: {}, facts: { count: masters.length, connections: masters.map(connectionFacts) } }
  },
})

/** The connections that are meant, of those that the caller may reach. */
function chosen(
  { target, connection_name }: { target?: string | undefined; connection_name?: string | undefined },
  { masters, caller }: Call,
): Master[] {
  return masters
    .all()
    .filter(({ connection }) => mayReach(connection.hosts, caller.policy))
    .filter(({ connection }) => target === undefined || connection.target.typed === target)
    .filter(({ name }) => connection_name === undefined || name === connection_name)
}

function connectionFacts(master: Master) {
  const { connection, greeting } = master
  const { host, user, port } = connection.resolved
  return {
    connection_name: master.name,
    target: connection.target.typed,
    owner: 'ssh-mcp',
    open: !master.over,
    authenticated: master.isReady,
    method: greeting?.method ?? null,
    since: master.startedAt.toISOString(),
    in_use: master.inUse,
    forwards: master.forwards,
    server_version: greeting?.software ?? null,
    host,
    user,
    port: Number(port),
    control_path: master.controlPath,
  }
}
