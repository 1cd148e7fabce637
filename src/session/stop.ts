import { KILL_GRACE_MS } from '../common/limits.js'
import type { Session } from './session.js'

export interface Stopped {
  wasRunning: boolean
  /** The signal that ended ssh, as far as we sent it. */
  signal: 'SIGHUP' | 'SIGKILL' | null
}

/** Ends a session: a hang-up first, a kill after `graceMs`, or at once with `force`; its window closes with it. */
export async function stopSession(session: Session, force: boolean, graceMs: number): Promise<Stopped> {
  const closing = session.observer.close()
  const wasRunning = session.running
  let signal = session.hangUp(force)
  if (signal === 'SIGHUP' && !(await session.ended(graceMs)) && session.kill()) signal = 'SIGKILL'
  if (!(await session.ended(KILL_GRACE_MS))) {
    // Only a disk that takes nothing can hold up the end of a killed ssh.
    session.recorder.giveUp()
    await session.ended(KILL_GRACE_MS)
  }
  await closing
  session.save()
  return { wasRunning, signal: wasRunning ? signal : null }
}
