import { Duplex } from 'node:stream'
import { clientEnvironment } from '../common/environment.js'
import { log } from '../common/log.js'
import { clientSettings, daemonSettings } from '../common/settings.js'
import { prepareState, statePaths } from '../platform/paths.js'
import { serveMcp } from './connection.js'
import { Hub } from './hub.js'

/**
 * Serves MCP on standard input and output with the sessions in this very process: for containers, where a
 * daemon would not outlive its client anyhow. Ends, with its sessions, at the end of the input.
 */
export async function runEmbedded(): Promise<void> {
  const paths = statePaths(process.env)
  prepareState(paths)
  const env = clientEnvironment(process.env)
  const hub = new Hub(paths, daemonSettings(process.env), env)
  const end = async (): Promise<void> => {
    await hub.stopAll()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
  process.on('uncaughtException', (error) => log(`uncaught: ${error.stack}`))
  const stream = Duplex.from({ readable: process.stdin, writable: process.stdout })
  const caller = { settings: clientSettings(env), env, cwd: process.cwd() }
  await serveMcp(stream, Buffer.alloc(0), caller, hub, null)
  await end()
}
