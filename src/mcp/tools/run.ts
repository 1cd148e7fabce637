import { z } from 'zod'
import { invalid } from '../../common/errors.js'
import type { Ensured } from '../../session/ensure.js'
import { untilUsable } from '../../session/readiness.js'
import { sessionRequest } from '../../session/request.js'
import { type Run, runCommand } from '../../session/run.js'
import { outputOfRun } from '../../session/run-output.js'
import { type RunScreen, screenOfRun } from '../../session/screen-run.js'
import type { Session } from '../../session/session.js'
import { lastLine, sessionFacts } from '../../session/snapshot.js'
import { BRIEF } from '../brief.js'
import { deadlines, type Format, outputLimit, sessionId } from '../parameters.js'
import { sessionOutput } from '../session-output.js'
import { type Call, defineTool, type Outcome } from '../tool.js'
import { sessionInput } from './ensure-session.js'

const { wait_seconds: _, ...ofSession } = sessionInput

const input = z.strictObject({
  session_id: sessionId
    .optional()
    .describe('Session id or name; or give target and session_name, as to ssh_ensure_session'),
  command: z.string().min(1).describe('Any text for that shell; may have many lines'),
  timeout_seconds: z.number().min(0).default(45).describe('Longest wait; the command goes on after it'),
  ...ofSession,
})

type Input = z.output<typeof input>

export const run = defineTool({
  name: 'ssh_run',
  toolset: 'sessions',
  title: 'Run a command in an SSH session',
  description:
    'Run a command in a persistent shell and return, as soon as it has ended, exactly what it printed, with exit_code and ' +
    'cwd; directory and variables stay. Opens the session if need be. If finished is false, wait_ended_by says why: timeout ' +
    '(it goes on: ssh_read_session with wait_for "prompt" gives the rest and its exit code), needs_input or password_prompt ' +
    '(ssh_write_session answers; a secret is for the person to type), incomplete_input (open quote; nothing more was run).',
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
async function notOpened(ensured: Ensured, end: string | null, args: Input, call: Call): Promise<Outcome> {
  const { session } = ensured
  const max = outputLimit(args.max_output_chars, call.caller)
  const { output, ...shown } = await sessionOutput(session, args.format, max, call)
  return {
    text: { output },
    facts: {
      ...sessionFacts(session),
      ...shown,
      created: ensured.created,
      reused: !ensured.created,
      finished: false,
      warning: 'The command was not run: the session shows no prompt yet.',
      wait_ended_by: end,
    },
    structuredOnly: BRIEF,
  }
}

async function outcome(ensured: Ensured, ran: Run, args: Input, call: Call): Promise<Outcome> {
  const { session } = ensured
  const max = outputLimit(args.max_output_chars, call.caller)
  const reading = await call.turns.run(() => readingOf(session, ran, args.format, max, call.signal))
  const { finished, skipped } = ran
  return {
    text: { output: reading.output },
    facts: {
      ...sessionFacts(session),
      truncated: reading.truncated,
      screen: reading.screen,
      pending_output_chars: reading.pending,
      created: ensured.created,
      reused: !ensured.created,
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
    structuredOnly: BRIEF,
  }
}

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
