import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownIdentity } from '../../src/platform/process-identity.js'
import { createSessionDirectory, type SessionRecord } from '../../src/platform/session-files.js'
import { Session } from '../../src/session/session.js'
import { NOTHING_DRAWN } from '../../src/terminal/fresh-starts.js'

/** Sessions of an earlier daemon: real ones, with files of their own, that need no server. */
export class EndedSessions {
  readonly #root = mkdtempSync(join(tmpdir(), 'sm-'))
  readonly #sessions: Session[] = []

  /** @param agoMs how long ago it ended */
  make(session_id: string, agoMs = 0, more: Partial<SessionRecord> = {}): Session {
    const directory = createSessionDirectory(this.#root, session_id)
    const session = new Session(directory, {
      ...{ version: 1, session_id, session_name: 'build', target: 'web', identity: '[]', hosts: [['web']] },
      ...{ cols: 80, rows: 24, auto_close: false, integration: true, shell: null, hidden: [], sizes: [] },
      ...{ full_screens: [], nonces: [], created_at: new Date().toISOString(), gaps: [] },
      ...{
        ended_at: new Date(Date.now() - agoMs).toISOString(),
        exit_code: 0,
        signal: null,
        exit_reason: 'exit-0',
      },
      ...{ counted: { offset: 0, units: 0 }, read: { offset: 0, units: 0 }, fresh: NOTHING_DRAWN },
      ...{ tmux_session_name: null, tmux_tmpdir: null, owner: ownIdentity() },
      ...more,
    })
    this.#sessions.push(session)
    return session
  }

  remove(): void {
    for (const session of this.#sessions) session.recorder.file.close()
    rmSync(this.#root, { recursive: true, force: true })
  }
}
