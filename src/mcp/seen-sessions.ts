import { ToolError } from '../common/errors.js'
import { mayReach } from '../connection/policy.js'
import type { Session } from '../session/session.js'
import type { Shared } from './offer.js'
import { invalidParams } from './rpc-error.js'

/** Whether a session is there for the caller: of those its policy does not allow it learns nothing. */
export const isSeen =
  ({ caller }: Pick<Shared, 'caller'>) =>
  (session: Session): boolean =>
    mayReach(session.record.hosts, caller.policy)

/** The sessions that are there for the caller, oldest first. */
export const seenSessions = (shared: Shared): Session[] =>
  shared.services.registry.all().filter(isSeen(shared))

/** The session of an id or name; null if there is none for the caller. @throws where a name means several */
export function seenSession(idOrName: string, shared: Shared): Session | null {
  try {
    return shared.services.registry.find(idOrName, isSeen(shared))
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    if (error.type === 'session_not_found') return null
    throw invalidParams(error.message)
  }
}
