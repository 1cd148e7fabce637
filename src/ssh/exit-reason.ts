import stripAnsi from 'strip-ansi'
import { exitInWords } from './ssh-words.js'

export interface SessionExit {
  /** Null where it is not known. */
  code: number | null
  /** Name of the signal that ended ssh, such as SIGKILL; null if it exited. */
  signal: string | null
  /** Whether we asked for the end: politely, or with force. */
  stop: 'polite' | 'forced' | null
  /** The last few kilobytes that the session printed. */
  tail: string
}

/** ssh's last line when the session was closed; it says nothing of why. */
const CLOSED = /(?:Shared c|C)onnection to \S+ closed\.$/
/** What stands before it when it was the connection that ended. */
const LOST =
  /closed by remote host\.$|^Read from remote host |^client_loop: |^Timeout, server .* not responding\.$/

/** Lines looked through for them: the warning of a changed host key takes sixteen. */
const LAST_LINES = 24

/** Names the end of a session. */
export function exitReason({ code, signal, stop, tail }: SessionExit): string {
  if (stop) return stop === 'forced' ? 'killed' : 'stopped'
  if (signal) return signal === 'SIGKILL' ? 'killed' : `signal-${signal.replace(/^SIG/, '')}`
  if (code === null) return 'ssh-error'
  if (code === 0) return 'clean-exit'
  if (code !== 255) return `exit-${code}`
  const lines = stripAnsi(tail).trimEnd().split(/\r*\n/).slice(-LAST_LINES)
  // With a session closed in the normal way, 255 is the remote shell's own.
  if (CLOSED.test(lines.at(-1) ?? '')) return LOST.test(lines.at(-2) ?? '') ? 'connection-lost' : 'exit-255'
  return exitInWords(lines.join('\n')) ?? 'ssh-error'
}
