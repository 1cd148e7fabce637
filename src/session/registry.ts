import { invalid, ToolError } from '../common/errors.js'
import { LISTED_AUTO_CLOSE_MS, LISTED_MS } from '../common/limits.js'
import type { Session } from './session.js'

/** All sessions of the daemon: the running ones, and those that ended not long ago. */
export class Registry {
  readonly #sessions = new Map<string, Session>()
  readonly #maxRunning: number

  constructor(maxRunning: number) {
    this.#maxRunning = maxRunning
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session)
  }

  /** Oldest first, without those whose time on the list is over. */
  all(): Session[] {
    this.#forgetOld()
    return [...this.#sessions.values()]
  }

  running(): Session[] {
    return [...this.#sessions.values()].filter((session) => session.running)
  }

  /** @throws limit_reached */
  checkLimit(): void {
    const count = this.running().length
    if (count < this.#maxRunning) return
    throw new ToolError(
      'limit_reached',
      `${count} sessions are running, which is the limit. Stop one with ssh_stop_session, or raise SSH_MCP_MAX_SESSIONS.`,
    )
  }

  /** The session of an id, else the running one of that name, else the newest exited one. @throws session_not_found */
  find(idOrName: string): Session {
    const byId = this.#sessions.get(idOrName)
    if (byId) return byId
    const named = this.all().filter((session) => session.name === idOrName)
    const running = named.filter((session) => session.running)
    const candidates = running.length > 0 ? running : named
    if (new Set(candidates.map((session) => session.record.target)).size > 1)
      throw ambiguous(idOrName, candidates)
    const found = candidates.at(-1)
    if (!found) throw notFound(idOrName)
    return found
  }

  #forgetOld(): void {
    const now = Date.now()
    for (const session of this.#sessions.values()) {
      const { ended_at, auto_close } = session.record
      if (ended_at === null || now - Date.parse(ended_at) < (auto_close ? LISTED_AUTO_CLOSE_MS : LISTED_MS))
        continue
      this.#sessions.delete(session.id)
      session.screen.forget()
      void session.observer.close()
    }
  }
}

function notFound(idOrName: string): ToolError {
  const shown = JSON.stringify(idOrName.slice(0, 100))
  return new ToolError(
    'session_not_found',
    `There is no session ${shown}. See ssh_list_sessions, or open one with ssh_ensure_session.`,
  )
}

function ambiguous(name: string, sessions: Session[]): ToolError {
  const list = sessions.map(({ id, record }) => `${id} on ${record.target}`).join(', ')
  return invalid(
    `Several targets have a session named ${JSON.stringify(name)}: ${list}. Give the session_id.`,
  )
}
