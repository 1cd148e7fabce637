import type { ReadResourceResult, Resource } from '@modelcontextprotocol/sdk/types.js'
import type { OfferedResources } from '../../src/mcp/offer.js'
import { PIXEL } from './fixture-contents.js'

type Contents = ReadResourceResult['contents'][number]

const FIXED: readonly Contents[] = [
  {
    uri: 'test://static-text',
    mimeType: 'text/plain',
    text: 'This is the content of the static text resource.',
  },
  { uri: 'test://static-binary', mimeType: 'image/png', blob: PIXEL },
  { uri: 'test://watched-resource', mimeType: 'text/plain', text: 'Nothing happens here.' },
]

const TEMPLATE = /^test:\/\/template\/([^/]+)\/data$/

function find(uri: string): Contents | undefined {
  const id = TEMPLATE.exec(uri)?.[1]
  if (id === undefined) return FIXED.find((fixed) => fixed.uri === uri)
  const data = { id, templateTest: true, data: `Data for ID: ${id}` }
  return { uri, mimeType: 'application/json', text: JSON.stringify(data) }
}

const listed = ({ uri, mimeType }: Contents): Resource => ({
  ...{ uri, mimeType, name: uri.slice('test://'.length), description: 'For the conformance suite.' },
})

/** Resources by the addresses and with the contents that the suite asks for. */
export const FIXTURE_RESOURCES: OfferedResources = {
  templates: [
    {
      listed: { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' },
      completers: { id: () => ['123'] },
    },
  ],
  list: () => FIXED.map((fixed) => ({ key: fixed.uri, listed: listed(fixed) })),
  open: (uri) => {
    const found = find(uri)
    return found ? { read: async () => [found], watch: () => () => {} } : null
  },
}
