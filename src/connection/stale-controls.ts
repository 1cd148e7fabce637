import { readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

/**
 * Removes the control sockets that an ssh of a daemon before this one left behind when it was killed. One that
 * still answers belongs to somebody who is alive.
 */
export function removeStaleControls(directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name)
    const socket = connect(path, () => socket.destroy())
    socket.on('error', () => rmSync(path, { force: true }))
    socket.unref()
  }
}
