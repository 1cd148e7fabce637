import { connectIfRunning, greeting } from '../client/connect.js'
import { statePaths } from '../platform/paths.js'
import { CommandError, commandLine } from './arguments.js'

/**
 * Says whether the daemon runs, and starts none. Where systemd holds the socket it does: from outside nobody can
 * tell whether a daemon is behind it, and to ask is to connect.
 */
export async function status(args: string[]): Promise<void> {
  const { values } = commandLine(args, { json: { type: 'boolean' } })
  const paths = statePaths(process.env)
  const connection = await connectIfRunning(paths, greeting('control', 'status'))
  connection?.socket.destroy()
  if (connection && !connection.welcome.ok) throw new CommandError(connection.welcome.error)
  const facts = connection?.welcome.ok ? connection.welcome.status : null
  if (values.json) {
    const none = { pid: null, version: null, socket: paths.socket, sessions: 0, clients: 0 }
    process.stdout.write(`${JSON.stringify({ running: facts !== null, ...(facts ?? none) })}\n`)
  } else if (facts) {
    const { pid, version, sessions, clients, socket, activated } = facts
    const starter = activated ? ' (whose owner starts the daemon whenever somebody connects)' : ''
    process.stdout.write(
      `running: pid ${pid}, version ${version}, ${sessions} sessions, ${clients} clients, socket ${socket}${starter}\n`,
    )
  } else process.stdout.write(`not running (state directory ${paths.root})\n`)
}
