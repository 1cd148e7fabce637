import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completed } from '../../../src/mcp/completion.js'
import { PAGE_SIZE, pageOf } from '../../../src/mcp/pages.js'

const entries = (numbers: readonly number[]) =>
  numbers.map((number) => ({ key: String(number).padStart(4, '0'), listed: number }))

/** All pages, one after another; between two of them the list may change. */
function turned(
  numbers: readonly number[],
  change: (numbers: readonly number[]) => readonly number[],
): number[] {
  const all: number[] = []
  for (let list = numbers, cursor: string | undefined; ; list = change(list)) {
    const { page, nextCursor } = pageOf(entries(list), cursor)
    expect(page.length).toBeLessThanOrEqual(PAGE_SIZE)
    all.push(...page)
    if (nextCursor === undefined) return all
    cursor = nextCursor
  }
}

const numbers = fc.uniqueArray(fc.nat(999), { maxLength: 400 })

describe('pageOf', () => {
  it('gives all, once, in the order of the keys', () => {
    fc.assert(
      fc.property(numbers, (list) => {
        expect(turned(list, (same) => same)).toEqual([...list].sort((a, b) => a - b))
      }),
    )
  })

  it('leaves nothing out that stays, and gives nothing twice, while others come and go', () => {
    fc.assert(
      fc.property(numbers, numbers, (stay, others) => {
        const guests = others.filter((number) => !stay.includes(number))
        const found = turned(stay, (list) => (list === stay ? [...stay, ...guests] : stay))
        expect(new Set(found).size).toBe(found.length)
        expect(found.filter((number) => stay.includes(number))).toEqual([...stay].sort((a, b) => a - b))
      }),
    )
  })

  it.each([0, 1, PAGE_SIZE])('has one page for %d entries', (count) => {
    const page = pageOf(entries(Array.from({ length: count }, (_, i) => i)), undefined)
    expect(page).not.toHaveProperty('nextCursor')
    expect(page.page).toHaveLength(count)
  })

  it('takes no cursor but its own', () => {
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        expect(() => pageOf([], cursor)).toThrow(expect.objectContaining({ code: -32602 }))
      }),
    )
  })
})

describe('completed', () => {
  it('gives what begins so, once, whatever the case', () => {
    expect(completed(['Web', 'db', 'web2', 'Web'], 'wE')).toEqual({
      completion: { values: ['Web', 'web2'], total: 2, hasMore: false },
    })
  })

  it('gives a hundred at most, and says how many there are', () => {
    const all = Array.from({ length: 101 }, (_, i) => String(i))
    const { completion } = completed(all, '')
    expect(completion).toMatchObject({ total: 101, hasMore: true })
    expect(completion.values).toEqual(all.slice(0, 100))
  })
})
