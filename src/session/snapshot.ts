import { LineTail } from '../terminal/line-tail.js'
import type { Session } from './session.js'

/** Bytes looked at for the newest line. */
const LAST_LINE_BYTES = 4096

/** What every session tool says of a session; null where there is nothing to say. */
export function sessionFacts(session: Session) {
  const { record, observer } = session
  return {
    session_id: session.id,
    session_name: session.name,
    target: record.target,
    running: session.running,
    exit_code: record.exit_code,
    signal: record.signal,
    exit_reason: record.exit_reason,
    pending_output_chars: session.position.pending,
    gaps: session.gaps,
    uptime_seconds: tenths(session.uptimeSeconds),
    idle_seconds: session.idleSeconds === null ? null : tenths(session.idleSeconds),
    transcript_path: session.recorder.file.path,
    transcript_size_bytes: session.recorder.file.size,
    observer: observer.facts,
    observer_command: observer.facts.command,
    tmux_session_name: observer.facts.tmux_session_name,
    auto_close: record.auto_close,
    cols: record.cols,
    rows: record.rows,
    shell: null,
  }
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10

/** The newest line with text on it, for lists and progress reports; null if there is none. */
export function lastLine(session: Session): string | null {
  const { size } = session.recorder.file
  const from = Math.max(0, size - LAST_LINE_BYTES)
  const tail = new LineTail(session.record.cols)
  tail.feed(session.recorder.file.read(from, LAST_LINE_BYTES))
  return tail.newest?.slice(0, 200) ?? null
}
