import { describe, expect, it } from 'vitest'
import { AnswerBudget, LookPace } from '../../../src/session/answer-limits.js'

describe('AnswerBudget', () => {
  it('affords 300 answers at once, and some more with time', () => {
    const budget = new AnswerBudget()
    expect(budget.affords(256, 0)).toBe(true)
    expect(budget.affords(44, 0)).toBe(true)
    expect(budget.affords(1, 0)).toBe(false)
    expect(budget.affords(30, 1000)).toBe(true)
    expect(budget.affords(30, 1500)).toBe(false)
    expect(budget.affords(300, 60_000)).toBe(true)
    expect(budget.affords(301, 120_000)).toBe(false)
  })
})

describe('LookPace', () => {
  /** When looks are made within 20 s at one place, in milliseconds. */
  function looks(answer: boolean): number[] {
    const pace = new LookPace()
    const at: number[] = []
    for (let now = 0; now < 20_000; now++) {
      if (pace.left('here', now) > 0) continue
      at.push(now)
      pace.looked(now)
      if (answer) pace.answered()
    }
    return at
  }

  it('looks at once, and ever more seldom while nothing comes of it', () => {
    const at = looks(false)
    expect(at.slice(0, 3)).toEqual([0, 30, 111])
    expect(at.length).toBeLessThan(20)
    expect((at.at(-1) as number) - (at.at(-2) as number)).toBe(2000)
  })

  it('goes on quickly with who is answered', () => {
    expect(looks(true).length).toBeGreaterThan(600)
  })

  it('looks at once where things have changed', () => {
    const pace = new LookPace()
    for (let i = 0; i < 10; i++) pace.looked(0)
    expect(pace.left('a', 1)).toBe(0)
    pace.looked(1)
    expect(pace.left('a', 2)).toBe(29)
    expect(pace.left('b', 2)).toBe(0)
  })
})
