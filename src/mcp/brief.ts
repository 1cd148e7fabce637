import type { WaitEnd } from '../session/conditions.js'

/** What a caller who reads, types or runs in a session was told when it was opened, or has told itself. */
const KNOWN = [
  'session_name',
  'target',
  'reused',
  'uptime_seconds',
  'idle_seconds',
  'transcript_path',
  'transcript_size_bytes',
  'observer',
  'tmux_session_name',
  'auto_close',
  'cols',
  'rows',
  'shell',
]

/**
 * The facts of a call in a session that only the structured form carries: a model pays for the others in every call.
 * Where a person has to type a secret, the model must say where.
 */
export const knownAfter = (end: WaitEnd | null): string[] =>
  end === 'password_prompt' ? KNOWN : [...KNOWN, 'observer_command']

/** Where output stands is worth its bytes only where more of it is to be had. */
export const unlessCut = (truncated: boolean): string[] => (truncated ? [] : ['offset', 'next_offset'])
