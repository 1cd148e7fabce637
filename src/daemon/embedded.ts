import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { Duplex } from 'node:stream'
import { clientEnvironment } from '../common/environment.js'
import { log } from '../common/log.js'
import { daemonSettings } from '../common/settings.js'
import { packageVersion } from '../common/version.js'
import { callerOf } from '../connection/caller.js'
import { prepareState, statePaths } from '../platform/paths.js'
import { PROTOCOL } from '../wire/hello.js'
import { serveAskpass } from './askpass-door.js'
import { serveMcp } from './connection.js'
import { readFirstLine } from './first-line.js'
import { Hub } from './hub.js'
import { Listener } from './listener.js'

/**
 * Serves MCP on standard input and output with the sessions in this very process: for containers, where a
 * daemon would not outlive its client anyhow. Ends, with its sessions, at the end of the input.
 */
export async function runEmbedded(): Promise<void> {
  const paths = statePaths(process.env)
  prepareState(paths)
  const env = clientEnvironment(process.env)
  // There is no daemon that the askpass helper could find, so this process listens for it itself.
  const socket = `${dirname(paths.socket)}/e${process.pid}`
  // In a container this process has the same number each time, so one that was killed has left the same name.
  rmSync(socket, { force: true })
  const hub = new Hub(paths, daemonSettings(process.env), env, socket)
  const listener = new Listener(
    socket,
    (helper) => void answerHelper(helper, hub),
    () => {},
  )
  await listener.listen()
  const end = async (): Promise<void> => {
    await hub.stopAll()
    listener.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
  process.on('uncaughtException', (error) => log(`uncaught: ${error.stack}`))
  const stream = Duplex.from({ readable: process.stdin, writable: process.stdout })
  const caller = callerOf(env, process.cwd())
  await serveMcp(stream, Buffer.alloc(0), caller, hub, null)
  await end()
}

async function answerHelper(socket: Socket, hub: Hub): Promise<void> {
  socket.on('error', () => {}) // a helper whose ssh has ended
  const hello = (await readFirstLine(socket))?.hello
  if (hello?.purpose !== 'askpass' || hello.protocol !== PROTOCOL) return void socket.destroy()
  const status = { pid: process.pid, version: packageVersion(), socket: '', sessions: 0, clients: 1 }
  await serveAskpass(socket, hello, hub.questions, { hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status })
}
