import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { packageVersion } from '../common/version.js'
import { INSTRUCTIONS } from './instructions.js'
import { methodsOf } from './methods.js'
import type { Offer, Shared } from './offer.js'
import { offeredTools } from './offered-tools.js'
import { RESUME } from './resume-prompt.js'
import { unknownMethod } from './rpc-error.js'
import { SESSION_RESOURCES } from './session-resources.js'
import { Subscriptions } from './subscriptions.js'

const OFFER: Offer = {
  capabilities: {
    tools: {},
    resources: { subscribe: true, listChanged: true },
    prompts: {},
    completions: {},
  },
  instructions: INSTRUCTIONS,
  tools: offeredTools,
  resources: SESSION_RESOURCES,
  prompts: [RESUME],
}

/** Who offers no tasks takes a request that asks for one as any other: so the protocol has it, and the SDK refuses it. */
class PlainServer extends Server {
  protected override assertTaskHandlerCapability(): void {}
}

/**
 * An MCP server for one connection, over the sessions that all connections share. The low-level Server with methods
 * of our own over tables: the SDK's McpServer publishes unions as empty schemas and answers an unknown tool with a
 * result instead of an error, and its request handlers answer malformed parameters as an internal error.
 */
export function createServer(shared: Shared, offer: Offer = OFFER): Server {
  const info = { name: 'ssh-mcp', title: 'SSH sessions', version: packageVersion() }
  const { capabilities, instructions } = offer
  const server = new PlainServer(info, {
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
  })
  const subscriptions = new Subscriptions(server, offer.resources, shared)
  const methods = methodsOf(offer, subscriptions)
  server.oninitialized = () => subscriptions.watchList()
  server.fallbackRequestHandler = async ({ method, params }, extra) => {
    const answer = methods.get(method)
    if (!answer) throw unknownMethod(method)
    return answer(params, { shared, server, extra })
  }
  return server
}
