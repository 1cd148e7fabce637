import { z } from 'zod'
import { sessionFacts } from '../../session/snapshot.js'
import { stopSession as stop } from '../../session/stop.js'
import { BRIEF } from '../brief.js'
import { deadlines, format, maxOutputChars, outputLimit, sessionId, waitSeconds } from '../parameters.js'
import { sessionOutput } from '../session-output.js'
import { defineTool } from '../tool.js'

const input = z.strictObject({
  session_id: sessionId,
  force: z.boolean().default(false).describe('Kill ssh at once instead of hanging up first'),
  wait_seconds: waitSeconds(2, 'Time to end before it is killed'),
  max_output_chars: maxOutputChars,
  format,
})

export const stopSession = defineTool({
  name: 'ssh_stop_session',
  toolset: 'sessions',
  title: 'Stop an SSH session',
  description:
    'End a session: hang up, kill after wait_seconds, close its tmux window. Programs in it get the hang-up too. ' +
    'Returns the last output. The transcript stays and can be read. Stopping an exited session is no error.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input,
  async run(args, call) {
    const session = call.session(args.session_id)
    const { deadline } = deadlines(args.wait_seconds, call.caller)
    const { wasRunning, signal } = await stop(session, args.force, deadline - performance.now())
    const max = outputLimit(args.max_output_chars, call.caller)
    const { output, ...shown } = await sessionOutput(session, args.format, max, call)
    return {
      text: { output },
      facts: { ...sessionFacts(session), ...shown, was_running: wasRunning, termination_signal: signal },
      structuredOnly: BRIEF.filter((name) => name !== 'transcript_path'),
    }
  },
})
