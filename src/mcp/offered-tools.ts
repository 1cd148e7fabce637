import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { ToolError } from '../common/errors.js'
import type { Toolset } from '../common/settings.js'
import type { Caller } from '../connection/caller.js'
import { checkHosts } from '../connection/policy.js'
import type { Session } from '../session/session.js'
import { checkedArguments, type InputSchema, publishedSchema } from './arguments.js'
import { askerOf } from './ask-person.js'
import { listedTools } from './listing.js'
import type { OfferedTool, RequestContext, Shared } from './offer.js'
import { type SendProgress, withProgress } from './progress.js'
import { renderError, renderOutcome } from './result.js'
import { isSeen } from './seen-sessions.js'
import type { Call, Tool } from './tool.js'
import { TOOLS } from './tools.js'

const published = new Map<string, InputSchema>(TOOLS.map((tool) => [tool.name, publishedSchema(tool.input)]))

const offered = new Map<string, readonly OfferedTool[]>()

/** The tool table as a caller is offered it, by the toolsets that are switched on there. */
export function offeredTools({ settings: { toolsets } }: Caller): readonly OfferedTool[] {
  const key = toolsets.join()
  const known = offered.get(key) ?? offerOf(toolsets)
  offered.set(key, known)
  return known
}

/** What is not switched on is not listed, but may be called by its name, to hear why. */
function offerOf(toolsets: readonly Toolset[]): OfferedTool[] {
  const isOn = ({ toolset }: Tool): boolean => toolsets.includes(toolset)
  const groups = [TOOLS.filter(isOn), TOOLS.filter((tool) => !isOn(tool))]
  return groups.flatMap((tools, hidden) =>
    listedTools(tools, ({ name }) => published.get(name) as InputSchema).map((listed, index) => ({
      listed,
      hidden: hidden === 1,
      call: (given, request) => callTool(tools[index] as Tool, given, callOf(request)),
    })),
  )
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

/** One that is there and may not be reached stands in nobody's way, and is refused where nothing else is meant. */
function sessionFor(idOrName: string, shared: Shared): Session {
  const { registry } = shared.services
  try {
    return registry.find(idOrName, isSeen(shared))
  } catch (error) {
    if (!(error instanceof ToolError) || error.type !== 'session_not_found') throw error
    const hidden = registry.all().find(({ id, name }) => id === idOrName || name === idOrName)
    if (hidden) checkHosts(hidden.record.hosts, shared.caller.policy)
    throw error
  }
}

function callOf({ shared, server, extra }: RequestContext): Call {
  const { caller, services, turns } = shared
  const token = extra._meta?.progressToken
  const send: SendProgress | null =
    token === undefined
      ? null
      : (progress, message) => {
          const params = { progressToken: token, progress, message }
          extra.sendNotification({ method: 'notifications/progress', params }).catch(() => {})
        }
  const { registry, opener, masters, executor, transfers, forwards, pages } = services
  return {
    ...{ caller, turns, registry, opener, masters, executor, transfers, forwards, pages },
    signal: extra.signal,
    asker: askerOf(server, pages, extra.requestId),
    session: (idOrName) => sessionFor(idOrName, shared),
    wantsProgress: send !== null,
    withProgress: (newestLine, work, everyMs) => withProgress(newestLine, work, send, everyMs),
  }
}
