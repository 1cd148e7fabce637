import { CommandError, commandLine } from './arguments.js'
import { callDaemon } from './daemon-client.js'

/** Ends a session. */
export async function stop(args: string[]): Promise<void> {
  const { values, positionals } = commandLine(args, { force: { type: 'boolean' } }, 1)
  const facts = await callDaemon('ssh_stop_session', {
    session_id: positionals[0],
    force: values.force ?? false,
    max_output_chars: 1,
    format: 'raw',
  })
  if (!facts) throw new CommandError('no daemon is running, so no session is either.')
  const what = facts.was_running ? 'stopped' : `had ended before (${facts.exit_reason})`
  process.stdout.write(`${facts.session_name ?? facts.session_id} on ${facts.target}: ${what}\n`)
}
