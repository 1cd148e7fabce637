import { z } from 'zod'
import { stopSession as stop } from '../../session/stop.js'
import { knownAfter } from '../brief.js'
import { deadlines, format, maxOutputChars, sessionId, waitSeconds } from '../parameters.js'
import { defineTool } from '../tool.js'
import { takeUnread } from '../unread.js'

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
    const { text, facts } = await takeUnread(session, args, call)
    return {
      text,
      facts: { ...facts, was_running: wasRunning, termination_signal: signal },
      structuredOnly: knownAfter(null).filter((name) => name !== 'transcript_path'),
    }
  },
})
