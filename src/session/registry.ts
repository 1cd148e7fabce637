import { invalid, ToolError } from '../common/errors.js'
import { LISTED_AUTO_CLOSE_MS, LISTED_MS, MAX_TIMER_MS } from '../common/limits.js'
import type { Session } from './session.js'

/** Who wants to know which sessions there are. */
export interface RegistryListener {
  added?(session: Session): void
  /** It has exited, and stays on the list for a while. */
  ended?(session: Session): void
  /** Its time on the list is over. */
  removed?(session: Session): void
}

/** All sessions of the daemon: the running ones, and those that ended not long ago. */
export class Registry {
  readonly #sessions = new Map<string, Session>()
  readonly #maxRunning: number
  readonly #listeners = new Set<RegistryListener>()
  #nextLook: NodeJS.Timeout | undefined

  constructor(maxRunning: number) {
    this.#maxRunning = maxRunning
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session)
    session.listen({ ended: () => this.#ended(session) })
    this.#lookLater()
    this.#tell('added', session)
  }

  /** Calls the listener from now on. @returns a function that ends it */
  listen(listener: RegistryListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
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

  /**
   * The session of an id, else the running one of that name, else the newest exited one.
   * @param among which sessions there are for who asks @throws session_not_found
   */
  find(idOrName: string, among: (session: Session) => boolean = () => true): Session {
    const byId = this.#sessions.get(idOrName)
    if (byId && among(byId)) return byId
    const named = this.all().filter((session) => session.name === idOrName && among(session))
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
    const old = [...this.#sessions.values()].filter((session) => listedUntil(session) <= now)
    for (const session of old) {
      this.#sessions.delete(session.id)
      session.screen.forget()
      void session.observer.close()
    }
    for (const session of old) this.#tell('removed', session)
  }

  #ended(session: Session): void {
    this.#lookLater()
    this.#tell('ended', session)
  }

  #tell(what: keyof RegistryListener, session: Session): void {
    for (const listener of [...this.#listeners]) listener[what]?.(session)
  }

  /** Who watches the list learns that a session has left it when it does, and not when somebody asks next. */
  #lookLater(): void {
    clearTimeout(this.#nextLook)
    const next = Math.min(...[...this.#sessions.values()].map(listedUntil))
    if (next === Number.POSITIVE_INFINITY) return
    const wait = Math.min(Math.max(0, next - Date.now()) + 1, MAX_TIMER_MS)
    this.#nextLook = setTimeout(() => {
      this.#forgetOld()
      this.#lookLater()
    }, wait).unref()
  }
}

/** When a session leaves the list, in milliseconds of the calendar's clock; one that runs never does. */
function listedUntil({ record: { ended_at, auto_close } }: Session): number {
  if (ended_at === null) return Number.POSITIVE_INFINITY
  return Date.parse(ended_at) + (auto_close ? LISTED_AUTO_CLOSE_MS : LISTED_MS)
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
