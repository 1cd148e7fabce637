import type { ContentBlock, GetPromptResult, Prompt } from '@modelcontextprotocol/sdk/types.js'
import type { OfferedPrompt } from '../../src/mcp/offer.js'
import { embedded, image, text } from './fixture-contents.js'

const said = (...contents: ContentBlock[]): GetPromptResult => ({
  messages: contents.map((content) => ({ role: 'user', content })),
})

const listed = (name: string, ...required: string[]): Prompt => ({
  name,
  description: 'For the conformance suite.',
  arguments: required.map((argument) => ({ name: argument, required: true })),
})

/** Prompts by the names and with the messages that the suite asks for. */
export const FIXTURE_PROMPTS: readonly OfferedPrompt[] = [
  {
    listed: listed('test_simple_prompt'),
    completers: {},
    get: async () => said(text('This is a simple prompt for testing.')),
  },
  {
    listed: listed('test_prompt_with_arguments', 'arg1', 'arg2'),
    completers: { arg1: () => ['test', 'testing'] },
    get: async ({ arg1, arg2 }) => said(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  },
  {
    listed: listed('test_prompt_with_embedded_resource', 'resourceUri'),
    completers: {},
    get: async ({ resourceUri }) =>
      said(
        embedded(resourceUri as string, 'text/plain', 'Embedded resource content for testing.'),
        text('Please process the embedded resource above.'),
      ),
  },
  {
    listed: listed('test_prompt_with_image'),
    completers: {},
    get: async () => said(image, text('Please analyze the image above.')),
  },
]
