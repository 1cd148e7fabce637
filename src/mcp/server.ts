import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type ServerNotification,
} from '@modelcontextprotocol/sdk/types.js'
import { ToolError } from '../common/errors.js'
import type { Toolset } from '../common/settings.js'
import type { Turns } from '../common/turns.js'
import { packageVersion } from '../common/version.js'
import type { Caller } from '../connection/caller.js'
import { checkHosts } from '../connection/policy.js'
import { checkedArguments, type InputSchema, publishedSchema } from './arguments.js'
import { askerOf } from './ask-person.js'
import { listedTools } from './listing.js'
import { type SendProgress, withProgress } from './progress.js'
import { renderError, renderOutcome } from './result.js'
import type { Call, Services, Tool } from './tool.js'
import { TOOLS } from './tools.js'

const INSTRUCTIONS =
  'Work on remote machines over SSH. ssh_run runs a command in a persistent shell, opened or found again by target and ' +
  'session_name, and returns when it has ended, with its exit code; directory and variables stay. ssh_exec runs one command ' +
  'by itself. For programs that ask or go on: ssh_write_session types (keys such as C-c too), ssh_read_session gives what ' +
  'is pending and waits for more. ' +
  'Sessions keep running when you disconnect or lose your context: then call ssh_list_sessions first. ' +
  'At a password_prompt do not type a secret: ask the person to type it in the session (observer_command shows where), ' +
  'and go on with ssh_read_session. If wait_ended_by is timeout or quiet the command may still be running.'

/** What the calls of one connection have in common. */
interface Shared {
  caller: Caller
  services: Services
  turns: Turns
}

interface RequestExtra {
  signal: AbortSignal
  _meta?: { progressToken?: string | number | undefined } | undefined
  sendNotification: (notification: ServerNotification) => Promise<void>
}

const published = new Map<string, InputSchema>(TOOLS.map((tool) => [tool.name, publishedSchema(tool.input)]))

/**
 * An MCP server for one connection, over the sessions that all connections share. The low-level Server with a
 * tool table of our own: the SDK's McpServer publishes unions as empty schemas and answers an unknown tool
 * with a result instead of an error.
 */
export function createServer(shared: Shared): Server {
  const { toolsets } = shared.caller.settings
  const tools = listedTools(
    TOOLS.filter(({ toolset }) => toolsets.includes(toolset)),
    ({ name }) => published.get(name) as InputSchema,
  )
  const info = { name: 'ssh-mcp', title: 'SSH sessions', version: packageVersion() }
  const server = new Server(info, { capabilities: { tools: {} }, instructions: INSTRUCTIONS })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }))
  // Not setRequestHandler: that answers malformed parameters as an internal error.
  server.fallbackRequestHandler = async (request, extra) => {
    if (request.method !== 'tools/call')
      throw new McpError(ErrorCode.MethodNotFound, `Unknown method ${request.method}`)
    const { name, arguments: given } = toolCall(request.params)
    const tool = TOOLS.find((candidate) => candidate.name === name)
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `Unknown tool ${JSON.stringify(name)}.`)
    return callTool(tool, given, callOf(shared, server, extra))
  }
  return server
}

function toolCall(params: Record<string, unknown> | undefined): { name: string; arguments: unknown } {
  const { name, arguments: given } = params ?? {}
  if (typeof name !== 'string')
    throw new McpError(ErrorCode.InvalidParams, 'params.name must be the name of a tool.')
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw new McpError(ErrorCode.InvalidParams, 'params.arguments must be an object.')
  }
  return { name, arguments: given }
}

async function callTool(tool: Tool, given: unknown, call: Call): Promise<CallToolResult> {
  const { structured } = call.caller.settings
  try {
    checkToolset(tool, call.caller.settings.toolsets)
    const args = checkedArguments(tool.name, tool.input, published.get(tool.name) as InputSchema, given)
    return renderOutcome(await tool.run(args, call), structured)
  } catch (error) {
    if (call.signal.aborted) throw error // nobody waits for the answer
    return renderError(error, structured)
  }
}

/** @throws policy_denied where the person has not switched the tool on */
function checkToolset({ name, toolset }: Tool, toolsets: readonly Toolset[]): void {
  if (toolsets.includes(toolset)) return
  throw new ToolError(
    'policy_denied',
    `${name} belongs to the toolset '${toolset}', which is not switched on here; switched on: ${toolsets.join(', ')}. ` +
      'The person who runs this server can add it to SSH_MCP_TOOLSETS.',
  )
}

function callOf({ caller, services, turns }: Shared, server: Server, extra: RequestExtra): Call {
  const token = extra._meta?.progressToken
  const send: SendProgress | null =
    token === undefined
      ? null
      : (progress, message) => {
          const params = { progressToken: token, progress, message }
          extra.sendNotification({ method: 'notifications/progress', params }).catch(() => {})
        }
  const { registry, opener, masters, executor, pages } = services
  return {
    ...{ caller, turns, registry, opener, masters, executor, pages },
    signal: extra.signal,
    asker: askerOf(server, pages),
    session: (idOrName) => {
      const session = registry.find(idOrName)
      checkHosts(session.record.hosts, caller.policy)
      return session
    },
    withProgress: (newestLine, work) => withProgress(newestLine, work, send),
  }
}
