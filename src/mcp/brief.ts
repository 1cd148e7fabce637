/** Session facts that a model need not pay for at every read and write: it had them when the session was opened. */
export const BRIEF = [
  'observer',
  'observer_command',
  'tmux_session_name',
  'transcript_path',
  'transcript_size_bytes',
  'uptime_seconds',
  'shell',
] as const
