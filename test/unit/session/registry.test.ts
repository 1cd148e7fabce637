import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LISTED_MS } from '../../../src/common/limits.js'
import { Registry } from '../../../src/session/registry.js'
import type { Session } from '../../../src/session/session.js'
import { EndedSessions } from '../../support/ended-sessions.js'

let left: EndedSessions
let registry: Registry

beforeEach(() => {
  left = new EndedSessions()
  registry = new Registry(10)
})

afterEach(() => left.remove())

describe('Registry', () => {
  it('tells of a session that comes, and that leaves when its time is over, though nobody asks', async () => {
    const told: string[] = []
    const gone = new Promise<void>((resolve) => {
      registry.listen({
        added: ({ id }) => told.push(`+${id}`),
        removed: ({ id }) => {
          told.push(`-${id}`)
          if (id === 'later') resolve()
        },
      })
    })
    registry.add(left.make('stays', 0))
    registry.add(left.make('later', LISTED_MS - 150))
    registry.add(left.make('sooner', LISTED_MS - 50))
    // The timer alone keeps no process alive.
    const alive = setInterval(() => {}, 1000)
    await gone
    clearInterval(alive)
    expect(told).toEqual(['+stays', '+later', '+sooner', '-sooner', '-later'])
    expect(registry.all().map(({ id }) => id)).toEqual(['stays'])
  })

  it('tells nobody who no longer listens', () => {
    const stop = registry.listen({ added: () => expect.fail('nobody listens') })
    stop()
    registry.add(left.make('one', 0))
  })

  it('finds among those that are there for who asks', () => {
    const web = left.make('one', 0)
    const db = left.make('two', 0, { target: 'db' })
    registry.add(web)
    registry.add(db)
    expect(() => registry.find('build')).toThrow('Several targets')
    const among = (session: Session): boolean => session === web
    expect(registry.find('build', among)).toBe(web)
    expect(() => registry.find('two', among)).toThrow('There is no session')
  })
})
