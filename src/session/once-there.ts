import { existsSync } from 'node:fs'

/** How often a file is looked for, in milliseconds: ssh tells nobody when it makes its control socket. */
const POLL_MS = 10

/** Calls once a file is there, unless it is not waited for any more. */
export function onceThere(path: string, ended: () => boolean, then: () => void): void {
  const timer = setInterval(() => {
    if (ended()) return clearInterval(timer)
    if (!existsSync(path)) return
    clearInterval(timer)
    then()
  }, POLL_MS)
}
