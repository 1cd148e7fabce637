import { LineTail } from '../terminal/line-tail.js'
import type { Size } from '../terminal/sizes.js'
import type { Recorder } from './recorder.js'
import type { Session } from './session.js'
import { type Shown, shownBefore } from './shown.js'

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
    shell: session.running ? session.integration.shell : record.shell,
  }
}

/** The newest command that a shell reported; null if there was none. */
export function commandFacts({ integration }: Session) {
  const command = integration.state.newest
  if (!command) return null
  const finished = 'durationMs' in command
  const ms = finished ? command.durationMs : performance.now() - command.startedAt
  return {
    line: command.line === null ? null : shownLine(command.line),
    finished,
    exit_code: finished ? command.exitCode : null,
    duration_seconds: tenths(ms / 1000),
  }
}

/** Enough of a command to know it again. */
export function shownLine(command: string): string {
  const [first = '', ...more] = command.split('\n')
  return first.length > 100 || more.length > 0 ? `${first.slice(0, 100)}…` : first
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10

/** The newest line with text on it, for lists and progress reports; null if there is none. */
export const lastLine = (session: Session): string | null =>
  tailOf(session.recorder, session.record).newest?.slice(0, 200) ?? null

/** The line at the end of a transcript that has not ended, as text. */
export const openLine = (recorder: Recorder, size: Size): string => tailOf(recorder, size).open

function tailOf(recorder: Recorder, size: Size): LineTail {
  const tail = new LineTail(size)
  for (const { bytes } of lastParts(recorder, recorder.file.size)) tail.feed(bytes)
  return tail
}

function lastParts(recorder: Recorder, size: number): Shown[] {
  const parts: Shown[] = []
  for (let left = LAST_LINE_BYTES, end = size; left > 0; left -= (parts[0] as Shown).bytes.length) {
    const part = shownBefore(recorder, end, left)
    if (part.bytes.length === 0) break
    parts.unshift(part)
    end = part.offset
  }
  return parts
}
