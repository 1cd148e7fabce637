import { relay } from '../bridge/bridge.js'
import { connectOrStart, greeting } from '../client/connect.js'
import { statePaths } from '../platform/paths.js'
import { CommandError } from './arguments.js'
import { helpText } from './commands.js'

/** The stdio server that MCP clients start; on a terminal, where nobody speaks MCP, help and what is running. */
export async function serveStdio(args: string[], embedded: boolean): Promise<void> {
  if (args.length > 0) throw new CommandError(`unexpected '${args[0]}'. See 'ssh-mcp help'.`, 2)
  if (isHttp(process.env.MCP_TRANSPORT)) return (await import('./serve.js')).serveHttp(embedded)
  if (embedded) return (await import('../daemon/embedded.js')).runEmbedded()
  if (process.stdin.isTTY) {
    process.stdout.write(`${helpText()}\n`)
    return (await import('./list.js')).list([])
  }
  const connection = await connectOrStart(statePaths(process.env), greeting('mcp'))
  if (!connection.welcome.ok) throw new CommandError(connection.welcome.error)
  process.exit(await relay(connection))
}

/** Whether the environment asks for the HTTP door in place of standard input and output. */
function isHttp(transport: string | undefined): boolean {
  const name = transport?.trim().toLowerCase() || 'stdio'
  if (name === 'stdio' || name === 'streamable-http') return name !== 'stdio'
  throw new CommandError(`MCP_TRANSPORT is '${transport}', but must be stdio or streamable-http.`, 2)
}
