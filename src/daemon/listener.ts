import { chmodSync, statSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { ToolError } from '../common/errors.js'
import { log } from '../common/log.js'
import type { InheritedSocket } from '../platform/inherited-socket.js'

/** How often the daemon looks whether its socket is still the one in the file system, in milliseconds. */
const WATCH_MS = 2000

/**
 * Listens on a Unix socket that only its owner can open, and notices when its file is taken away. An inherited
 * socket belongs to who passed it on: its file is neither changed nor removed, and what nobody accepted any more
 * waits in it for the next daemon.
 */
export class Listener {
  readonly #path: string
  readonly #onConnection: (socket: Socket) => void
  readonly #onLost: (replaced: boolean) => void
  #server: Server | null = null
  #inherited: InheritedSocket | null
  #inode = 0
  #watcher: NodeJS.Timeout | null = null

  /**
   * @param onLost the socket's file is gone, or is another daemon's now
   * @param inherited a socket that is bound to that path already
   * @throws validation_error if it is bound elsewhere
   */
  constructor(
    path: string,
    onConnection: (socket: Socket) => void,
    onLost: (replaced: boolean) => void,
    inherited: InheritedSocket | null = null,
  ) {
    if (inherited) refuseElsewhere(inherited, path)
    this.#path = path
    this.#inherited = inherited
    this.#onConnection = onConnection
    this.#onLost = onLost
  }

  /** Whether clients come over a socket that outlives this process. */
  get inherited(): boolean {
    return this.#inherited !== null
  }

  /**
   * Listens, for the first time or because the socket's file has gone: then on a socket of its own in any case.
   * @throws the system's error if the socket cannot be bound
   */
  async listen(): Promise<void> {
    const again = this.#server !== null
    this.#server?.close()
    if (again) this.#inherited = null
    const server = createServer({ allowHalfOpen: true }, this.#onConnection)
    const fd = this.#inherited?.fd
    if (fd !== undefined) await listening(server, () => server.listen({ fd }))
    else {
      await bound(server, this.#path)
      chmodSync(this.#path, 0o600)
    }
    this.#server = server
    this.#inode = statSync(this.#path).ino
    this.#watcher ??= setInterval(() => this.#watch(), WATCH_MS).unref()
  }

  close(): void {
    if (this.#watcher) clearInterval(this.#watcher)
    // Node removes the file of a socket that it has bound with the server, but it may be another daemon's by now.
    if (this.inherited || this.#inodeNow() === this.#inode) this.#server?.close()
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

/** Clients look at one path only; behind another name of the same file they find it too. */
function refuseElsewhere(inherited: InheritedSocket, path: string): void {
  if (fileOf(inherited.address) === fileOf(path)) return
  throw new ToolError(
    'validation_error',
    `The socket that was passed on is at ${inherited.address}, but clients look for it at ${path}. ` +
      'Correct ListenStream in the socket unit, or SSH_MCP_STATE_DIR.',
  )
}

/** Which file it is, whatever its name; the path itself where there is none. */
function fileOf(path: string): string {
  try {
    const { dev, ino } = statSync(path)
    return `${dev}:${ino}`
  } catch {
    return path
  }
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
    listen()
  })
}

/** Binds with a umask that leaves the socket to its owner from its first moment on. */
function bound(server: Server, path: string): Promise<void> {
  return listening(server, () => {
    const umask = process.umask(0o177)
    try {
      server.listen(path)
    } finally {
      process.umask(umask)
    }
  })
}
