import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLI, Workplace } from '../support/harness.js'
import { explained, findings, type Outcome, runSuite, SCHEMA } from './suite.js'

/** What the suite can look at without tools, resources and prompts of its own naming. */
const OF_ANY_SERVER = [
  'dns-rebinding-protection',
  'ping',
  'prompts-list',
  'resources-list',
  'server-initialize',
  'server-session-lifecycle',
  'server-sse-multiple-streams',
  'tools-list',
]

describe('ssh-mcp serve, before the official conformance suite', () => {
  let place: Workplace
  let door: ChildProcess
  let exit: Promise<unknown>
  let outcome: Outcome
  beforeAll(async () => {
    place = new Workplace()
    door = spawn(process.execPath, [CLI, 'serve', '--no-token', '--port', '0'], { env: place.env })
    exit = once(door, 'exit')
    outcome = await runSuite(await urlOf(door), '2025-11-25')
  })
  afterAll(async () => {
    door.kill()
    await exit
    await place.close()
  })

  it.each(OF_ANY_SERVER)('passes %s', (scenario) => {
    expect(outcome.has(scenario)).toBe(true)
    expect(findings(outcome)[scenario], explained(outcome)).toBeUndefined()
  })

  it('sends no message that is not in the schema of the protocol, refusals of what it does not have included', () => {
    const wrong = Object.entries(findings(outcome)).filter(([, ids]) => ids.includes(SCHEMA))
    expect(wrong, explained(outcome)).toEqual([])
    expect(outcome.size).toBeGreaterThan(30)
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
