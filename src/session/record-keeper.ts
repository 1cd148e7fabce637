import { log } from '../common/log.js'
import { type SessionRecord, writeRecord } from '../platform/session-files.js'

/** What changes all the time, such as a read position, is written to session.json at most this often. */
const SAVE_MS = 1000

/** Writes a session's record, with what is true of it now. */
export class RecordKeeper {
  readonly #directory: string
  readonly #record: SessionRecord
  readonly #present: () => Partial<SessionRecord>
  #timer: NodeJS.Timeout | null = null

  constructor(directory: string, record: SessionRecord, present: () => Partial<SessionRecord>) {
    this.#directory = directory
    this.#record = record
    this.#present = present
  }

  /** A disk that does not take it costs only what a later daemon knows. */
  save(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    Object.assign(this.#record, this.#present())
    try {
      writeRecord(this.#directory, this.#record)
    } catch (error) {
      log(`session ${this.#record.session_id}: session.json was not written: ${(error as Error).message}`)
    }
  }

  saveSoon(): void {
    this.#timer ??= setTimeout(() => this.save(), SAVE_MS).unref()
  }
}
