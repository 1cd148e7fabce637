import { describe, expect, it } from 'vitest'
import { HiddenRanges } from '../../../src/terminal/hidden-ranges.js'

describe('hidden ranges', () => {
  const ranges = new HiddenRanges([
    { from: 10, to: 20 },
    { from: 30, to: 40 },
  ])

  it.each([
    [0, 0, 10],
    [9, 9, 10],
    [10, 20, 30],
    [19, 20, 30],
    [20, 20, 30],
    [35, 40, Number.POSITIVE_INFINITY],
    [99, 99, Number.POSITIVE_INFINITY],
  ])('from %i on it shows from %i to %d', (offset, from, to) => {
    expect(ranges.shownFrom(offset)).toBe(from)
    expect(ranges.shownTo(from)).toBe(to)
  })

  it.each([
    [99, 99, 40],
    [40, 30, 20],
    [35, 30, 20],
    [30, 30, 20],
    [20, 10, 0],
    [5, 5, 0],
  ])('up to %i it shows up to %i since %i', (offset, to, since) => {
    expect(ranges.shownBefore(offset)).toBe(to)
    expect(ranges.shownSince(to)).toBe(since)
  })

  it('hides all from its beginning on as long as it is open', () => {
    const open = new HiddenRanges()
    open.begin(5)
    open.begin(7)
    expect(open.open).toBe(true)
    expect(open.shownFrom(6)).toBe(Number.POSITIVE_INFINITY)
    expect(open.shownBefore(100)).toBe(5)
    open.end(8)
    expect(open.all).toEqual([{ from: 5, to: 8 }])
    open.end(9)
    expect(open.all).toEqual([{ from: 5, to: 8 }])
  })
})
