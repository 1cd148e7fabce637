import { describe, expect, it } from 'vitest'
import { withoutPromises } from '../../../src/http/passing.js'

describe('what a client that does not stay promises', () => {
  const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { capabilities: { roots: {} } } }
  const bare = { ...initialize, params: { capabilities: {} } }

  it.each([
    ['alone', initialize, bare],
    ['in a batch of one, which is taken as well', [initialize], [bare]],
    ['without parameters', { method: 'initialize' }, { method: 'initialize' }],
    [
      'in another method',
      { method: 'x', params: { capabilities: 1 } },
      { method: 'x', params: { capabilities: 1 } },
    ],
    ['in nothing at all', null, null],
  ])('is not handed on: %s', (_, body, expected) => {
    expect(withoutPromises(body)).toEqual(expected)
  })
})
