import { invalid } from '../common/errors.js'
import { QUIET_MS, STALLED_WRITE_MS } from '../common/limits.js'
import type { Condition, WaitEnd } from './conditions.js'
import { named, untilInputIsTaken, untilUsable } from './readiness.js'
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
  while (session.integration.typing) await session.integration.idle()
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
    if (INTERRUPTS.test(input)) interruptIfStuck(session, input)
    const end = await atRest(session, await wait.end, deadline, signal)
    if (!pending.done && session.running) await untilStalled(session, pending, options)
    return { bytes: pending.taken, end }
  } finally {
    pending.withdraw()
  }
}

/** While ssh connects, silence after an answer of ours is no end: what follows is the prompt, or another question. */
async function atRest(
  session: Session,
  end: WaitEnd,
  deadline: number,
  signal: AbortSignal,
): Promise<WaitEnd> {
  if (end === 'quiet' && !session.usable && !session.integration.connected)
    return (await untilUsable(session, deadline, signal)) ?? end
  return named(session, end)
}

/** How long an interrupt may go without any effect before it is sent past the input that stands in its way. */
const STUCK_MS = 300

/** Ctrl-C waits behind all input that the program in front did not take; a signal over another channel does not. */
function interruptIfStuck(session: Session, input: string): void {
  const sentAt = performance.now()
  setTimeout(() => {
    if (!session.running || session.outputAt > sentAt || session.integration.state.ready) return
    void session.integration.interrupt(input.startsWith('\x1c') ? 'QUIT' : 'INT')
  }, STUCK_MS).unref()
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
