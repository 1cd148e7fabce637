import { z } from 'zod'
import { exitedError, writeAndWait } from '../../session/exchange.js'
import { conditionAfterWrite } from '../../session/reading.js'
import { screenAfterWrite } from '../../session/screen-reading.js'
import { commandFacts, lastLine, shownLine } from '../../session/snapshot.js'
import { typedInput } from '../../session/typed-input.js'
import { knownAfter } from '../brief.js'
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
import { defineTool } from '../tool.js'
import { takeUnread } from '../unread.js'

const input = z.strictObject({
  session_id: sessionId,
  input: z.string().optional().describe('Sent as it is; end a line with \\n'),
  keys: z
    .array(z.string().min(1).max(40))
    .max(1000)
    .optional()
    .describe('tmux names, after input: C-c, Enter, Up, F5'),
  wait_seconds: waitSeconds(10),
  wait_for: waitFor,
  pattern,
  max_output_chars: maxOutputChars,
  format,
})

export const writeSession = defineTool({
  name: 'ssh_write_session',
  toolset: 'sessions',
  title: 'Type into SSH session',
  description:
    'Type into what runs: answers, a REPL, an editor, C-c. Returns what is unread and what follows, up to the prompt, a ' +
    'question or a silence (quiet: no proof of an end). bytes_written is told if it is not all; the rest is not sent.',
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
    const { text, facts } = await takeUnread(session, args, call)
    const command = commandFacts(session)
    return {
      text,
      facts: { ...facts, bytes_written: bytes, wait_ended_by: end, command },
      structuredOnly: [...knownAfter(end), ...saidByCaller(typed, bytes, command?.line)],
    }
  },
})

/** Facts that repeat what the caller typed: that all of it was taken, and which command that was. */
function saidByCaller(typed: string, taken: number, line: string | null | undefined): string[] {
  const whole = taken === Buffer.byteLength(typed)
  const own = line === shownLine(typed.trim())
  return [...(whole ? ['bytes_written'] : []), ...(own ? ['line'] : [])]
}
