import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { Turns } from '../../../src/common/turns.js'
import { Coalesced } from '../../../src/mcp/coalesced.js'

/** What was told so far; how to let the client take it, and a second pass. */
let told: number
let taken: (() => void)[]
let timers: Map<object, () => void>
let news: Coalesced

beforeEach(() => {
  told = 0
  taken = []
  timers = new Map()
  const tell = (): Promise<void> => {
    told++
    return new Promise((resolve) => taken.push(resolve))
  }
  news = new Coalesced(tell, (run, ms) => {
    expect(ms).toBe(1000)
    const key = {}
    timers.set(key, run)
    return () => timers.delete(key)
  })
})

async function take(): Promise<void> {
  for (const done of taken.splice(0)) done()
  await turn()
}

function pass(): void {
  const due = [...timers.values()]
  timers.clear()
  for (const run of due) run()
}

describe('Coalesced', () => {
  it('tells of a change at once, and is quiet then', async () => {
    expect(told).toBe(0)
    news.changed()
    expect(told).toBe(1)
    await take()
    pass()
    expect([told, timers.size]).toEqual([1, 0])
    news.changed()
    expect(told).toBe(2)
  })

  it('tells of many within a second once more, at its end', async () => {
    for (let i = 0; i < 5; i++) news.changed()
    await take()
    for (let i = 0; i < 5; i++) news.changed()
    expect(told).toBe(1)
    pass()
    expect(told).toBe(2)
    await take()
    pass()
    expect([told, timers.size]).toEqual([2, 0])
  })

  it('tells nothing more to a client that has not taken the last', async () => {
    news.changed()
    for (let i = 0; i < 5; i++) news.changed()
    await turn()
    expect([told, timers.size]).toEqual([1, 0])
    await take()
    pass()
    expect(told).toBe(2)
  })

  it('goes on after what could not be told', async () => {
    const failing = new Coalesced(
      async () => {
        told++
        throw new Error('gone')
      },
      (run) => {
        timers.set({}, run)
        return () => {}
      },
    )
    failing.changed()
    failing.changed()
    await turn()
    pass()
    expect(told).toBe(2)
  })

  it('takes back what the client has not taken when it is closed', async () => {
    const turns = new Turns(() => ready)
    let ready = false
    const waiting = new Coalesced((closed) => turns.run(async () => void told++, closed))
    waiting.changed()
    waiting.close()
    ready = true
    turns.next()
    await turn()
    expect(told).toBe(0)
  })

  const changed = async (): Promise<void> => news.changed()
  const states: [string, (() => Promise<void>)[]][] = [
    ['at rest', []],
    ['while the client takes it', [changed]],
    ['while it waits', [changed, () => take()]],
  ]

  it.each(states)('tells and holds nothing once it is closed %s', async (_, before) => {
    for (const step of before) await step()
    const until = told
    news.changed()
    const after = told
    expect(after - until).toBeLessThanOrEqual(1)
    news.close()
    news.changed()
    await take()
    pass()
    expect([told, timers.size]).toEqual([after, 0])
  })
})
