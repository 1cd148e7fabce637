import type { Socket } from 'node:net'
import { HELLO_TIMEOUT_MS } from '../common/limits.js'
import { type Hello, MAX_HELLO_BYTES } from '../wire/hello.js'
import { parseHello } from '../wire/hello-schema.js'

export interface FirstLine {
  /** null where the line is not one of ours. */
  hello: Hello | null
  /** What came behind it. */
  early: Buffer
}

/** Reads a connection's first line and leaves the socket paused. @returns null if none came in time */
export function readFirstLine(socket: Socket): Promise<FirstLine | null> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const settle = (line: FirstLine | null): void => {
      clearTimeout(timer)
      socket.off('data', onData)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
      socket.pause()
      resolve(line)
    }
    const onEnd = (): void => settle(null)
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\n')
      if (end >= 0)
        settle({ hello: parseHello(received.toString('utf8', 0, end)), early: received.subarray(end + 1) })
      else if (received.length > MAX_HELLO_BYTES) settle({ hello: null, early: Buffer.alloc(0) })
    }
    const timer = setTimeout(onEnd, HELLO_TIMEOUT_MS)
    socket.on('data', onData)
    socket.on('end', onEnd)
    socket.on('close', onEnd)
  })
}
