import { z } from 'zod'
import { glanceAt } from '../../session/glance.js'
import type { Session } from '../../session/session.js'
import { commandFacts, lastLine, sessionFacts } from '../../session/snapshot.js'
import { NAME_CHARS, overview } from '../overview.js'
import { isSeen } from '../seen-sessions.js'
import { defineTool } from '../tool.js'

const input = z.strictObject({
  include_exited: z.boolean().default(true),
  target: z.string().min(1).optional(),
  session_name: z.string().min(1).optional(),
})

export const listSessions = defineTool({
  name: 'ssh_list_sessions',
  toolset: 'sessions',
  title: 'List SSH sessions',
  description:
    'What runs where, the last command and how it ended, what is unread. Call it first when you lost your context.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input,
  async run({ include_exited, target, session_name }, call) {
    const sessions = call.registry
      .all()
      .filter(isSeen(call))
      .filter((session) => include_exited || session.running)
      .filter((session) => target === undefined || session.record.target === target)
      .filter((session) => session_name === undefined || session.name === session_name)
    const facts = sessions.map(listedFacts)
    return {
      text: { listing: overview(sessions.map(glanceAt)) },
      facts: { count: sessions.length, sessions: facts },
      structuredOnly: Object.keys(facts[0] ?? {}).filter((name) => !beside(sessions).includes(name)),
    }
  },
})

/** What the listing does not say in fewer words: ids, in the same order, and names where one is too long for a line. */
const beside = (sessions: readonly Session[]): string[] =>
  sessions.some(({ name }) => name !== null && name.length > NAME_CHARS)
    ? ['session_id', 'session_name']
    : ['session_id']

const listedFacts = (session: Session) => ({
  ...sessionFacts(session),
  output: '',
  last_line: lastLine(session),
  command: commandFacts(session),
})
