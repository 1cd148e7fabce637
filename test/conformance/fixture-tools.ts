import { ToolError } from '../../src/common/errors.js'
import type { InputSchema } from '../../src/mcp/arguments.js'
import type { OfferedTool } from '../../src/mcp/offer.js'
import { audio, embedded, image, text } from './fixture-contents.js'
import { tool } from './fixture-tool.js'

/** Keywords of JSON Schema that are to reach the client as they are. */
const SCHEMA_2020_12: InputSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}

/** Tools that only answer, by the names that the suite calls. */
export const ANSWERING_TOOLS: readonly OfferedTool[] = [
  tool('test_simple_text', async () => [text('This is a simple text response for testing.')]),
  tool('test_image_content', async () => [image]),
  tool('test_audio_content', async () => [audio]),
  tool('test_embedded_resource', async () => [
    embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
  ]),
  tool('test_multiple_content_types', async () => [
    text('Multiple content types test:'),
    image,
    embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  ]),
  tool('test_error_handling', async () => {
    throw new ToolError('validation_error', 'This tool intentionally returns an error for testing')
  }),
  tool('test_reconnection', async () => [text('Nobody had to come again for this.')]),
  tool('json_schema_2020_12_tool', async () => [text('The arguments were taken.')], SCHEMA_2020_12),
]
