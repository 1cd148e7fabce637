import type { DaemonConnection } from '../client/greet.js'
import { END_OF_MESSAGES } from '../wire/hello.js'

/**
 * Copies bytes between standard input and output and the daemon, each side no faster than the other takes them.
 * At the end of the input it waits for the answers in flight.
 * @returns the exit code: 0 after all answers or when the client is gone, 1 when the daemon died
 */
export function relay({ socket, rest }: DaemonConnection): Promise<number> {
  const { stdin, stdout, stderr } = process
  return new Promise((resolve) => {
    let orderly = false
    const ended = (): void => {
      if (orderly) stdout.end(() => resolve(0))
      else stderr.write('ssh-mcp: the daemon has ended; start the server again to go on.\n', () => resolve(1))
    }
    const copy = (chunk: Buffer): void => {
      orderly = chunk.at(-1) === END_OF_MESSAGES
      const bytes = orderly ? chunk.subarray(0, -1) : chunk
      if (bytes.length === 0 || stdout.write(bytes)) return
      socket.pause()
      stdout.once('drain', () => socket.resume())
    }
    // Nobody reads any more: nothing may be written either, or each failure would bring the next.
    stdout.on('error', () => resolve(0))
    stderr.on('error', () => resolve(1))
    socket.on('data', copy)
    socket.on('end', ended)
    socket.on('error', ended)
    if (rest.length > 0) copy(rest)
    socket.resume()
    stdin.pipe(socket, { end: false })
    stdin.on('end', () => socket.write(Uint8Array.of(END_OF_MESSAGES)))
  })
}
