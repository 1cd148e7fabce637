import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Turns } from '../../../src/common/turns.js'

it('runs one piece of work after another, as it was asked for', async () => {
  const turns = new Turns(() => true)
  const steps: string[] = []
  const work = (name: string) => async () => {
    steps.push(`${name} begins`)
    await turn()
    steps.push(`${name} ends`)
    return name
  }
  expect(await Promise.all([turns.run(work('a')), turns.run(work('b'))])).toEqual(['a', 'b'])
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

it('never begins work that nobody waits for any more, and goes on with the rest', async () => {
  let ready = false
  const turns = new Turns(() => ready)
  const begun: number[] = []
  const calls = Array.from({ length: 5 }, () => new AbortController())
  const runs = calls.map(({ signal }, i) => turns.run(async () => void begun.push(i), signal))
  for (const i of [0, 1, 3]) calls[i]?.abort(`cancelled ${i}`)
  const late = turns.run(async () => void begun.push(9), AbortSignal.abort('late'))
  ready = true
  turns.next()
  expect(await Promise.allSettled([...runs, late])).toMatchObject([
    { reason: 'cancelled 0' },
    { reason: 'cancelled 1' },
    { status: 'fulfilled' },
    { reason: 'cancelled 3' },
    { status: 'fulfilled' },
    { reason: 'late' },
  ])
  expect(begun).toEqual([2, 4])
})
