import { glanceAt } from '../session/glance.js'
import { readTail } from '../session/reading-tail.js'
import { lookAtScreen } from '../session/screen-reading.js'
import type { Session } from '../session/session.js'
import type { RequestContext } from './offer.js'
import { shortOverview } from './overview.js'
import { seenSessions } from './seen-sessions.js'

/** UTF-16 units of a resource's text: clients put it whole into a context, and this is 10,000 to 20,000 tokens. */
const MAX_CHARS = 40_000
/** Room for the word that a session has ended. */
const END_CHARS = 64
/** More lines than fit. */
const LINES = MAX_CHARS

export const listText = ({ shared, extra }: RequestContext): Promise<string> =>
  shared.turns.run(async () => shortOverview(seenSessions(shared).map(glanceAt)), extra.signal)

/** The newest part of a transcript, and first what is left out; nobody's read position moves. */
export const transcriptText = (session: Session, { shared, extra }: RequestContext): Promise<string> =>
  shared.turns.run(async () => {
    const note = leftOut(session)
    const max = MAX_CHARS - END_CHARS - note.length
    const { output, truncated } = await readTail(session, LINES, { format: 'text', max })
    return withEnd(truncated ? note + output : output, session)
  }, extra.signal)

/** The screen as it is drawn now; waits for what is new there do not count this look. */
export const screenText = (
  session: Session,
  { shared, extra: { signal } }: RequestContext,
): Promise<string> =>
  shared.turns.run(
    async () => withEnd((await lookAtScreen(session, MAX_CHARS - END_CHARS, signal)).output, session),
    signal,
  )

/** A prompt at the end of what has ended looks like one that waits. */
function withEnd(text: string, { record: { exit_reason } }: Session): string {
  if (exit_reason === null) return text
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  return `${text}${gap}[The session has ended: ${exit_reason}]\n`
}

function leftOut({ id, recorder: { file } }: Session): string {
  const size = file.size.toLocaleString('en-US')
  return (
    `[Only the newest part of a transcript of ${size} bytes. What came before: ssh_read_session with session_id ${id} ` +
    `and offset (0 is the beginning), or the file ${file.path}]\n`
  )
}
