import { statePaths } from '../platform/paths.js'
import { commandLine } from './arguments.js'
import { callDaemon, type Facts } from './daemon-client.js'
import { recordsOnDisk } from './records.js'

/** Prints the sessions: of the daemon if it runs, else what is on disk of earlier ones. */
export async function list(args: string[]): Promise<void> {
  const { values } = commandLine(args, { json: { type: 'boolean' } })
  const held = await callDaemon('ssh_list_sessions', {})
  const sessions = held
    ? (held.sessions as Facts[])
    : recordsOnDisk(statePaths(process.env)).map(({ record }) => ({ ...record }))
  if (values.json)
    return void process.stdout.write(`${JSON.stringify({ count: sessions.length, sessions })}\n`)
  if (sessions.length === 0) return void process.stdout.write('No sessions.\n')
  const rows = sessions.map(rowOf)
  process.stdout.write(table([['NAME', 'ID', 'TARGET', 'STATE', 'UNREAD', 'LAST LINE'], ...rows]))
}

function rowOf(session: Facts): string[] {
  const state = session.running ? 'running' : String(session.exit_reason ?? 'lost')
  return [
    String(session.session_name ?? '-'),
    String(session.session_id),
    String(session.target),
    state,
    String(session.pending_output_chars ?? ''),
    // The line comes from a remote: nothing of it may act on this terminal.
    String(session.last_line ?? '')
      .replace(/\p{C}/gu, '')
      .slice(0, 60),
  ]
}

function table(rows: string[][]): string {
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
