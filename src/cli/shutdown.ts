import { connectIfRunning, greeting } from '../client/connect.js'
import { statePaths } from '../platform/paths.js'
import { CommandError, commandLine } from './arguments.js'

/** Ends the daemon with all its sessions, and returns when they are gone. */
export async function shutdown(args: string[]): Promise<void> {
  commandLine(args, {})
  const connection = await connectIfRunning(statePaths(process.env), greeting('control', 'shutdown'))
  if (!connection) return void process.stdout.write('No daemon was running.\n')
  connection.socket.destroy()
  if (!connection.welcome.ok) throw new CommandError(connection.welcome.error)
  process.stdout.write('The daemon has ended, and every session with it.\n')
  if (connection.welcome.status.activated)
    process.stdout.write(
      "The owner of its socket starts another as soon as a client connects; to prevent it, stop that too: 'systemctl --user stop ssh-mcp.socket'.\n",
    )
}
