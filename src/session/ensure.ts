import { existsSync, rmSync } from 'node:fs'
import { customAlphabet } from 'nanoid'
import { invalid } from '../common/errors.js'
import { DEFAULT_COLS, DEFAULT_ROWS } from '../common/limits.js'
import type { Caller } from '../connection/caller.js'
import type { Questions, Ticket } from '../connection/questions.js'
import { type Connection, resolveConnection } from '../connection/resolve.js'
import { SideShell } from '../connection/side-shell.js'
import { prepareState, type StatePaths } from '../platform/paths.js'
import { ownIdentity } from '../platform/process-identity.js'
import { createSessionDirectory, type SessionRecord } from '../platform/session-files.js'
import { sessionArgv } from '../ssh/argv.js'
import { shellCommand } from '../ssh/remote-command.js'
import { NOTHING_DRAWN } from '../terminal/fresh-starts.js'
import type { Registry } from './registry.js'
import type { SessionRequest } from './request.js'
import { Session, type SessionStart } from './session.js'

export interface Ensured {
  session: Session
  created: boolean
  matchedBy: 'session_name' | 'target' | null
}

const newId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 12)

/** Opens sessions, or finds the one that is open already. */
export class SessionOpener {
  readonly #registry: Registry
  readonly #paths: StatePaths
  readonly #questions: Questions

  constructor(registry: Registry, paths: StatePaths, questions: Questions) {
    this.#registry = registry
    this.#paths = paths
    this.#questions = questions
  }

  /** The running session of that identity, or a new one. Of two calls at once one opens it. */
  async ensure(request: SessionRequest, caller: Caller): Promise<Ensured> {
    const { connection, identity, place } = await identify(request, caller)
    // From here to the new session in the registry nothing waits, so no second call can come between.
    const ensured = this.#reuse(request, identity, place) ?? this.#open(request, connection, identity)
    await prepare(ensured, request, caller)
    return ensured
  }

  /** A new session. @throws validation_error if one of that identity runs */
  async start(request: SessionRequest, caller: Caller): Promise<Ensured> {
    const { connection, identity } = await identify(request, caller)
    const existing = this.#registry
      .running()
      .find(({ record }) => request.name !== null && record.identity === identity)
    if (existing) {
      throw invalid(
        `A session ${JSON.stringify(request.name)} on ${request.connection.target.typed} is running already (${existing.id}). ` +
          'Use ssh_ensure_session to go on in it, or another session_name.',
      )
    }
    const opened = this.#open(request, connection, identity)
    await prepare(opened, request, caller)
    return opened
  }

  #reuse(request: SessionRequest, identity: string, place: string): Ensured | null {
    const running = this.#registry.running()
    if (request.name !== null) {
      const session = running.find(({ record }) => record.identity === identity)
      return session ? { session, created: false, matchedBy: 'session_name' } : null
    }
    const there = running.filter(({ record }) => (JSON.parse(record.identity) as string[])[0] === place)
    if (there.length > 1) throw severalSessions(request.connection.target.typed, there)
    return there[0] ? { session: there[0], created: false, matchedBy: 'target' } : null
  }

  #open(request: SessionRequest, connection: Connection, identity: string): Ensured {
    this.#registry.checkLimit()
    prepareState(this.#paths) // it may have been removed meanwhile
    const record = newRecord(request, connection, identity)
    const { ssh, target, options, connectSeconds } = connection
    const controlPath = `${this.#paths.controls}/${record.session_id}`
    const ticket = this.#ticket(connection)
    const how = { target, options, version: ssh.version, controlPath, connectSeconds }
    const args = sessionArgv({ ...how, password: ticket !== null }, shellCommand(request.shell))
    // The client's directory may have been removed since it started.
    const cwd = existsSync(connection.cwd) ? connection.cwd : '/'
    const { cols, rows } = record
    const openSide = (signal: AbortSignal) => SideShell.open(connection, controlPath, signal)
    const env = { ...ssh.env, ...ticket?.env }
    const start = { file: ssh.program, args, env, cwd, cols, rows, controlPath, openSide }
    try {
      const session = startSession(this.#paths.transcripts, record, start)
      if (ticket) untilConnected(ticket, session, controlPath)
      this.#registry.add(session)
      return { session, created: true, matchedBy: null }
    } catch (error) {
      ticket?.close()
      throw error
    }
  }

  /** A session's questions appear in its terminal. Only a password that is at hand needs the askpass interface. */
  #ticket({ password, target, ssh }: Connection): Ticket | null {
    if (password === null) return null
    const options = { target: target.typed, password, asker: null, terminal: true, onEvent: () => {} }
    return this.#questions.issue(options, ssh.version)
  }
}

function newRecord(request: SessionRequest, connection: Connection, identity: string): SessionRecord {
  return {
    version: 1,
    session_id: newId(),
    session_name: request.name,
    target: connection.target.typed,
    identity,
    hosts: connection.hosts.map((names) => [...names]),
    cols: request.cols ?? DEFAULT_COLS,
    rows: request.rows ?? DEFAULT_ROWS,
    auto_close: request.autoClose,
    integration: request.integration,
    shell: null,
    hidden: [],
    sizes: [],
    full_screens: [],
    nonces: [],
    created_at: new Date().toISOString(),
    ended_at: null,
    exit_code: null,
    signal: null,
    exit_reason: null,
    gaps: [],
    counted: { offset: 0, units: 0 },
    read: { offset: 0, units: 0 },
    fresh: NOTHING_DRAWN,
    tmux_session_name: null,
    tmux_tmpdir: null,
    owner: ownIdentity(),
  }
}

/** What makes two calls mean the same session. */
async function identify(request: SessionRequest, caller: Caller) {
  const connection = await resolveConnection(request.connection, caller)
  // The host too: two clients may mean different ones by the same alias.
  const { user, host, port, hops } = connection.resolved
  const place = JSON.stringify([connection.target.typed, user, host, port, hops])
  return { connection, place, identity: JSON.stringify([place, request.name]) }
}

/** Leaves nothing behind of a session that cannot be started. */
function startSession(root: string, record: SessionRecord, start: SessionStart): Session {
  const directory = createSessionDirectory(root, record.session_id)
  let session: Session | undefined
  try {
    session = new Session(directory, record)
    session.start(start)
    return session
  } catch (error) {
    session?.recorder.file.close()
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** A ticket is good while ssh connects; with its control socket it is authenticated. */
function untilConnected(ticket: Ticket, session: Session, controlPath: string): void {
  ticket.pid = session.pid
  const stop = session.listen({
    output: () => {
      if (!existsSync(controlPath)) return
      stop()
      ticket.close()
    },
    ended: () => ticket.close(),
  })
}

/** The window to watch and, for a session that was there already, the size. */
async function prepare(
  { session, created }: Ensured,
  request: SessionRequest,
  caller: Caller,
): Promise<void> {
  const { cols, rows } = session.record
  const opening = request.observerMode === 'tmux' ? session.observer.ensureOpen(caller) : Promise.resolve()
  if (!created && (request.cols !== null || request.rows !== null)) {
    session.resize(request.cols ?? cols, request.rows ?? rows)
    await opening
    await session.observer.resize(session.record.cols, session.record.rows)
  }
  await opening
  // At once: were the daemon killed now, the next one must know of the window.
  session.save()
}

function severalSessions(target: string, sessions: Session[]): Error {
  const list = sessions.map(({ id, name }) => (name === null ? id : `${name} (${id})`)).join(', ')
  return invalid(`Several sessions run on ${target}: ${list}. Give the session_name of one, or a new one.`)
}
