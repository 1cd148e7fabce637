import { invalid } from '../../common/errors.js'
import type { WaitEnd } from '../../session/conditions.js'
import type { WaitFor } from '../../session/reading.js'
import { readScreen, type ScreenFacts, screenForRead } from '../../session/screen-reading.js'
import type { Session } from '../../session/session.js'
import { lastLine } from '../../session/snapshot.js'
import { startWait } from '../../session/waiting.js'
import { deadlines } from '../parameters.js'
import type { Call } from '../tool.js'

interface Asked {
  wait_seconds: number
  offset?: number | undefined
  tail_lines?: number | undefined
}

/** A screen in the place of what was read; it is no part of the transcript. */
interface Look {
  output: string
  truncated: boolean
  screen: ScreenFacts
  pending: number
  offset: null
  next_offset: null
}

/** Waits, and gives the screen as it is then. @throws validation_error where another place is asked for */
export async function look(
  session: Session,
  asked: Asked,
  wanted: WaitFor | null,
  max: number,
  call: Call,
): Promise<{ reading: Look; end: WaitEnd | null }> {
  if (asked.offset !== undefined || asked.tail_lines !== undefined)
    throw invalid(
      "offset and tail_lines do not go with format 'screen', which shows the screen as it is now; use 'text' or 'raw'.",
    )
  const { deadline } = deadlines(asked.wait_seconds, call.caller)
  const condition = await screenForRead(session, wanted)
  const wait = startWait(session, condition, { deadline, signal: call.signal }).end
  const end = await call.withProgress(() => lastLine(session), wait)
  const shown = await call.turns.run(() => readScreen(session, max, call.signal), call.signal)
  return { reading: { ...shown, pending: session.position.pending, offset: null, next_offset: null }, end }
}
