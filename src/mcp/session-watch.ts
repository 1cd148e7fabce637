import { glanceKey } from '../session/glance.js'
import type { Session } from '../session/session.js'
import type { Shared } from './offer.js'
import { isSeen, seenSession, seenSessions } from './seen-sessions.js'
import type { SessionView } from './session-uris.js'

type Stop = () => void

/** Calls back when a session comes to the caller's list, or leaves it. */
export function watchList(shared: Shared, changed: () => void): Stop {
  const told = (session: Session): void => {
    if (isSeen(shared)(session)) changed()
  }
  return shared.services.registry.listen({ added: told, removed: told })
}

/** The same, and when what is told of a session there at a glance changes. */
export function watchGlances(shared: Shared, changed: () => void): Stop {
  const stops = new Map<Session, Stop>()
  const begin = (session: Session): void => {
    if (isSeen(shared)(session)) stops.set(session, watchGlance(session, changed))
  }
  const end = (session: Session): void => {
    stops.get(session)?.()
    stops.delete(session)
  }
  seenSessions(shared).forEach(begin)
  const stopRegistry = shared.services.registry.listen({ added: begin, removed: end })
  const stopList = watchList(shared, changed)
  return () => {
    stopRegistry()
    stopList()
    ;[...stops.keys()].forEach(end)
  }
}

function watchGlance(session: Session, changed: () => void): Stop {
  let known = glanceKey(session)
  const look = (): void => {
    const now = glanceKey(session)
    if (now === known) return
    known = now
    changed()
  }
  return session.listen({ changed: look, ended: look })
}

/** Calls back when more is to be read of whichever session goes by an id or name, and when that is another one. */
export function watchSession(idOrName: string, view: SessionView, shared: Shared, changed: () => void): Stop {
  let watched: Session | null = null
  let stop: Stop | null = null
  const follow = (session: Session | null): void => {
    stop?.()
    stop = session && watchView(session, view, changed)
    watched = session
  }
  follow(find(idOrName, shared))
  // Others are not searched for: thousands may watch, and each search goes through all sessions.
  const look = ({ id, name }: Session): void => {
    if (id !== idOrName && name !== idOrName) return
    const session = find(idOrName, shared)
    if (session === watched) return
    follow(session)
    changed()
  }
  // A name that two had means the other one when the first has ended.
  const stopRegistry = shared.services.registry.listen({ added: look, ended: look, removed: look })
  return () => {
    stopRegistry()
    follow(null)
  }
}

/** A name that means several sessions by now means none. */
function find(idOrName: string, shared: Shared): Session | null {
  try {
    return seenSession(idOrName, shared)
  } catch {
    return null
  }
}

function watchView(session: Session, view: SessionView, changed: () => void): Stop {
  let seen = session.screen.shownEnd
  const look = (): void => {
    const { shownEnd } = session.screen
    if (shownEnd === seen) return
    seen = shownEnd
    changed()
  }
  // What was hidden may come to be shown without any more output, and of an end there may be no word.
  return session.listen({
    output: look,
    changed: look,
    ended: changed,
    ...(view === 'screen' ? { resized: changed } : {}),
  })
}
