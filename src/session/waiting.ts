import type { Condition, WaitEnd, WaitFacts } from './conditions.js'
import type { Session } from './session.js'

export interface WaitOptions {
  /** Whether the call's input has been taken. */
  sent?: () => boolean
  /** Milliseconds on the monotonic clock. */
  deadline: number
  /** Ends this wait, and nothing else. */
  signal: AbortSignal
}

/** A wait under way; `look` judges it again after something that the session does not tell of. */
export interface Wait {
  end: Promise<WaitEnd>
  look(): void
}

/**
 * Waits until the condition is met, the session ends or the time is up, driven by the session's events.
 * @throws the signal's reason when the call is cancelled
 */
export function startWait(session: Session, condition: Condition, options: WaitOptions): Wait {
  let look = (): void => {}
  const end = new Promise<WaitEnd>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      stopListening()
      stopWatching?.()
      options.signal.removeEventListener('abort', onAbort)
      look = () => {}
      settle()
    }
    const onAbort = (): void => finish(() => reject(options.signal.reason))
    look = () => {
      const facts = factsOf(session, options)
      const verdict = session.running ? condition.verdict(facts) : endedVerdict(condition, facts)
      if (typeof verdict === 'string') return finish(() => resolve(verdict))
      const left = options.deadline - facts.now
      if (left <= 0) return finish(() => resolve(foundAtLast(condition, facts) ? 'pattern' : 'timeout'))
      clearTimeout(timer)
      timer = setTimeout(() => look(), Math.min(left, verdict ?? left))
    }
    const stopListening = session.listen({
      output: (chunk) => {
        condition.output?.(chunk)
        look()
      },
      changed: () => look(),
      ended: () => look(),
    })
    const stopWatching = condition.watches ? session.integration.watch() : null
    options.signal.addEventListener('abort', onAbort)
    if (options.signal.aborted) onAbort()
    else look()
  })
  return { end, look: () => look() }
}

/** An ended session ends every wait; what was waited for counts first if the last words held it. */
function endedVerdict(condition: Condition, facts: WaitFacts): WaitEnd {
  return foundAtLast(condition, { ...facts, sent: true }) ? 'pattern' : 'exit'
}

/** Whether a pattern stands in what has come since it was last looked for. */
const foundAtLast = (condition: Condition, facts: WaitFacts): boolean =>
  condition.verdict({ ...facts, running: false }) === 'pattern'

function factsOf(session: Session, { sent }: WaitOptions): WaitFacts {
  const { offset: _, ...state } = session.state
  const { reporting, concluded, front, works, ahead, state: shell } = session.integration
  // Who waits for an answer of the terminal's waits for nobody else.
  const { holds } = session.answers
  return {
    running: session.running,
    ...state,
    prompts: promptCount(session),
    reports: reporting !== null,
    ready: shell.ready,
    morePrompts: ahead.isWaitedFor(reporting),
    concluded: concluded && !holds,
    front: holds ? null : front,
    works,
    outputAt: session.outputAt,
    sent: sent?.() ?? true,
    now: performance.now(),
  }
}

/** How often a prompt came up, whoever reported it; only grows. */
export const promptCount = ({ state, integration }: Session): number =>
  state.prompts + integration.state.prompts
