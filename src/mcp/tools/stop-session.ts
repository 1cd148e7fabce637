import { z } from 'zod'
import { readFrom } from '../../session/reading.js'
import { sessionFacts } from '../../session/snapshot.js'
import { stopSession as stop } from '../../session/stop.js'
import { BRIEF } from '../brief.js'
import { deadlines, format, maxOutputChars, outputLimit, sessionId, waitSeconds } from '../parameters.js'
import { defineTool } from '../tool.js'

const input = z.strictObject({
  session_id: sessionId,
  force: z.boolean().default(false),
  wait_seconds: waitSeconds(2),
  max_output_chars: maxOutputChars,
  format,
})

export const stopSession = defineTool({
  name: 'ssh_stop_session',
  toolset: 'sessions',
  title: 'Stop SSH session',
  description:
    'End a session and what runs in it (force: kill). Returns its last output; it stays readable for an hour.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input,
  async run(args, call) {
    const session = call.session(args.session_id)
    const { deadline } = deadlines(args.wait_seconds, call.caller)
    const { wasRunning, signal } = await stop(session, args.force, deadline - performance.now())
    const options = { format: args.format, max: outputLimit(args.max_output_chars, call.caller) }
    const { output, truncated } = await call.turns.run(() =>
      readFrom(session, session.position, options, call.signal),
    )
    return {
      text: { output },
      facts: { ...sessionFacts(session), truncated, was_running: wasRunning, termination_signal: signal },
      structuredOnly: BRIEF.filter((name) => name !== 'transcript_path'),
    }
  },
})
