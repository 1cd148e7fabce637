import { readFrom } from '../session/reading.js'
import { readScreen, type ScreenFacts } from '../session/screen-reading.js'
import type { Session } from '../session/session.js'
import type { Format } from './parameters.js'
import type { Call } from './tool.js'

/** What a result tells of a session's output, by the names of its fields. */
interface SessionOutput {
  output: string
  truncated: boolean
  /** Null in the other formats. */
  screen: ScreenFacts | null
}

/** What was not read before, in the asked format; or the screen, which leaves that pending. */
export const sessionOutput = (
  session: Session,
  format: Format,
  max: number,
  { turns, signal }: Call,
): Promise<SessionOutput> =>
  turns.run(async () => {
    if (format === 'screen') return readScreen(session, max, signal)
    const { output, truncated } = await readFrom(session, session.position, { format, max }, signal)
    return { output, truncated, screen: null }
  })
