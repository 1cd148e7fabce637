import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { MAX_HTTP_CONNECTIONS } from '../common/limits.js'

/**
 * No more connections than there may be. For who comes there makes way who has not shown the token, or else who
 * has and now asks for nothing: its client makes another connection for its next request.
 */
export class Connections {
  /** Oldest first, as the others. */
  readonly #strangers = new Set<Socket>()
  /** Strangers that have asked something in this turn of the event loop. */
  readonly #heard = new Set<Socket>()
  readonly #idle = new Set<Socket>()
  /** With the number of requests under way, of which a client may send several behind each other. */
  readonly #busy = new Map<Socket, number>()

  add(socket: Socket): void {
    socket.on('error', () => {}) // a client that goes away in the middle is no event
    socket.on('close', () => this.#forget(socket))
    const { size } = this.#strangers
    if (size + this.#idle.size + this.#busy.size >= MAX_HTTP_CONNECTIONS) this.#makeRoom(socket)
    if (!socket.destroyed) this.#strangers.add(socket)
  }

  /**
   * Who has not shown the token asks one thing at a time: hundreds in one piece would hold up everybody else.
   * @returns false where the request is not to be looked at
   */
  hear(socket: Socket): boolean {
    if (this.#heard.has(socket)) socket.destroy()
    if (socket.destroyed) return false
    if (this.#strangers.has(socket)) {
      if (this.#heard.size === 0) setImmediate(() => this.#heard.clear())
      this.#heard.add(socket)
    }
    return true
  }

  /** A request of this connection was let in. */
  trust(socket: Socket, response: ServerResponse): void {
    if (socket.destroyed) return
    const before = this.#busy.get(socket) ?? 0
    this.#forget(socket)
    this.#heard.delete(socket)
    this.#busy.set(socket, before + 1)
    response.on('close', () => this.#answered(socket))
  }

  endAll(): void {
    for (const socket of [...this.#strangers, ...this.#idle, ...this.#busy.keys()]) socket.destroy()
  }

  #answered(socket: Socket): void {
    const left = (this.#busy.get(socket) ?? 0) - 1
    if (left > 0) return void this.#busy.set(socket, left)
    if (this.#busy.delete(socket) && !socket.destroyed) this.#idle.add(socket)
  }

  #makeRoom(newest: Socket): void {
    const [stranger] = this.#strangers
    const [idle] = this.#idle
    const leaves = stranger ?? idle ?? newest
    // Its 'close' comes later, and the next one must not find it here again.
    this.#forget(leaves)
    leaves.destroy()
  }

  #forget(socket: Socket): void {
    this.#strangers.delete(socket)
    this.#idle.delete(socket)
    this.#busy.delete(socket)
  }
}
