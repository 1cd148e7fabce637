import { SILENT_SHELL_MS } from '../common/limits.js'
import { readTtyMode } from '../platform/tty-mode.js'
import { settledOnLine, type WaitEnd } from './conditions.js'
import type { Session } from './session.js'
import { startWait } from './waiting.js'

/** How often a terminal that shows nothing is asked for its mode, in milliseconds. */
const LOOK_MS = 500

/** Waits until a session shows a usable prompt, asks something or ends; at once where it was usable before. */
export async function untilUsable(
  session: Session,
  deadline: number,
  signal: AbortSignal,
): Promise<WaitEnd | null> {
  if (session.usable && session.running) return atPrompt(session) ? 'prompt' : null
  const end = await startWait(session, settledOnLine(), { deadline, signal }).end
  return named(session, end)
}

function atPrompt({ integration, state }: Session): boolean {
  return integration.reporting ? integration.state.ready : state.lineEditor && state.openLine
}

/** Tells a question of ssh's from what a shell shows, for a session that has not shown a prompt yet. */
export async function named(session: Session, end: WaitEnd): Promise<WaitEnd> {
  if (session.usable || (end !== 'prompt' && end !== 'quiet')) return end
  const mode = end === 'quiet' && session.ttyPath ? await readTtyMode(session.ttyPath) : 'raw'
  if (mode === 'noecho') return 'password_prompt'
  if (mode === 'cooked') return 'needs_input'
  session.usable = true
  return end
}

/**
 * Waits until input arrives whole: before a shell reads its terminal, lines over 4 KiB are cut and all is
 * echoed twice. A question of ssh's takes input; so does a shell that shows nothing for a few seconds.
 * @returns 'timeout' or 'exit' if nothing can be sent, else null
 */
export async function untilInputIsTaken(
  session: Session,
  deadline: number,
  signal: AbortSignal,
): Promise<WaitEnd | null> {
  while (!session.usable) {
    const look = Math.min(deadline, performance.now() + LOOK_MS)
    const end = await untilUsable(session, look, signal)
    if (end === 'exit') return 'exit'
    if (end !== 'timeout') return null
    if (await isSilentShell(session)) session.usable = true
    else if (performance.now() >= deadline) return 'timeout'
  }
  await session.integration.idle()
  return null
}

async function isSilentShell(session: Session): Promise<boolean> {
  if (!session.ttyPath || performance.now() - session.outputAt < SILENT_SHELL_MS) return false
  return (await readTtyMode(session.ttyPath)) === 'raw'
}
