import type { Resource } from '@modelcontextprotocol/sdk/types.js'
import type { Session } from '../session/session.js'
import { sessionIds } from './completers.js'
import type { Keyed, OfferedResources, OpenResource, RequestContext, Shared } from './offer.js'
import { seenSession, seenSessions } from './seen-sessions.js'
import { listText, screenText, transcriptText } from './session-texts.js'
import { parsedUri, SESSIONS_URI, type SessionView, sessionUri, uriTemplate } from './session-uris.js'
import { watchGlances, watchList, watchSession } from './session-watch.js'

const TEXT = 'text/plain'

interface ViewText {
  title: string
  description: string
  read(session: Session, request: RequestContext): Promise<string>
}

const VIEWS: Readonly<Record<SessionView, ViewText>> = {
  transcript: {
    title: 'Transcript',
    description: 'What the session printed, as clean text; where that is long, the newest part.',
    read: transcriptText,
  },
  screen: {
    title: 'Screen',
    description: 'The screen as it is drawn now, for full-screen programs such as vim, less and top.',
    read: screenText,
  },
}

/** Each view of each session, and the list of sessions. */
const ALL_VIEWS = Object.keys(VIEWS) as SessionView[]

/** The sessions as resources: the list of them, and of each its transcript and its screen. */
export const SESSION_RESOURCES: OfferedResources = {
  templates: ALL_VIEWS.map((view) => ({
    listed: {
      uriTemplate: uriTemplate(view),
      name: `session-${view}`,
      title: `${VIEWS[view].title} of an SSH session`,
      description: `${VIEWS[view].description} id: the session's id or name.`,
      mimeType: TEXT,
    },
    completers: { id: sessionIds },
  })),

  list: (shared) => [
    LIST,
    ...seenSessions(shared).flatMap((session) => ALL_VIEWS.map((view) => entry(session, view))),
  ],

  open(uri, shared) {
    const parsed = parsedUri(uri)
    if (!parsed) return null
    if (parsed.view === 'list')
      return {
        read: async (request) => text(uri, await listText(request)),
        watch: (tell) => watchGlances(shared, tell),
      }
    const session = seenSession(parsed.id, shared)
    return session && opened(uri, parsed.id, parsed.view, session, shared)
  },

  watchList,
}

const opened = (
  uri: string,
  id: string,
  view: SessionView,
  session: Session,
  shared: Shared,
): OpenResource => ({
  read: async (request) => text(uri, await VIEWS[view].read(session, request)),
  watch: (tell) => watchSession(id, view, shared, tell),
})

const text = (uri: string, text: string) => [{ uri, mimeType: TEXT, text }]

/** Who may want it, as the protocol has it: the person, and the model. */
const EVERYBODY: ('user' | 'assistant')[] = ['user', 'assistant']

const LIST: Keyed<Resource> = {
  key: '',
  listed: {
    uri: SESSIONS_URI,
    name: 'sessions',
    title: 'SSH sessions',
    description: 'What runs where, the last command and how it ended, what is unread; a line a session.',
    mimeType: TEXT,
    annotations: { audience: EVERYBODY, priority: 0.8 },
  },
}

/** Newest first, and always in the same place: somebody who turns pages misses nothing and gets nothing twice. */
function entry(session: Session, view: SessionView): Keyed<Resource> {
  const { id, name, running, record } = session
  const newest = (Number.MAX_SAFE_INTEGER - Date.parse(record.created_at)).toString().padStart(16, '0')
  const { title, description } = VIEWS[view]
  const called = name ?? id
  return {
    key: `${newest} ${id} ${view === 'transcript' ? 1 : 2}`,
    listed: {
      uri: sessionUri(id, view),
      name: `${called}-${view}`,
      title: `${title} of ${called} on ${record.target}`,
      description: running ? description : `${description} The session has ended (${record.exit_reason}).`,
      mimeType: TEXT,
      annotations: {
        audience: EVERYBODY,
        priority: running ? 0.5 : 0.2,
        lastModified: lastModified(session),
      },
    },
  }
}

function lastModified({ record, idleSeconds }: Session): string {
  if (record.ended_at !== null) return record.ended_at
  return idleSeconds === null ? record.created_at : new Date(Date.now() - idleSeconds * 1000).toISOString()
}
