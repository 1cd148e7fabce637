import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsedUri, sessionUri, uriTemplate } from '../../../src/mcp/session-uris.js'

describe('session URIs', () => {
  it('lead back to any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (id) => {
        expect(parsedUri(sessionUri(id, 'screen'))).toEqual({ view: 'screen', id })
      }),
    )
  })

  it('fit their template', () => {
    expect(uriTemplate('transcript').replace('{id}', 'x')).toBe(sessionUri('x', 'transcript'))
  })

  it.each([
    ['ssh-mcp://sessions', { view: 'list' }],
    ['ssh-mcp://sessions/a%2Fb%20c/transcript', { view: 'transcript', id: 'a/b c' }],
    ['ssh-mcp://sessions/', null],
    ['ssh-mcp://sessions//screen', null],
    ['ssh-mcp://sessions/a', null],
    ['ssh-mcp://sessions/a/', null],
    ['ssh-mcp://sessions/a/b/screen', null],
    ['ssh-mcp://sessions/a/other', null],
    ['ssh-mcp://sessions/a/screen/', null],
    ['ssh-mcp://sessions/a/screen?x', null],
    ['ssh-mcp://sessions/%/screen', null],
    ['ssh-mcp://sessions/%ff/screen', null],
    ['http://sessions/a/screen', null],
    [`ssh-mcp://sessions/${'a'.repeat(5000)}/screen`, null],
    ['', null],
  ])('%s', (uri, parsed) => {
    expect(parsedUri(uri)).toEqual(parsed)
  })
})
