import type { Riding } from './scp.js'
import { Sftp } from './sftp.js'

/** The remote of one transfer: what speaks SFTP with it, opened when it is needed, and again once it was lost. */
export class Remote {
  readonly riding: Riding
  #sftp: Promise<Sftp> | null = null

  constructor(riding: Riding) {
    this.riding = riding
  }

  /** @throws remote_file_error if there is no SFTP server; connection_failed */
  async sftp(): Promise<Sftp> {
    const known = await this.#sftp?.catch(() => null)
    if (known && !known.isOver) return known
    const { masters, connection, opening } = this.riding
    // What was begun is cleaned up after the call was cancelled, too; so only the first one ends with it.
    const signal = this.#sftp ? AbortSignal.timeout(1000 * connection.connectSeconds) : opening.signal
    const asker = this.#sftp ? null : opening.asker
    this.#sftp = Sftp.open(masters, connection, { ...opening, signal, asker })
    return this.#sftp
  }

  async close(): Promise<void> {
    const sftp = await this.#sftp?.catch(() => null)
    sftp?.close()
  }
}
