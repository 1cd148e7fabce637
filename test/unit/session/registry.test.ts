import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LISTED_MS } from '../../../src/common/limits.js'
import { ownIdentity } from '../../../src/platform/process-identity.js'
import { createSessionDirectory, type SessionRecord } from '../../../src/platform/session-files.js'
import { Registry } from '../../../src/session/registry.js'
import { Session } from '../../../src/session/session.js'
import { NOTHING_DRAWN } from '../../../src/terminal/fresh-starts.js'

let root: string
let registry: Registry
const sessions: Session[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sm-'))
  registry = new Registry(10)
})

afterEach(() => {
  for (const session of sessions.splice(0)) session.recorder.file.close()
  rmSync(root, { recursive: true, force: true })
})

/** A session of an earlier daemon. */
function ended(session_id: string, agoMs: number, more: Partial<SessionRecord> = {}): Session {
  const directory = createSessionDirectory(root, session_id)
  const session = new Session(directory, {
    ...{ version: 1, session_id, session_name: 'build', target: 'web', identity: '[]', hosts: [['web']] },
    ...{ cols: 80, rows: 24, auto_close: false, integration: true, shell: null, hidden: [], sizes: [] },
    ...{ full_screens: [], nonces: [], created_at: new Date().toISOString(), gaps: [] },
    ...{
      ended_at: new Date(Date.now() - agoMs).toISOString(),
      exit_code: 0,
      signal: null,
      exit_reason: 'exit-0',
    },
    ...{ counted: { offset: 0, units: 0 }, read: { offset: 0, units: 0 }, fresh: NOTHING_DRAWN },
    ...{ tmux_session_name: null, tmux_tmpdir: null, owner: ownIdentity() },
    ...more,
  })
  sessions.push(session)
  return session
}

describe('Registry', () => {
  it('tells of a session that comes, and that leaves when its time is over, though nobody asks', async () => {
    const told: string[] = []
    const left = new Promise<void>((resolve) => {
      registry.listen({
        added: ({ id }) => told.push(`+${id}`),
        removed: ({ id }) => {
          told.push(`-${id}`)
          if (id === 'later') resolve()
        },
      })
    })
    registry.add(ended('stays', 0))
    registry.add(ended('later', LISTED_MS - 150))
    registry.add(ended('sooner', LISTED_MS - 50))
    // The timer alone keeps no process alive.
    const alive = setInterval(() => {}, 1000)
    await left
    clearInterval(alive)
    expect(told).toEqual(['+stays', '+later', '+sooner', '-sooner', '-later'])
    expect(registry.all().map(({ id }) => id)).toEqual(['stays'])
  })

  it('tells nobody who no longer listens', () => {
    const stop = registry.listen({ added: () => expect.fail('nobody listens') })
    stop()
    registry.add(ended('one', 0))
  })

  it('finds among those that are there for who asks', () => {
    const web = ended('one', 0)
    const db = ended('two', 0, { target: 'db' })
    registry.add(web)
    registry.add(db)
    expect(() => registry.find('build')).toThrow('Several targets')
    const among = (session: Session): boolean => session === web
    expect(registry.find('build', among)).toBe(web)
    expect(() => registry.find('two', among)).toThrow('There is no session')
  })
})
