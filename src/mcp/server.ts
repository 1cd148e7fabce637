import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type ServerNotification,
} from '@modelcontextprotocol/sdk/types.js'
import { packageVersion } from '../common/version.js'
import { checkedArguments, type InputSchema, publishedSchema } from './arguments.js'
import { type SendProgress, withProgress } from './progress.js'
import { renderError, renderOutcome } from './result.js'
import type { Call, Tool } from './tool.js'
import { TOOLS } from './tools.js'

const INSTRUCTIONS =
  'Persistent SSH shells. ssh_ensure_session opens one or finds it again by target and session_name; ' +
  'ssh_write_session types into it and returns what it prints; ssh_read_session waits for more; ssh_stop_session ends it. ' +
  'Sessions keep running when you disconnect or lose your context: ssh_list_sessions shows what is there.'

/** What the calls of one connection have in common. */
type Shared = Pick<Call, 'caller' | 'registry' | 'opener' | 'turns'>

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
  const info = { name: 'ssh-mcp', title: 'SSH sessions', version: packageVersion() }
  const server = new Server(info, { capabilities: { tools: {} }, instructions: INSTRUCTIONS })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS.map(listed) }))
  // Not setRequestHandler: that answers malformed parameters as an internal error.
  server.fallbackRequestHandler = async (request, extra) => {
    if (request.method !== 'tools/call')
      throw new McpError(ErrorCode.MethodNotFound, `Unknown method ${request.method}`)
    const { name, arguments: given } = toolCall(request.params)
    const tool = TOOLS.find((candidate) => candidate.name === name)
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `Unknown tool ${JSON.stringify(name)}.`)
    return callTool(tool, given, callOf(shared, extra))
  }
  return server
}

const listed = ({ name, title, description, annotations }: Tool) => ({
  name,
  title,
  description,
  inputSchema: published.get(name) as InputSchema,
  annotations,
})

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
    const args = checkedArguments(tool.name, tool.input, published.get(tool.name) as InputSchema, given)
    return renderOutcome(await tool.run(args, call), structured)
  } catch (error) {
    if (call.signal.aborted) throw error // nobody waits for the answer
    return renderError(error, structured)
  }
}

function callOf(shared: Shared, extra: RequestExtra): Call {
  const token = extra._meta?.progressToken
  const send: SendProgress | null =
    token === undefined
      ? null
      : (progress, message) => {
          const params = { progressToken: token, progress, message }
          extra.sendNotification({ method: 'notifications/progress', params }).catch(() => {})
        }
  return {
    ...shared,
    signal: extra.signal,
    withProgress: (session, work) => withProgress(session, work, send),
  }
}
