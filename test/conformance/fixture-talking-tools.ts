import type { ElicitRequestFormParams } from '@modelcontextprotocol/sdk/types.js'
import type { OfferedTool, RequestContext } from '../../src/mcp/offer.js'
import { text } from './fixture-contents.js'
import { DEFAULTS, ENUMS, PERSON } from './fixture-forms.js'
import { tool } from './fixture-tool.js'

/** What each server asks its client belongs to the call in which it asks, and goes on that call's stream. */
const ofCall = ({ extra }: RequestContext) => ({ relatedRequestId: extra.requestId })

async function ask(
  request: RequestContext,
  message: string,
  requestedSchema: ElicitRequestFormParams['requestedSchema'],
): Promise<string> {
  const asked = { mode: 'form' as const, message, requestedSchema }
  const { action, content } = await request.server.elicitInput(asked, ofCall(request))
  return `action=${action}, content=${JSON.stringify(content)}`
}

/** Tools that tell or ask the client something before they answer, by the names that the suite calls. */
export const TALKING_TOOLS: readonly OfferedTool[] = [
  tool('test_tool_with_logging', async ({ extra }) => {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed'])
      await extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
    return [text('It was told three times.')]
  }),
  tool('test_tool_with_progress', async ({ extra }) => {
    const progressToken = extra._meta?.progressToken
    for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
      const params = { progressToken: progressToken as string, progress, total: 100 }
      await extra.sendNotification({ method: 'notifications/progress', params })
    }
    return [text('It is done.')]
  }),
  tool(
    'test_sampling',
    async (request, { prompt }) => {
      const content = { type: 'text' as const, text: String(prompt) }
      const messages = [{ role: 'user' as const, content }]
      const said = await request.server.createMessage({ messages, maxTokens: 100 }, ofCall(request))
      return [text(`LLM response: ${JSON.stringify(said.content)}`)]
    },
    { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] },
  ),
  tool(
    'test_elicitation',
    async (request, { message }) => [text(`User response: ${await ask(request, String(message), PERSON)}`)],
    { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
  ),
  tool('test_elicitation_sep1034_defaults', async (request) => [
    text(`Elicitation completed: ${await ask(request, 'Is this right?', DEFAULTS)}`),
  ]),
  tool('test_elicitation_sep1330_enums', async (request) => [
    text(`Elicitation completed: ${await ask(request, 'Which of these?', ENUMS)}`),
  ]),
]
