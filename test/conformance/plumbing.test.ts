import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFixtureDoor } from './fixture-door.js'
import { explained, type Findings, findings, runSuite } from './suite.js'

/** How many scenarios the suite has for a version, at least: that it runs nothing is no success. */
const VERSIONS: readonly [version: string, scenarios: number][] = [
  ['2025-03-26', 1],
  ['2025-06-18', 27],
  ['2025-11-25', 33],
]

/** What is found by scenario, and why it is to be so. What is listed and passes makes a test fail as well. */
const EXPECTED: Findings = {
  // Streams that end in the middle of a call and go on in another, with ids of events: optional, and taken out of the
  // protocol with its next version. Who comes again reads by offset what was missed.
  'server-sse-polling': ['server-sse-priming-event', 'server-sse-retry-field'],
}

describe('the HTTP door over what the official conformance suite asks for', () => {
  let door: Awaited<ReturnType<typeof openFixtureDoor>>
  beforeAll(async () => {
    door = await openFixtureDoor()
  })
  afterAll(() => door.close())

  it.each(VERSIONS)('conforms to %s', async (version, scenarios) => {
    const outcome = await runSuite(door.url, version)
    const expected = Object.entries(EXPECTED).filter(([name]) => outcome.has(name))
    expect(findings(outcome), explained(outcome)).toEqual(Object.fromEntries(expected))
    expect(outcome.size).toBeGreaterThanOrEqual(scenarios)
  })
})
