import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rideOf } from '../../../src/connection/passenger.js'
import { ridingOptions } from '../../../src/ssh/argv.js'
import { parseSshVersion } from '../../../src/ssh/version.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ride-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** What ssh says on a master that is not there. @param level how much it says */
function wordsWithoutMaster(controlPath: string, level: string): string {
  const version = parseSshVersion(spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr)
  const options = [`LogLevel=${level}`, ...ridingOptions({ controlPath, version })]
  const args = [...options.flatMap((option) => ['-o', option]), '--', '127.0.0.1', 'true']
  const { status, stderr } = spawnSync('ssh', args, { encoding: 'utf8', timeout: 10_000 })
  expect(status).toBe(255)
  return stderr
}

describe('an ssh that rides on a master', () => {
  it.each(['INFO', 'DEBUG2'])('says at %s that there is none, and does not connect by itself', (level) => {
    expect(rideOf(wordsWithoutMaster(join(directory, 'none'), level))).toBe('gone')
  })

  it('says so of a socket that nobody listens on', async () => {
    const path = join(directory, 'left')
    const server = createServer().listen(path)
    await new Promise((resolve) => server.once('listening', resolve))
    // A hard link keeps the socket's name when its owner removes its own.
    const left = join(directory, 'link')
    spawnSync('ln', [path, left])
    await new Promise((resolve) => server.close(resolve))
    expect(rideOf(wordsWithoutMaster(left, 'DEBUG2'))).toBe('gone')
  })

  it.each<[string, ReturnType<typeof rideOf>]>([
    ['mux_client_request_session: session request failed: Session open refused by peer', 'refused'],
    ['debug2: Control master terminated unexpectedly', 'lost'],
    ['debug2: Received exit status from master 0', 'fine'],
    ['', 'fine'],
  ])('that says %j had a ride that was %s', (words, ride) => {
    expect(rideOf(words)).toBe(ride)
  })
})
