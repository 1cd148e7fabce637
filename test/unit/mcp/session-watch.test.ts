import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LISTED_MS } from '../../../src/common/limits.js'
import { Turns } from '../../../src/common/turns.js'
import { callerOf } from '../../../src/connection/caller.js'
import type { Shared } from '../../../src/mcp/offer.js'
import { watchGlances, watchList, watchSession } from '../../../src/mcp/session-watch.js'
import type { Services } from '../../../src/mcp/tool.js'
import { Registry } from '../../../src/session/registry.js'
import { EndedSessions } from '../../support/ended-sessions.js'

let left: EndedSessions
let registry: Registry
let changes: number

beforeEach(() => {
  left = new EndedSessions()
  registry = new Registry(10)
  changes = 0
})

afterEach(() => left.remove())

const changed = (): void => {
  changes++
}

const shared = (allowed = ''): Shared => ({
  caller: callerOf({ SSH_MCP_ALLOWED_HOSTS: allowed }, '/'),
  services: { registry } as unknown as Services,
  turns: new Turns(() => true),
})

/** How many changes something brought about. */
function of(work: () => unknown): number {
  const before = changes
  work()
  return changes - before
}

describe('watchSession', () => {
  it('follows a name from one session to the next, and then listens to nobody else', () => {
    const first = left.make('first')
    registry.add(first)
    const stop = watchSession('build', 'screen', shared(), changed)
    expect(of(() => first.resize(81, 24))).toBe(1)
    const second = left.make('second')
    expect(of(() => registry.add(second))).toBe(1)
    expect(of(() => first.resize(82, 24))).toBe(0)
    expect(of(() => second.resize(82, 24))).toBe(1)
    expect(of(() => registry.add(left.make('third', 0, { session_name: 'other' })))).toBe(0)
    stop()
    expect(of(() => second.resize(83, 24))).toBe(0)
    expect(of(() => registry.add(left.make('fourth')))).toBe(0)
  })

  it('tells once that a session has left, and that another came in its place', () => {
    const old = left.make('old', LISTED_MS - 1000)
    registry.add(old)
    watchSession('build', 'screen', shared(), changed)
    Object.assign(old.record, { ended_at: new Date(0).toISOString() })
    expect(of(() => registry.all())).toBe(1)
    expect(of(() => old.resize(81, 24))).toBe(0)
    expect(of(() => registry.add(left.make('new')))).toBe(1)
  })

  it('does not follow a name to where the caller may not go, or to several sessions', () => {
    registry.add(left.make('first'))
    watchSession('build', 'screen', shared('web'), changed)
    const forbidden = left.make('second', 0, { target: 'db', hosts: [['db']] })
    expect(of(() => registry.add(forbidden))).toBe(0)
    expect(of(() => forbidden.resize(81, 24))).toBe(0)
    expect(of(() => registry.add(left.make('third', 0, { target: 'web2', hosts: [['web']] })))).toBe(1)
  })

  it('of the transcript is not about the size of the screen', () => {
    const session = left.make('first')
    registry.add(session)
    watchSession('first', 'transcript', shared(), changed)
    expect(of(() => session.resize(81, 24))).toBe(0)
    expect(of(() => session.recorder.record(Buffer.from('more')))).toBe(1)
  })
})

describe.each([
  ['watchList', watchList],
  ['watchGlances', watchGlances],
])('%s', (_, watch) => {
  it('tells of who comes and leaves, as far as the caller may know', () => {
    const stop = watch(shared('web'), changed)
    const old = left.make('old', LISTED_MS - 1000)
    expect(of(() => registry.add(old))).toBe(1)
    expect(of(() => registry.add(left.make('hidden', 0, { hosts: [['db']] })))).toBe(0)
    Object.assign(old.record, { ended_at: new Date(0).toISOString() })
    expect(of(() => registry.all())).toBe(1)
    expect(of(() => old.changed())).toBe(0)
    stop()
    expect(of(() => registry.add(left.make('late')))).toBe(0)
  })
})
