import { chmodSync, statSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { log } from '../common/log.js'

/** How often the daemon looks whether its socket is still the one in the file system, in milliseconds. */
const WATCH_MS = 2000

/** Listens on a Unix socket that only its owner can open, and notices when its file is taken away. */
export class Listener {
  readonly #path: string
  readonly #onConnection: (socket: Socket) => void
  readonly #onLost: (replaced: boolean) => void
  #server: Server | null = null
  #inode = 0
  #watcher: NodeJS.Timeout | null = null

  /** @param onLost the socket's file is gone, or is another daemon's now */
  constructor(path: string, onConnection: (socket: Socket) => void, onLost: (replaced: boolean) => void) {
    this.#path = path
    this.#onConnection = onConnection
    this.#onLost = onLost
  }

  /** @throws the system's error if the socket cannot be bound */
  async listen(): Promise<void> {
    this.#server?.close()
    const server = createServer({ allowHalfOpen: true }, this.#onConnection)
    await bound(server, this.#path)
    chmodSync(this.#path, 0o600)
    this.#server = server
    this.#inode = statSync(this.#path).ino
    this.#watcher ??= setInterval(() => this.#watch(), WATCH_MS).unref()
  }

  close(): void {
    if (this.#watcher) clearInterval(this.#watcher)
    // Node removes the socket's file with the server, but it may be another daemon's by now.
    if (this.#inodeNow() === this.#inode) this.#server?.close()
  }

  #watch(): void {
    const inode = this.#inodeNow()
    if (inode === this.#inode) return
    log(inode === null ? 'the socket is gone' : 'the socket belongs to another daemon now')
    this.#onLost(inode !== null)
  }

  #inodeNow(): number | null {
    try {
      return statSync(this.#path).ino
    } catch {
      return null
    }
  }
}

/** Binds with a umask that leaves the socket to its owner from its first moment on. */
function bound(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
    const umask = process.umask(0o177)
    try {
      server.listen(path)
    } finally {
      process.umask(umask)
    }
  })
}
