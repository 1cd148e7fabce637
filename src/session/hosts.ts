import { programName } from '../shell/program-name.js'
import type { Place } from '../terminal/replies.js'
import type { AnswersHost } from './answers.js'
import type { IntegrationHost } from './integration.js'
import type { Session } from './session.js'
import { openLine } from './snapshot.js'

/** A session as its parts see it. */

export const integrationHost = (session: Session): IntegrationHost => ({
  recorder: session.recorder,
  openLine: () => openLine(session.recorder, session.record),
  silentMs: () => silentMs(session),
  type: (text) => void session.input.send(Buffer.from(text), true, () => {}),
  inputWaits: () => session.input.waits,
  awaitsAnswer: () => session.answers.holds,
  save: () => session.save(),
  changed: () => {
    session.answers.prompted()
    session.changed()
  },
})

export const answersHost = (session: Session): AnswersHost => ({
  recorder: session.recorder,
  integration: session.integration,
  size: () => session.record,
  cursorAt: (offset) => cursorAt(session, offset),
  silentMs: () => silentMs(session),
  type: (answer) => session.input.answer(Buffer.from(answer)),
  changed: () => session.changed(),
})

const silentMs = ({ outputAt }: Session): number => performance.now() - outputAt

async function cursorAt({ screen }: Session, offset: number): Promise<Place | null> {
  try {
    return (await screen.drawn(undefined, offset)).cursor
  } catch {
    return null // the transcript has been removed
  }
}

/** The program that has taken the whole screen, by the command that runs; null where that is not known. */
export function programInFront({ integration: { state } }: Session): string | null {
  return state.newest?.line && !state.ready ? programName(state.newest.line) : null
}
