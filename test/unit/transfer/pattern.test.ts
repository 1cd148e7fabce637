import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameMatches } from '../../../src/ssh/name-pattern.js'
import { isPattern, withoutEscapes } from '../../../src/transfer/pattern.js'

describe('nameMatches', () => {
  it.each([
    ['*', 'a', true],
    ['*', '.a', false],
    ['.*', '.a', true],
    ['\\.*', '.a', true],
    ['?a', '.a', false],
    ['*.log', 'x.log', true],
    ['*.log', 'x.logs', false],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'abcd', false],
    ['?', 'é', true],
    ['?', '😀', true],
    ['??', 'é', false],
    ['[abc]', 'b', true],
    ['[!abc]', 'b', false],
    ['[^abc]', 'd', true],
    ['[a-c]x', 'bx', true],
    ['[]a]', ']', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['[\\]]', ']', true],
    ['[a', '[a', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\', 'a\\', true],
    ['a\nb*', 'a\nbc', true],
    ['{a,b}', '{a,b}', true],
    ['', '', true],
    ['***', '', true],
  ])('%j and %j: %s', (pattern, name, matches) => {
    expect(nameMatches(pattern, name)).toBe(matches)
  })

  it('needs no time to speak of, whatever the pattern', () => {
    expect(nameMatches(`${'*a'.repeat(2000)}b`, 'a'.repeat(255))).toBe(false)
  })

  it('matches every name that is written out with backslashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(nameMatches(name.replace(/[\\*?[\]]/g, '\\$&'), name)).toBe(true)
      }),
    )
  })
})

it('is a pattern only with one of its signs', () => {
  expect(['a*', 'a?', '[a]', 'a\\b', '{a}', '~'].map(isPattern)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ])
  expect(withoutEscapes('a\\*b\\\\c')).toBe('a*b\\c')
})
