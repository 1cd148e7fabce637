import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasTooManyValues } from '../../../src/wire/json-values.js'

/** What stands behind a comma or in a bracket, counted by one who has read it all. */
function counted(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inside = Object.values(value)
  return 1 + Math.max(0, inside.length - 1) + inside.reduce((sum: number, one) => sum + counted(one), 0)
}

describe('the number of values in a JSON text', () => {
  it('is that of its commas and brackets, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const values = counted(JSON.parse(text))
        expect(hasTooManyValues(text, values)).toBe(false)
        if (values > 0) expect(hasTooManyValues(text, values - 1)).toBe(true)
      }),
    )
  })

  it.each([
    ['"a,[{"', 0, false],
    [String.raw`"\",,"`, 0, false],
    [String.raw`["\\",1]`, 1, true],
    [String.raw`["\\\",,,,"]`, 1, false],
    ['["no end,,,,', 1, false],
    ['[,,,', 3, true],
    ['', 0, false],
  ])('%s: more than %i is %s', (text, most, expected) => {
    expect(hasTooManyValues(text, most)).toBe(expected)
  })
})
