import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLI, Workplace } from '../support/harness.js'
import { explained, findings, type Outcome, runSuite } from './suite.js'

/** What the suite can look at without tools, resources and prompts of its own naming. */
const OF_ANY_SERVER = [
  'dns-rebinding-protection',
  'ping',
  'server-initialize',
  'server-session-lifecycle',
  'server-sse-multiple-streams',
  'tools-list',
]

/** In these it speaks HTTP by itself, without a look at the messages. */
const UNSEEN = [
  'dns-rebinding-protection',
  'server-session-lifecycle',
  'server-sse-multiple-streams',
  'server-sse-polling',
]

describe('ssh-mcp serve, before the official conformance suite', () => {
  let place: Workplace
  let door: ChildProcess
  let outcome: Outcome
  beforeAll(async () => {
    place = new Workplace()
    door = spawn(process.execPath, [CLI, 'serve', '--no-token', '--port', '0'], { env: place.env })
    outcome = await runSuite(await urlOf(door), '2025-11-25')
  })
  afterAll(async () => {
    door.kill()
    await once(door, 'exit')
    await place.close()
  })

  it.each(OF_ANY_SERVER)('passes %s', (scenario) => {
    const checks = outcome.get(scenario) ?? []
    expect(findings(new Map([[scenario, checks]])), explained(outcome)).toEqual({})
  })

  it('sends no message that the schema of the protocol does not know, refusals included', () => {
    const seen = [...outcome].filter(([name]) => !UNSEEN.includes(name))
    const wrong = seen.filter(
      ([, checks]) => checks.find(({ id }) => id === 'wire-schema-valid')?.status !== 'SUCCESS',
    )
    expect(seen.length).toBeGreaterThan(25)
    expect(wrong).toEqual([])
  })
})

/** The address that the door says it listens at. */
async function urlOf(door: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: door.stderr as NodeJS.ReadableStream })) {
    const url = /listening on (\S+)/.exec(line)?.[1]
    if (url) return url
  }
  throw new Error('the door has ended before it listened')
}
