import type { ContentBlock } from '@modelcontextprotocol/sdk/types.js'
import type { InputSchema } from '../../src/mcp/arguments.js'
import type { OfferedTool, RequestContext } from '../../src/mcp/offer.js'
import { renderError } from '../../src/mcp/result.js'

type Answer = (request: RequestContext, args: Record<string, unknown>) => Promise<ContentBlock[]>

const NO_ARGUMENTS: InputSchema = { type: 'object', properties: {} }

/** A tool that answers with some content; what it throws is told as the product's tools tell it. */
export const tool = (name: string, answer: Answer, inputSchema = NO_ARGUMENTS): OfferedTool => ({
  listed: { name, title: name, description: 'For the conformance suite.', inputSchema, annotations: {} },
  call: async (given, request) => {
    try {
      return { content: await answer(request, (given ?? {}) as Record<string, unknown>) }
    } catch (error) {
      return renderError(error, false)
    }
  },
})
