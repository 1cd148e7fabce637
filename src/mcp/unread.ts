import { readFrom } from '../session/reading.js'
import type { Session } from '../session/session.js'
import { sessionFacts } from '../session/snapshot.js'
import { outputLimit } from './parameters.js'
import type { Call } from './tool.js'

/** What a call says of how output is to be given. */
interface Wanted {
  format: 'text' | 'raw'
  max_output_chars?: number | undefined
}

/** Takes what is unread in a session, as much as fits, with what every tool says of the session. */
export async function takeUnread(session: Session, wanted: Wanted, call: Call) {
  const options = { format: wanted.format, max: outputLimit(wanted.max_output_chars, call.caller) }
  const { output, truncated } = await call.turns.run(() =>
    readFrom(session, session.position, options, call.signal),
  )
  return { text: { output }, facts: { ...sessionFacts(session), truncated } }
}
