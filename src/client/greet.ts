import type { Socket } from 'node:net'
import { DAEMON_START_MS, WELCOME_TIMEOUT_MS } from '../common/limits.js'
import { encodeLine, type Hello, MAX_HELLO_BYTES, parseWelcome, type Welcome } from '../wire/hello.js'
import { daemonError } from './daemon-error.js'

/** A connection after both first lines; `rest` is what the daemon sent behind its own. */
export interface DaemonConnection {
  socket: Socket
  welcome: Welcome
  rest: Buffer
}

const STRANGER =
  'answered in a way that is not known here; it may be another program or version. End it and try again'

/** Exchanges the first lines. */
export function greet(socket: Socket, hello: Hello): Promise<DaemonConnection> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const settle = (action: () => void): void => {
      clearTimeout(timer)
      socket.removeListener('data', onData)
      socket.removeListener('error', onEnd)
      socket.removeListener('end', onEnd)
      socket.pause()
      action()
    }
    const fail = (why: string): void =>
      settle(() => {
        socket.destroy()
        reject(daemonError(why))
      })
    const onEnd = (): void => fail('closed the connection before it answered')
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\n')
      if (end < 0) return received.length > MAX_HELLO_BYTES ? fail(STRANGER) : undefined
      const welcome = parseWelcome(received.toString('utf8', 0, end))
      if (!welcome) return fail(STRANGER)
      settle(() => resolve({ socket, welcome, rest: received.subarray(end + 1) }))
    }
    const wait = hello.command === 'shutdown' ? DAEMON_START_MS : WELCOME_TIMEOUT_MS
    const timer = setTimeout(
      () => fail(`did not answer within ${wait / 1000} s. It may be stopped or hung: see 'ssh-mcp status'`),
      wait,
    )
    socket.on('data', onData)
    socket.on('error', onEnd)
    socket.on('end', onEnd)
    socket.write(encodeLine(hello))
  })
}
