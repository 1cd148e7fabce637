import { setTimeout as pause } from 'node:timers/promises'
import { END_COMMAND_MS } from '../common/limits.js'
import { endCommand } from '../ssh/remote-command.js'
import type { CommandChannel } from './command-channel.js'
import type { Masters } from './masters.js'
import type { Opening } from './opening.js'
import type { Connection } from './resolve.js'

/** How long a server's answer is waited for before more is done: a kill, or another connection. */
const POLITE_MS = 2000

/**
 * Ends what a command that was cut short left running on the remote, for closing its channel does not.
 * @param pid the process that leads its group, null where it is not known
 * @returns null, or a sentence for the caller where it could not be done
 */
export async function endRemotely(
  masters: Masters,
  connection: Connection,
  channel: CommandChannel,
  pid: number | null,
  opening: Omit<Opening, 'signal'>,
): Promise<string | null> {
  const ended = pid === null ? signalled(channel) : killed(masters, connection, pid, opening)
  const done = await Promise.race([ended, pause(END_COMMAND_MS, false, { ref: false })])
  if (done) return null
  return `The command may still be running on ${connection.target.typed}: it could not be ended there. Look for it before you run it again.`
}

/** By a second command on the same connection. */
async function killed(
  masters: Masters,
  connection: Connection,
  pid: number,
  opening: Omit<Opening, 'signal'>,
): Promise<boolean> {
  let answer = ''
  const listener = {
    stdout: (chunk: Buffer) => {
      answer = (answer + chunk.toString('latin1')).slice(-1000)
    },
    stderr: () => {},
    exited: () => {},
  }
  const command = { command: endCommand(pid), env: [], forwardAgent: false, terminal: null }
  try {
    const signal = AbortSignal.timeout(END_COMMAND_MS)
    const urgent = { ...opening, urgent: true, patienceMs: POLITE_MS, signal }
    const killer = await masters.open(connection, command, listener, urgent)
    killer.endInput()
    const { refused } = await killer.ended
    // The person's own connection may have no room for it.
    if (refused && !opening.notThePersons)
      return killed(masters, connection, pid, { ...opening, notThePersons: true })
    return /\bgone\s*$/.test(answer)
  } catch {
    return false
  }
}

/** By the server itself (RFC 4254, section 6.9), where there is no shell to do it. */
async function signalled(channel: CommandChannel): Promise<boolean> {
  if (!(await channel.signal('TERM'))) return false
  const ended = channel.ended.then(({ lost }) => lost === null)
  if (await Promise.race([ended, pause(POLITE_MS, false, { ref: false })])) return true
  return (await channel.signal('KILL')) && (await ended)
}
