import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process that cannot be confused with a later one of the same number. */
export interface ProcessIdentity {
  pid: number
  /** When it started, in the system's own terms; only ever compared with itself. */
  started: string
}

let own: ProcessIdentity | undefined

export function ownIdentity(): ProcessIdentity {
  own ??= { pid: process.pid, started: startOf(process.pid) ?? '' }
  return own
}

export function isAlive(identity: ProcessIdentity): boolean {
  return startOf(identity.pid) === identity.started
}

/** Start time of a process: field 22 of /proc/pid/stat on Linux, what ps says elsewhere; null if there is none. */
function startOf(pid: number): string | null {
  try {
    if (process.platform !== 'linux') return psStart(pid)
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The program's name, in parentheses, may hold anything; the fields after it may not. Z is a zombie.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

const psStart = (pid: number): string =>
  execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 }).trim()
