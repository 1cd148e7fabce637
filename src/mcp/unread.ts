import { readFrom } from '../session/reading.js'
import { readScreen, type ScreenFacts } from '../session/screen-reading.js'
import type { Session } from '../session/session.js'
import { sessionFacts } from '../session/snapshot.js'
import { type Format, outputLimit } from './parameters.js'
import type { Call } from './tool.js'

/** What a call says of how output is to be given. */
interface Wanted {
  format: Format
  max_output_chars?: number | undefined
}

/** What a result tells of a session's output, by the names of its fields. */
interface Shown {
  output: string
  truncated: boolean
  /** Null in the other formats. */
  screen: ScreenFacts | null
}

/** Takes what is unread in a session, as much as fits, or shows its screen; with what every tool says of the session. */
export async function takeUnread(session: Session, wanted: Wanted, call: Call) {
  const max = outputLimit(wanted.max_output_chars, call.caller)
  const { output, ...shown } = await call.turns.run(
    () => shownOf(session, wanted.format, max, call.signal),
    call.signal,
  )
  return { text: { output }, facts: { ...sessionFacts(session), ...shown } }
}

async function shownOf(session: Session, format: Format, max: number, signal: AbortSignal): Promise<Shown> {
  if (format === 'screen') return readScreen(session, max, signal)
  const { output, truncated } = await readFrom(session, session.position, { format, max }, signal)
  return { output, truncated, screen: null }
}
