import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP server of a test, on a port of its own unless one is given. */
export class TcpServer {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
    })
  }

  static async start(serve: (socket: Socket) => void, port = 0, host = '127.0.0.1'): Promise<TcpServer> {
    const server = createServer({ allowHalfOpen: true }, serve)
    server.listen({ port, host, ipv6Only: true })
    await once(server, 'listening')
    return new TcpServer(server)
  }

  /** Says its name to everybody and hangs up. */
  static named(name: string, port?: number, host?: string): Promise<TcpServer> {
    return TcpServer.start((socket) => socket.end(name), port, host)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Sends bytes, ends its own side, and reads the other's to its end. @throws if the connection breaks */
export async function exchange(
  port: number,
  bytes: Buffer | string = '',
  host = '127.0.0.1',
): Promise<Buffer> {
  const socket = connect({ port, host, allowHalfOpen: true })
  socket.end(bytes)
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** What a server of a name says, or '' where nobody answers. */
export const nameAt = (port: number, host?: string): Promise<string> =>
  exchange(port, '', host).then(String, () => '')

/** Whether something listens there. */
export function listens(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
