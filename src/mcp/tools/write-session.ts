import { z } from 'zod'
import { exitedError, writeAndWait } from '../../session/exchange.js'
import { conditionAfterWrite } from '../../session/reading.js'
import { screenAfterWrite } from '../../session/screen-reading.js'
import { commandFacts, lastLine, sessionFacts } from '../../session/snapshot.js'
import { typedInput } from '../../session/typed-input.js'
import { BRIEF } from '../brief.js'
import {
  deadlines,
  format,
  maxOutputChars,
  outputLimit,
  pattern,
  sessionId,
  waitFor,
  waitSeconds,
  wantedWait,
} from '../parameters.js'
import { sessionOutput } from '../session-output.js'
import { defineTool } from '../tool.js'

const input = z.strictObject({
  session_id: sessionId,
  input: z.string().optional().describe('Exactly these characters; end a command with \\n'),
  keys: z
    .array(z.string().min(1).max(40))
    .max(1000)
    .optional()
    .describe('tmux key names: C-c, Enter, Up, Escape, F5'),
  wait_seconds: waitSeconds(10, 'Longest wait for the answer'),
  wait_for: waitFor,
  pattern,
  max_output_chars: maxOutputChars,
  format,
})

export const writeSession = defineTool({
  name: 'ssh_write_session',
  toolset: 'sessions',
  title: 'Type into an SSH session',
  description:
    'Type text and/or keys (after the text) into a session and return what it prints, once it is at its prompt or has ' +
    'been quiet for 200 ms after an answer. wait_ended_by says which; quiet is no proof that a command is done. ' +
    'Output that was not read before comes first. bytes_written is what the other side took; the rest is not sent.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input,
  async run(args, call) {
    const session = call.session(args.session_id)
    const typed = typedInput(args.input, args.keys, session.state)
    const wanted = wantedWait(args.wait_for, args.pattern) ?? { kind: 'quiet' as const }
    if (!session.running) throw exitedError(session)
    const max = outputLimit(args.max_output_chars, call.caller)
    const { bytes, end } = await call.withProgress(
      () => lastLine(session),
      writeAndWait(session, {
        input: typed,
        condition: () =>
          args.format === 'screen'
            ? screenAfterWrite(session, wanted, typed)
            : conditionAfterWrite(session, wanted, typed, max),
        ...deadlines(args.wait_seconds, call.caller),
        signal: call.signal,
      }),
    )
    const { output, ...shown } = await sessionOutput(session, args.format, max, call)
    return {
      text: { output },
      facts: {
        ...sessionFacts(session),
        ...shown,
        bytes_written: bytes,
        wait_ended_by: end,
        command: commandFacts(session),
      },
      structuredOnly: BRIEF,
    }
  },
})
