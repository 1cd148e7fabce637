import type { DaemonConnection } from '../client/greet.js'
import { END_OF_ANSWERS } from '../wire/hello.js'

/**
 * Copies bytes between standard input and output and the daemon, each side no faster than the other takes them.
 * At the end of the input it waits for the answers in flight.
 * @returns the exit code: 0 after all answers, 1 when the daemon died
 */
export function relay({ socket, rest }: DaemonConnection): Promise<number> {
  const { stdin, stdout } = process
  return new Promise((resolve) => {
    let orderly = false
    const finish = (code: number): void => {
      stdin.unpipe(socket)
      socket.destroy()
      // What was written before is flushed before this callback runs.
      stdout.write('', () => resolve(code))
    }
    const died = (): void => {
      if (!orderly) process.stderr.write('ssh-mcp: the daemon has ended; start the server again to go on.\n')
      finish(orderly ? 0 : 1)
    }
    const copy = (chunk: Buffer): void => {
      orderly = chunk.at(-1) === END_OF_ANSWERS
      const bytes = orderly ? chunk.subarray(0, -1) : chunk
      if (bytes.length === 0 || stdout.write(bytes)) return
      socket.pause()
      stdout.once('drain', () => socket.resume())
    }
    stdout.on('error', () => finish(0)) // the client is gone
    socket.on('data', copy)
    socket.on('end', died)
    socket.on('error', died)
    if (rest.length > 0) copy(rest)
    socket.resume()
    stdin.pipe(socket)
  })
}
