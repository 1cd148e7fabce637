import { invalid } from '../common/errors.js'
import { AHEAD_MS } from '../common/limits.js'
import type { Condition } from './conditions.js'
import { exitedError } from './exchange.js'
import type { Session } from './session.js'
import type { ReportingShell } from './shell-state.js'
import { startWait } from './waiting.js'

/** How long a shell that has ended a command may take to show its prompt, and one that is new to report at all. */
const PROMPT_MS = 10_000

/**
 * Waits until the shell in front reports and shows its prompt with nothing typed there.
 * @throws validation_error if it is busy, or none reports
 */
export async function untilShellReady(
  session: Session,
  { deadline, signal }: { deadline: number; signal: AbortSignal },
): Promise<void> {
  const { integration } = session
  if (!session.running) throw exitedError(session)
  await integration.idle()
  if (!integration.state.ready) {
    if (!integration.reporting || integration.state.running) await integration.lookNow()
    if (integration.state.running) throw busy(session)
    const latest = Math.min(deadline, performance.now() + PROMPT_MS)
    const end = await startWait(session, shellReady(session), { deadline: latest, signal }).end
    if (end === 'exit') throw exitedError(session)
    // With its prompt something of ours may have begun.
    await integration.idle()
  }
  if (!promptsToCome(session)) return
  await startWait(session, typedAheadRun(session), { deadline, signal }).end
  integration.ahead.forget()
}

/** Whether the prompt that shows may not be the last: lines were typed ahead, or a Ctrl-C. */
const promptsToCome = ({ integration: { ahead, reporting, state } }: Session): boolean =>
  ahead.isPending(reporting) || state.interrupted

function typedAheadRun(session: Session): Condition {
  const since = performance.now()
  return {
    verdict: ({ ready, outputAt, now }) => {
      if (!ready) return null
      if (!promptsToCome(session)) return 'quiet'
      const left = Math.max(outputAt, since) + AHEAD_MS - now
      return left <= 0 ? 'quiet' : left
    },
  }
}

/**
 * The shell that is at its prompt. It stays there only for this turn: what is sent to it has to be sent at once.
 * @throws validation_error if it is busy, or none reports
 */
export function shellAtPrompt(session: Session): ReportingShell {
  const { integration } = session
  const shell = integration.reporting
  if (!shell) throw noShell(session)
  if (!integration.state.ready || integration.typing || session.input.waits) throw busy(session)
  if (integration.state.typed.trim() !== '') throw typedAlready(integration.state.typed)
  return shell
}

const shellReady = ({ integration }: Session): Condition => ({
  watches: true,
  verdict: ({ concluded, reports }) => {
    if (integration.state.ready) return 'prompt'
    return concluded && !reports ? 'quiet' : null
  },
})

function busy({ id, integration }: Session): Error {
  const { running } = integration.state
  if (!running)
    return invalid(
      `The shell of session ${id} is not at its prompt. See what it shows with ssh_read_session and tail_lines, or interrupt ` +
        'it with ssh_write_session (keys ["C-c"]).',
    )
  const line = running.line ? ` ${JSON.stringify(brief(running.line))}` : ''
  const seconds = ` for ${Math.round((performance.now() - running.startedAt) / 1000)} s`
  return invalid(
    `A command is still running in session ${id}${line && `:${line}`}${seconds}. Wait for it with ssh_read_session ` +
      'and wait_for "prompt", answer or interrupt it with ssh_write_session (keys ["C-c"]), or use another session.',
  )
}

function noShell({ id, record }: Session): Error {
  const why = record.integration
    ? 'what is in front is no shell that can report'
    : 'integration is off for it'
  return invalid(
    `No shell reports its prompts in session ${id}: ${why}. Use ssh_write_session, which types and waits for the ` +
      'answer, or ssh_exec, which runs one command by itself.',
  )
}

const typedAlready = (typed: string): Error =>
  invalid(
    `Something stands typed at the prompt that was not entered: ${JSON.stringify(brief(typed))}. ` +
      'Send keys ["Enter"] to run it, or ["C-c"] to clear it.',
  )

const brief = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)
