import type { Socket } from 'node:net'
import type { Questions } from '../connection/questions.js'
import { encodeLine, type Hello, type Welcome } from '../wire/hello.js'

/** Answers the askpass helper; the connection ends with the answer, or the helper with its ssh. */
export async function serveAskpass(
  socket: Socket,
  hello: Hello,
  questions: Questions,
  welcome: Extract<Welcome, { ok: true }>,
): Promise<void> {
  socket.resume() // or its end is not noticed
  const helper = hello.question ? await questions.answer(hello.question) : { refused: true as const }
  socket.end(encodeLine({ ...welcome, helper }))
}
