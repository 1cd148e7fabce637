import { ToolError } from '../common/errors.js'
import type { Masters } from '../connection/masters.js'
import type { Opening } from '../connection/opening.js'
import type { Connection } from '../connection/resolve.js'
import type { FileAttributes } from '../ssh/file-attributes.js'
import * as messages from '../ssh/sftp-messages.js'
import { NO_SUCH_FILE, remoteFailure } from './remote-failure.js'
import { type Answer, SftpSession } from './sftp-session.js'
import type { Side } from './side.js'

/** Status codes of the protocol. */
const OK = 0
const END = 1
const FAILURE = 4

/**
 * The files of a remote by SFTP, in a channel of the shared connection: for what scp does not tell of them. It moves
 * no contents. Paths are latin1 strings, a character a byte.
 */
export class Sftp implements Side {
  readonly #session: SftpSession

  private constructor(session: SftpSession) {
    this.#session = session
  }

  /** @throws remote_file_error if there is no SFTP server; connection_failed */
  static async open(masters: Masters, connection: Connection, opening: Opening): Promise<Sftp> {
    const session = new SftpSession(connection.target.typed)
    const command = { command: 'sftp', subsystem: true, env: [], forwardAgent: false, terminal: null }
    session.begin(await masters.open(connection, command, session.listener, opening))
    const giveUp = (): void => session.end(opening.signal.reason as Error)
    opening.signal.addEventListener('abort', giveUp, { once: true })
    try {
      await session.greeted
      return new Sftp(session)
    } catch (error) {
      // The person's own connection may have no room for one more channel.
      const again =
        !opening.notThePersons && !opening.signal.aborted && (await masters.isThePersons(connection))
      if (again) return Sftp.open(masters, connection, { ...opening, notThePersons: true })
      throw error
    } finally {
      // From here on it is closed by who opened it, who may have to clean up first.
      opening.signal.removeEventListener('abort', giveUp)
    }
  }

  get target(): string {
    return this.#session.target
  }

  get isOver(): boolean {
    return this.#session.isOver
  }

  close(): void {
    this.#session.end(new Error('closed'))
  }

  /** What a path is, links followed; null where nothing is. */
  stat(path: string): Promise<FileAttributes | null> {
    return this.#attributes('stat', path)
  }

  /** The same of a link itself. */
  lstat(path: string): Promise<FileAttributes | null> {
    return this.#attributes('lstat', path)
  }

  async realPath(path: string): Promise<string> {
    return this.#name(path, await this.#session.ask((id) => messages.onPath('realpath', id, path)))
  }

  async readLink(path: string): Promise<string> {
    return this.#name(path, await this.#session.ask((id) => messages.onPath('readlink', id, path)))
  }

  /** The path that `~user/…` stands for, as far as the server knows how to tell. */
  async expanded(path: string): Promise<string> {
    if (!this.#session.extensions.has(messages.EXPAND_PATH))
      throw new ToolError(
        'remote_file_error',
        `The server cannot tell where ${path} is; give the path in full.`,
      )
    return this.#name(
      path,
      await this.#session.ask((id) => messages.extended(id, messages.EXPAND_PATH, path)),
    )
  }

  /** The entries of a directory as they come, in no order, without `.` and `..`. */
  async *list(path: string): AsyncGenerator<messages.NamedAttributes[]> {
    const opened = await this.#session.ask((id) => messages.onPath('opendir', id, path))
    if (opened.kind !== 'handle') throw this.#failure(path, opened)
    try {
      for (;;) {
        const answer = await this.#session.ask((id) => messages.onPath('readdir', id, opened.handle))
        if (answer.kind === 'status' && answer.code === END) return
        if (answer.kind !== 'names') throw this.#failure(path, answer)
        // A name with a slash in it is none, and would lead elsewhere.
        yield answer.names.filter(({ name }) => !['', '.', '..'].includes(name) && !name.includes('/'))
      }
    } finally {
      this.#session.ask((id) => messages.onPath('close', id, opened.handle)).catch(() => {})
    }
  }

  makeDirectory(path: string, mode: number): Promise<void> {
    return this.#done(path, (id) => messages.makeDirectory(id, path, mode))
  }

  removeFile(path: string): Promise<void> {
    return this.#done(path, (id) => messages.onPath('remove', id, path))
  }

  removeDirectory(path: string): Promise<void> {
    return this.#done(path, (id) => messages.onPath('rmdir', id, path))
  }

  setMode(path: string, mode: number): Promise<void> {
    return this.#done(path, (id) => messages.setMode(id, path, mode))
  }

  setOwner(path: string, uid: number, gid: number): Promise<void> {
    return this.#done(path, (id) => messages.setOwner(id, path, uid, gid))
  }

  /** @param replace whether a file of the new name is replaced, at once; else there must be none */
  async rename(from: string, to: string, replace: boolean): Promise<void> {
    if (!replace) return this.#done(to, (id) => messages.rename(id, from, to))
    if (this.#session.extensions.has(messages.POSIX_RENAME))
      return this.#done(to, (id) => messages.extended(id, messages.POSIX_RENAME, from, to))
    // By the protocol itself a taken name is an error, so for a moment there is neither the old file nor the new one.
    const answer = await this.#session.ask((id) => messages.rename(id, from, to))
    if (answer.kind === 'status' && answer.code === OK) return
    await this.removeFile(to)
    await this.#done(to, (id) => messages.rename(id, from, to))
  }

  async #attributes(request: 'stat' | 'lstat', path: string): Promise<FileAttributes | null> {
    const answer = await this.#session.ask((id) => messages.onPath(request, id, path))
    if (answer.kind === 'attributes') return answer.attributes
    if (answer.kind === 'status' && answer.code === NO_SUCH_FILE) return null
    throw this.#failure(path, answer)
  }

  #name(path: string, answer: Answer): string {
    if (answer.kind === 'names' && answer.names[0]) return answer.names[0].name
    throw this.#failure(path, answer)
  }

  async #done(path: string, request: (id: number) => Buffer): Promise<void> {
    const answer = await this.#session.ask(request)
    if (answer.kind !== 'status' || answer.code !== OK) throw this.#failure(path, answer)
  }

  #failure(path: string, answer: Answer): ToolError {
    const [code, text] = answer.kind === 'status' ? [answer.code, answer.text] : [FAILURE, 'a strange answer']
    return remoteFailure(this.target, path, code, text)
  }
}
