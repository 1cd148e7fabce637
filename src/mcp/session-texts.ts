import { glanceAt } from '../session/glance.js'
import { LINE_ENDS, lastLines, readTail } from '../session/reading-tail.js'
import { lookAtScreen } from '../session/screen-reading.js'
import type { Session } from '../session/session.js'
import type { RequestContext } from './offer.js'
import { overview } from './overview.js'
import { seenSessions } from './seen-sessions.js'

/** UTF-16 units of a resource's text: clients put it whole into a context, and this is 10,000 to 20,000 tokens. */
const MAX_CHARS = 40_000
/** More lines than fit. */
const LINES = MAX_CHARS

export const listText = ({ shared }: RequestContext): Promise<string> =>
  shared.turns.run(async () => overview(seenSessions(shared).map(glanceAt)))

/** The newest part of a transcript, and first what is left out; nobody's read position moves. */
export const transcriptText = (session: Session, { shared }: RequestContext): Promise<string> =>
  shared.turns.run(async () => {
    const { output, truncated } = await readTail(session, LINES, { format: 'text', max: MAX_CHARS })
    if (!truncated) return output
    const note = leftOut(session)
    return note + lastLines(output.split(LINE_ENDS), MAX_CHARS - note.length).join('')
  })

/** The screen as it is drawn now; waits for what is new there do not count this look. */
export const screenText = (session: Session, { shared, extra }: RequestContext): Promise<string> =>
  shared.turns.run(async () => (await lookAtScreen(session, MAX_CHARS, extra.signal)).output)

function leftOut({ id, recorder: { file } }: Session): string {
  const size = file.size.toLocaleString('en-US')
  return (
    `[Only the newest part of a transcript of ${size} bytes. What came before: ssh_read_session with session_id ${id} ` +
    `and offset (0 is the beginning), or the file ${file.path}]\n`
  )
}
