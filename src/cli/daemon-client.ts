import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { connectIfRunning, greeting } from '../client/connect.js'
import { packageVersion } from '../common/version.js'
import { statePaths } from '../platform/paths.js'
import { CommandError } from './arguments.js'

/** A tool's complete result, as the structured form has it. */
export type Facts = Record<string, unknown>

/**
 * Calls a tool of the running daemon, through the same door as everybody.
 * @returns its facts, or null if no daemon runs
 * @throws CommandError with the tool's own words
 */
export async function callDaemon(tool: string, args: Record<string, unknown>): Promise<Facts | null> {
  const hello = greeting('mcp')
  hello.env.SSH_MCP_STRUCTURED = '1'
  const connection = await connectIfRunning(statePaths(process.env), hello)
  if (!connection) return null
  if (!connection.welcome.ok) throw new CommandError(connection.welcome.error)
  const client = new Client({ name: 'ssh-mcp-cli', version: packageVersion() })
  // The SDK's line framing serves either side of a stream.
  const connecting = client.connect(new StdioServerTransport(connection.socket, connection.socket))
  connection.socket.resume()
  await connecting
  try {
    const result = await client.callTool({ name: tool, arguments: args })
    const facts = result.structuredContent as Facts
    if (result.isError) throw new CommandError(String(facts.message))
    return facts
  } finally {
    await client.close()
    connection.socket.destroy()
  }
}
