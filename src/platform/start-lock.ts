import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { errnoOf } from '../common/errors.js'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js'

/**
 * The lock around "start the daemon if none runs". Node has no flock, so it is a file that appears whole,
 * by link(2), and names its holder; one whose holder is dead may be taken away.
 * @returns a function that releases it, or null if somebody alive holds it
 */
export function tryStartLock(path: string): (() => void) | null {
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, JSON.stringify(ownIdentity()), { mode: 0o600 })
  try {
    if (!linked(mine, path) && !(clearedStale(path, mine) && linked(mine, path))) return null
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

/** Takes a dead holder's lock away: moves it aside, and puts it back if it was no longer the dead one's. */
function clearedStale(path: string, mine: string): boolean {
  const seen = contentOf(path)
  if (seen === null) return true
  if (holderLives(seen)) return false
  const aside = `${mine}.stale`
  try {
    renameSync(path, aside)
  } catch {
    return true // somebody else was quicker
  }
  const taken = contentOf(aside)
  if (taken !== seen && taken !== null) linked(aside, path)
  rmSync(aside, { force: true })
  return taken === seen
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
