import { invalid } from '../common/errors.js'
import { QUIET_MS, STALLED_WRITE_MS } from '../common/limits.js'
import type { Condition, WaitEnd } from './conditions.js'
import { named, untilInputIsTaken } from './readiness.js'
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
  if (gate === 'exit') throw exitedError(session)
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
    const end = await named(session, await wait.end)
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

export const exitedError = (session: Session): Error =>
  invalid(
    `Session ${session.id} has ended (${session.record.exit_reason}), so nothing can be written to it. ` +
      'Its output can still be read; ssh_ensure_session opens a new one.',
  )
