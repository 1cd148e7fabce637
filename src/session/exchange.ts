import { invalid } from '../common/errors.js'
import { QUIET_MS, STALLED_WRITE_MS } from '../common/limits.js'
import { readTtyMode } from '../platform/tty-mode.js'
import type { Condition, WaitEnd } from './conditions.js'
import { outputAfter } from './conditions.js'
import type { Session } from './session.js'
import { startWait } from './waiting.js'

export interface WriteOptions {
  input: string
  /** What ends the call, built when the input is about to be sent. */
  condition: () => Condition
  /** Milliseconds on the monotonic clock: the end of the wait, and the latest for a write that makes progress. */
  deadline: number
  lastDeadline: number
  signal: AbortSignal
}

export interface Written {
  bytes: number
  end: WaitEnd
}

/** Input that interrupts (Ctrl-C, Ctrl-\) goes ahead of what was not taken yet. */
const INTERRUPTS = /^[\x03\x1c]/

/**
 * Writes input and waits for what follows it. What the other side has not taken when the wait is over is
 * withdrawn; while it still takes some, the call goes on.
 */
export async function writeAndWait(session: Session, options: WriteOptions): Promise<Written> {
  const { input, deadline, signal } = options
  const gate = await untilInputIsTaken(session, deadline, signal)
  if (gate) return { bytes: 0, end: gate }
  const condition = options.condition()
  let onTaken = (): void => {}
  const pending = session.input.send(Buffer.from(input), INTERRUPTS.test(input), () => onTaken())
  try {
    const wait = startWait(session, condition, {
      sent: () => pending.done,
      deadline,
      signal,
    })
    onTaken = () => wait.look()
    const end = await wait.end
    if (!pending.done && session.running) await untilStalled(session, pending, options)
    return { bytes: pending.taken, end }
  } finally {
    pending.withdraw()
  }
}

/** Past its wait, a write goes on for as long as the other side takes some of it every half second. */
async function untilStalled(
  session: Session,
  pending: { readonly done: boolean; readonly progressAt: number },
  { lastDeadline, signal }: WriteOptions,
): Promise<void> {
  const stalled: Condition = {
    verdict: ({ now }) => {
      if (pending.done) return 'finished'
      const left = pending.progressAt + STALLED_WRITE_MS - now
      return left <= 0 ? 'timeout' : Math.min(left, QUIET_MS)
    },
  }
  await startWait(session, stalled, { deadline: lastDeadline, signal }).end
}

/**
 * Until ssh has its session it leaves the terminal in line mode, which cuts lines and echoes twice; input is
 * held back until then, or until ssh asks something. @returns why nothing can be sent, or null
 */
async function untilInputIsTaken(
  session: Session,
  deadline: number,
  signal: AbortSignal,
): Promise<WaitEnd | null> {
  while (!session.takesInput && session.running && session.ttyPath) {
    const mode = await readTtyMode(session.ttyPath)
    if (mode === 'raw' || mode === 'unknown') session.takesInput = true
    else if (session.state.openLine) return null
    else {
      const soon = Math.min(deadline, performance.now() + QUIET_MS)
      const { units } = session.state
      await startWait(session, outputAfter(units), { deadline: soon, signal }).end
      if (performance.now() >= deadline) return 'timeout'
    }
  }
  if (!session.running) throw exitedError(session)
  return null
}

export const exitedError = (session: Session): Error =>
  invalid(
    `Session ${session.id} has ended (${session.record.exit_reason}), so nothing can be written to it. ` +
      'Its output can still be read; ssh_ensure_session opens a new one.',
  )
