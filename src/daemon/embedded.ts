import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { Duplex, duplexPair } from 'node:stream'
import { clientEnvironment } from '../common/environment.js'
import { log } from '../common/log.js'
import { daemonSettings } from '../common/settings.js'
import { packageVersion } from '../common/version.js'
import { callerOf } from '../connection/caller.js'
import { prepareState, statePaths } from '../platform/paths.js'
import { END_OF_MESSAGES, PROTOCOL } from '../wire/hello.js'
import { serveAskpass } from './askpass-door.js'
import { serveMcp } from './connection.js'
import { readFirstLine } from './first-line.js'
import { Hub } from './hub.js'
import { Listener } from './listener.js'

/** The sessions in this very process: for containers, where a daemon would not outlive its client anyhow. */
interface EmbeddedHub {
  /** A connection such as the daemon's clients have, after the greeting. */
  open(): Promise<{ stream: Duplex; rest: Buffer }>
  /** Serves one client on a stream until it has no more to ask. */
  serve(stream: Duplex): Promise<void>
  /** Ends every session. */
  end(): Promise<void>
}

/** Serves MCP on standard input and output. Ends, with its sessions, at the end of the input. */
export async function runEmbedded(): Promise<void> {
  const hub = await embeddedHub()
  process.on('uncaughtException', (error) => log(`uncaught: ${error.stack}`))
  const end = (): Promise<void> => hub.end().then(() => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
  await hub.serve(Duplex.from({ readable: process.stdin, writable: process.stdout }))
  await end()
}

export async function embeddedHub(): Promise<EmbeddedHub> {
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
  const caller = callerOf(env, process.cwd())
  return {
    open: async () => {
      const [ours, theirs] = duplexPair()
      // One side of a pair does not hear by itself that the other was given up.
      ours.on('close', () => theirs.destroy())
      theirs.on('close', () => ours.destroy())
      void serveMcp(ours, caller, hub, { goodbye: Uint8Array.of(END_OF_MESSAGES), relates: true })
      return { stream: theirs, rest: Buffer.alloc(0) }
    },
    serve: (stream) => serveMcp(stream, caller, hub, {}),
    end: async () => {
      await hub.stopAll()
      listener.close()
    },
  }
}

async function answerHelper(socket: Socket, hub: Hub): Promise<void> {
  socket.on('error', () => {}) // a helper whose ssh has ended
  const hello = (await readFirstLine(socket))?.hello
  if (hello?.purpose !== 'askpass' || hello.protocol !== PROTOCOL) return void socket.destroy()
  const status = { pid: process.pid, version: packageVersion(), socket: '', sessions: 0, clients: 1 }
  await serveAskpass(socket, hello, hub.questions, { hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status })
}
