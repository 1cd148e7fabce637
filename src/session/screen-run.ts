import type { Run } from './run.js'
import { readScreen, type ScreenReading } from './screen-reading.js'
import type { Session } from './session.js'

/** The screen behind a command, and where in the transcript its output stands; null where that has no end or beginning. */
export interface RunScreen extends ScreenReading {
  offset: number | null
  next_offset: number | null
  pending: number
}

/** The screen as a command leaves it. The read position moves as for the other formats, but only past what is finished. */
export async function screenOfRun(
  session: Session,
  run: Run,
  max: number,
  signal: AbortSignal,
): Promise<RunScreen> {
  const reading = await readScreen(session, max, signal)
  const { finished, outputFrom } = run
  await passOutput(session, run)
  session.saveSoon()
  return {
    ...reading,
    offset: outputFrom?.offset ?? finished?.outputTo.offset ?? null,
    next_offset: finished?.outputTo.offset ?? null,
    // What has come since is the prompt.
    pending: finished ? 0 : session.position.pending,
  }
}

async function passOutput(session: Session, { finished, outputFrom, sent, end }: Run): Promise<void> {
  const { position, state } = session
  if (finished) {
    if (position.offset < finished.outputTo.offset) await position.jumpTo(finished.outputTo)
    session.skipPromptAfter(finished.outputTo)
  } else if (outputFrom && end !== 'incomplete_input') await position.jumpTo(outputFrom)
  else if (sent) await position.jumpTo({ offset: state.offset, units: state.units })
}
