import type { Checkpoint } from '../terminal/checkpoints.js'
import type { Condition, WaitEnd } from './conditions.js'
import type { Recorder } from './recorder.js'
import { shellAtPrompt, untilShellReady } from './run-readiness.js'
import { interruptUntil, lacksItsEnd, sendCommand, sendingFor } from './run-sending.js'
import type { Session } from './session.js'
import type { FinishedCommand, ReportingShell } from './shell-state.js'
import { startWait } from './waiting.js'

export interface RunOptions {
  text: string
  /** Milliseconds on the monotonic clock. */
  deadline: number
  signal: AbortSignal
}

/** How a command went. Offsets are absolute. */
export interface Run {
  end: WaitEnd
  /** Whether the shell was given it at all. */
  sent: boolean
  /** What its end mark told; null if there was none. */
  finished: FinishedCommand | null
  /** Where its output begins; null if the shell has not come to it. */
  outputFrom: Checkpoint | null
  durationMs: number
  /** Text that was unread before, apart from the prompt: how many characters, and from where. */
  skipped: { chars: number; offset: number } | null
}

/**
 * Runs a command in the session's shell, which has to report, and waits for its end.
 * @throws validation_error if the shell is busy, does not report, or cannot be given this text
 */
export async function runCommand(session: Session, options: RunOptions): Promise<Run> {
  await untilShellReady(session, options)
  const skipped = unread(session)
  let ran = await runIn(session, options)
  // The shell has lost what it was set up with, and has run nothing: it is set up again.
  if (!ran) {
    await untilShellReady(session, options)
    ran = await runIn(session, options)
  }
  return { ...(ran ?? unsent(session)), skipped }
}

/** @returns null if the shell has not taken the command */
async function runIn(session: Session, options: RunOptions): Promise<Omit<Run, 'skipped'> | null> {
  const shell = shellAtPrompt(session)
  const open = lacksItsEnd(shell, options.text)
  const sending = sendingFor(shell, options.text, open)
  if (sending.form === 'open') return unsent(session)
  const { integration } = session
  const { state } = integration
  const before = { finished: state.finishedCount, continuations: state.continuations }
  const began = performance.now()
  state.begin(options.text, began, { awaitsText: sending.form === 'fed', open })
  const delivery = integration.exclusively(() => sendCommand(session, shell, sending))
  const sent = await Promise.race([delivery, timeUp(options)])
  if (sent === null) return null
  // It goes on being sent, whoever waits for it.
  if (sent === 'timeout') return { ...unsent(session), end: 'timeout', sent: true }
  const end = await startWait(session, runOver(session, shell, before), options).end
  if (end === 'incomplete_input')
    await integration.exclusively(() => interruptUntil(session, () => state.ready))
  const finished = end === 'finished' ? state.finishedAfter(before.finished) : null
  return { end, sent: true, finished, ...ownPart(session, shell, finished, began, sent) }
}

/** Settles at the deadline, or with the reason of a call that is cancelled. */
function timeUp({ deadline, signal }: RunOptions): Promise<'timeout'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('timeout'), Math.max(0, deadline - performance.now()))
    timer.unref()
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

const unsent = ({ integration }: Session): Omit<Run, 'skipped'> => ({
  end: integration.state.ready ? 'incomplete_input' : 'timeout',
  sent: false,
  finished: null,
  outputFrom: null,
  durationMs: 0,
})

/**
 * Where the command's output began, and how long it took. What ended a shell within a shell is told of by the outer
 * one, as the end of the command that began the inner.
 */
function ownPart(
  { state: stream, recorder }: Session,
  shell: ReportingShell,
  finished: FinishedCommand | null,
  began: number,
  sent: Checkpoint,
): Pick<Run, 'outputFrom' | 'durationMs'> {
  // fish has ended a command already when it goes.
  const mine = shell.last && shell.last.startedAt >= began ? shell.last : shell.running
  const own = finished && finished.startedAt >= began ? finished : mine
  // A syntax error is told of without that anything ran: behind the line that was entered, where that shows.
  const entered = stream.editorOff.offset > sent.offset ? behindLineEnd(recorder, stream.editorOff) : sent
  return {
    outputFrom: own?.outputFrom ?? (finished && entered),
    durationMs: own && own === finished ? finished.durationMs : performance.now() - began,
  }
}

/** zsh ends the line that was entered behind the sign that its editor is off. */
function behindLineEnd({ file }: Recorder, { offset, units }: Checkpoint): Checkpoint {
  const end = '\r\r\n'
  const follows = file.read(offset, end.length).toString('latin1') === end
  return follows ? { offset: offset + end.length, units: units + 1 } : { offset, units }
}

/** What nobody has read yet, apart from the prompt that is showing. */
function unread({ position, state, integration }: Session): Run['skipped'] {
  const prompt = state.units - integration.state.prompt.units
  const chars = position.pending - prompt
  return chars > 0 ? { chars, offset: position.offset } : null
}

/** The command's end; or the reason why it does not end by itself. */
function runOver(
  session: Session,
  shell: ReportingShell,
  before: { finished: number; continuations: number },
): Condition {
  const { state } = session.integration
  return {
    watches: true,
    verdict: ({ front }) => {
      // fish tells of the end of `exit` too, before it goes; only its next prompt is proof.
      const proven = shell.kind !== 'fish' || state.ready
      if (state.finishedCount > before.finished && proven) return 'finished'
      if (state.continuations > before.continuations) return 'incomplete_input'
      // Another shell stands in front, at its prompt; or this one does without a word of how the command ended.
      if (state.ready && (state.current !== shell || !shell.running)) return 'prompt'
      return front === 'quiet' ? null : front
    },
  }
}
