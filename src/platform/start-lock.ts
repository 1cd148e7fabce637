import { createHash } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { errnoOf } from '../common/errors.js'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js'

/**
 * The lock around "start the daemon if none runs". Node has no flock, so it is a file that appears whole,
 * by link(2), and names its holder; one whose holder is dead may be taken over.
 * @returns a function that releases it, or null if somebody else holds it, or may in a moment
 */
export function tryStartLock(path: string): (() => void) | null {
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, JSON.stringify(ownIdentity()), { mode: 0o600 })
  try {
    if (!linked(mine, path) && !tookOver(mine, path)) return null
    return () => rmSync(path, { force: true })
  } finally {
    rmSync(mine, { force: true })
  }
}

function linked(file: string, path: string): boolean {
  try {
    linkSync(file, path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Replaces a dead holder's lock with ours. Only who holds the lock on this very replacement may do it, so that
 * of two who saw the dead one the slower does not replace the quicker one's.
 */
function tookOver(mine: string, path: string): boolean {
  const seen = contentOf(path)
  if (seen === null || holderLives(seen)) return false
  const release = tryStartLock(`${path}.${createHash('sha256').update(seen).digest('hex').slice(0, 12)}`)
  if (!release) return false
  try {
    if (contentOf(path) !== seen) return false
    renameSync(mine, path)
    return true
  } finally {
    release()
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function holderLives(content: string): boolean {
  try {
    return isAlive(JSON.parse(content) as ProcessIdentity)
  } catch {
    return false
  }
}
