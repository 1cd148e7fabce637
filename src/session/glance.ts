import type { Session } from './session.js'
import { lastLine, shownLine } from './snapshot.js'

/** What somebody who was not there is told of a session first. Times are in seconds. */
export interface Glance {
  id: string
  name: string | null
  target: string
  upSeconds: number
  /** Why it ended, and how long ago; null while it runs. */
  ended: { reason: string; secondsAgo: number } | null
  /** The newest command that a shell told of: how long it has been running, or how long ago and how it ended. */
  command: { line: string | null; finished: boolean; exitCode: number | null; seconds: number } | null
  /** Whom a program in front was last seen to wait for, if nothing has changed since; nobody looks for this. */
  waitsFor: 'password' | 'input' | null
  state: 'connecting' | 'prompt' | 'full-screen' | 'other'
  /** Characters that nobody has read. */
  unread: number
  /** The newest line with text on it, for those of which no command is known. */
  newestLine: string | null
}

const WAITS: Readonly<Record<string, Glance['waitsFor']>> = {
  password_prompt: 'password',
  needs_input: 'input',
}

export function glanceAt(session: Session): Glance {
  const { record, integration, position } = session
  const { ended_at, exit_reason } = record
  const command = newestCommand(session)
  const secondsAgo = ended_at === null ? 0 : Math.max(0, (Date.now() - Date.parse(ended_at)) / 1000)
  return {
    id: session.id,
    name: session.name,
    target: record.target,
    upSeconds: session.uptimeSeconds,
    ended: exit_reason === null ? null : { reason: exit_reason, secondsAgo },
    command,
    waitsFor: WAITS[integration.front ?? ''] ?? null,
    state: stateOf(session),
    unread: position.pending,
    newestLine: command ? null : lastLine(session),
  }
}

/** Changes when what is told of a session at a glance does, apart from how long ago it was and what was printed. */
export function glanceKey(session: Session): string {
  const { state, front } = session.integration
  const { newest } = state
  const command = newest && ('durationMs' in newest ? newest.exitCode : 'runs')
  return JSON.stringify([session.running, stateOf(session), newest?.startedAt, command, WAITS[front ?? '']])
}

function newestCommand({ integration }: Session): Glance['command'] {
  const command = integration.state.newest
  if (!command) return null
  const { startedAt } = command
  const line = command.line === null ? null : shownLine(command.line)
  const now = performance.now()
  if (!('durationMs' in command))
    return { line, finished: false, exitCode: null, seconds: (now - startedAt) / 1000 }
  const seconds = (now - startedAt - command.durationMs) / 1000
  return { line, finished: true, exitCode: command.exitCode, seconds }
}

function stateOf({ integration, usable, state }: Session): Glance['state'] {
  if (!usable && !integration.connected) return 'connecting'
  if (integration.state.ready) return 'prompt'
  return state.fullScreen ? 'full-screen' : 'other'
}
