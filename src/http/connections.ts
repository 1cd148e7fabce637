import type { Socket } from 'node:net'
import { MAX_HTTP_CONNECTIONS } from '../common/limits.js'

/** No more connections than there may be: who has not shown the token makes way for who comes. */
export class Connections {
  /** Oldest first. */
  readonly #strangers = new Set<Socket>()
  readonly #known = new Set<Socket>()

  add(socket: Socket): void {
    socket.on('error', () => {}) // a client that goes away in the middle is no event
    socket.on('close', () => {
      this.#strangers.delete(socket)
      this.#known.delete(socket)
    })
    if (this.#strangers.size + this.#known.size >= MAX_HTTP_CONNECTIONS) this.#makeRoom(socket)
    if (!socket.destroyed) this.#strangers.add(socket)
  }

  /** A request of this connection was let in. */
  trust(socket: Socket): void {
    if (this.#strangers.delete(socket)) this.#known.add(socket)
  }

  endAll(): void {
    for (const socket of [...this.#strangers, ...this.#known]) socket.destroy()
  }

  #makeRoom(newest: Socket): void {
    const [oldest = newest] = this.#strangers
    oldest.destroy()
  }
}
