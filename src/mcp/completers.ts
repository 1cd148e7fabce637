import { configAliases } from '../connection/config-aliases.js'
import type { Session } from '../session/session.js'
import type { Completer, Shared } from './offer.js'
import { isSeen, seenSessions } from './seen-sessions.js'

/** Names of sessions, and ids of those that no name leads to. */
export const sessionIds: Completer = ({ shared }) =>
  bestFirst(shared).map((session) => nameOf(session, shared))

/** Names of sessions, on the target that was given before, if one was. */
export const sessionNames: Completer = ({ shared }, { target }) =>
  bestFirst(shared).flatMap(({ name, record }) =>
    name === null || (target && record.target !== target) ? [] : [name],
  )

/** Where sessions are, and where else the person's ssh configuration leads to. */
export const targets: Completer = async ({ shared, extra }) => [
  ...bestFirst(shared).map(({ record }) => record.target),
  ...(await configAliases(shared.caller, extra.signal)),
]

/** Those that run first, and the newest of each. */
function bestFirst(shared: Shared): Session[] {
  const newest = seenSessions(shared).reverse()
  return [...newest.filter(({ running }) => running), ...newest.filter(({ running }) => !running)]
}

function nameOf(session: Session, shared: Shared): string {
  const { id, name } = session
  if (name === null) return id
  try {
    return shared.services.registry.find(name, isSeen(shared)) === session ? name : id
  } catch {
    return id // several targets have a session of that name
  }
}
