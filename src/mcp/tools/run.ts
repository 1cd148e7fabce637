import { z } from 'zod'
import { invalid } from '../../common/errors.js'
import type { WaitEnd } from '../../session/conditions.js'
import type { Ensured } from '../../session/ensure.js'
import { untilUsable } from '../../session/readiness.js'
import { sessionRequest } from '../../session/request.js'
import { type Run, runCommand } from '../../session/run.js'
import { outputOfRun } from '../../session/run-output.js'
import { type RunScreen, screenOfRun } from '../../session/screen-run.js'
import type { Session } from '../../session/session.js'
import { lastLine, sessionFacts } from '../../session/snapshot.js'
import { knownAfter, unlessCut } from '../brief.js'
import { deadlines, type Format, outputLimit, sessionId } from '../parameters.js'
import { type Call, defineTool, type Outcome } from '../tool.js'
import { takeUnread } from '../unread.js'
import { sessionInput } from './ensure-session.js'

const { wait_seconds: _, ...ofSession } = sessionInput

const input = z.strictObject({
  session_id: sessionId.optional(),
  command: z.string().min(1),
  timeout_seconds: z.number().min(0).default(45),
  ...ofSession,
})

type Input = z.output<typeof input>

export const run = defineTool({
  name: 'ssh_run',
  toolset: 'sessions',
  title: 'Run in SSH session',
  description:
    'The way to run commands: in a persistent shell (session_id; or target and session_name, opened if need be). Returns ' +
    'exactly its output, exit_code and cwd when it has ended; directory and variables stay. If finished is false, ' +
    'wait_ended_by says why: timeout (it still runs: ssh_read_session with wait_for prompt), needs_input ' +
    '(ssh_write_session), password_prompt (the person types it), incomplete_input (open quote, not run).',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input,
  async run(args, call) {
    const { deadline } = deadlines(args.timeout_seconds, call.caller)
    const ensured = await sessionFor(args, call)
    const { session } = ensured
    if (!session.usable && session.running) {
      const wait = untilUsable(session, deadline, call.signal)
      const end = await call.withProgress(() => lastLine(session), wait)
      if (!session.usable && session.integration.shell !== 'unknown')
        return notOpened(ensured, end, args, call)
    }
    const options = { text: args.command, deadline, signal: call.signal }
    const ran = await call.withProgress(() => lastLine(session), runCommand(session, options))
    return outcome(ensured, ran, args, call)
  },
})

async function sessionFor(args: Input, call: Call): Promise<Ensured> {
  if (args.session_id === undefined) return call.opener.ensure(sessionRequest(args, call.caller), call.caller)
  if (args.target !== undefined || args.session_name !== undefined)
    throw invalid('Give session_id, or target and session_name, not both.')
  return { session: call.session(args.session_id), created: false, matchedBy: null }
}

/** ssh asks something, or could not connect: nothing was run. */
async function notOpened(
  { session, created }: Ensured,
  end: WaitEnd | null,
  args: Input,
  call: Call,
): Promise<Outcome> {
  const { text, facts } = await takeUnread(session, args, call)
  const warning = 'The command was not run: the session shows no prompt yet.'
  return {
    text,
    facts: { ...facts, created, reused: !created, finished: false, warning, wait_ended_by: end },
    structuredOnly: knownAfter(end),
  }
}

async function outcome({ session, created }: Ensured, ran: Run, args: Input, call: Call): Promise<Outcome> {
  const max = outputLimit(args.max_output_chars, call.caller)
  const read = () => readingOf(session, ran, args.format, max, call.signal)
  // To count what is left out of a long output takes its time, and the connection's other calls need not wait for it.
  // Only the finished one is read from places of its own; the session's is for one call at a time.
  const short = ran.finished && max <= SHORT_CHARS ? await read() : null
  const reading = await call.turns.run(async () => short ?? (await read()), call.signal)
  const { finished, skipped } = ran
  return {
    text: { output: reading.output },
    facts: {
      ...sessionFacts(session),
      truncated: reading.truncated,
      screen: reading.screen,
      pending_output_chars: reading.pending,
      created,
      reused: !created,
      finished: finished !== null || ran.end === 'exit',
      exit_code: ran.end === 'exit' ? session.record.exit_code : (finished?.exitCode ?? null),
      cwd: finished?.cwd ?? null,
      duration_seconds: Math.round(ran.durationMs) / 1000,
      wait_ended_by: ran.end,
      offset: reading.offset,
      next_offset: reading.next_offset,
      skipped_output_chars: skipped?.chars ?? 0,
      skipped_offset: skipped?.offset ?? null,
    },
    structuredOnly: [...knownAfter(ran.end), ...unlessCut(reading.truncated)],
  }
}

/** Output that may wait for its turn in memory: one for each session at most, since it runs one command at a time. */
const SHORT_CHARS = 65_536

const readingOf = async (
  session: Session,
  ran: Run,
  format: Format,
  max: number,
  signal: AbortSignal,
): Promise<Omit<RunScreen, 'screen'> & { screen: RunScreen['screen'] | null }> =>
  format === 'screen'
    ? screenOfRun(session, ran, max, signal)
    : { ...(await outputOfRun(session, ran, { format, max }, signal)), screen: null }
