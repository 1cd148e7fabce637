import { z } from 'zod'
import type { Ensured } from '../../session/ensure.js'
import { untilUsable } from '../../session/readiness.js'
import { sessionRequest } from '../../session/request.js'
import { lastLine, sessionFacts } from '../../session/snapshot.js'
import {
  connectionParameters,
  deadlines,
  environment,
  format,
  maxOutputChars,
  outputLimit,
  sessionName,
  waitSeconds,
} from '../parameters.js'
import { sessionOutput } from '../session-output.js'
import { type Call, defineTool, type Outcome } from '../tool.js'

/** What says which session is meant, and how a new one is to be. */
export const sessionInput = {
  ...connectionParameters,
  session_name: sessionName.optional().describe('Name to find the session again by, e.g. deploy-api'),
  cwd: z.string().min(1).max(4096).optional().describe('Remote directory to start in'),
  env: environment,
  shell: z.string().min(1).max(1024).optional().describe('Remote shell instead of the login shell'),
  cols: z.int().min(10).max(1000).optional(),
  rows: z.int().min(2).max(500).optional(),
  observer_mode: z.enum(['tmux', 'transcript']).default('tmux'),
  auto_close: z.boolean().default(false),
  durable: z.boolean().default(false),
  integration: z.boolean().default(true),
  wait_seconds: waitSeconds(10, 'Longest wait for the prompt'),
  max_output_chars: maxOutputChars,
  format,
}

const input = z.strictObject(sessionInput)

type Input = z.output<typeof input>

export const ensureSession = defineTool({
  name: 'ssh_ensure_session',
  toolset: 'sessions',
  title: 'Open or find an SSH session',
  description:
    'Open a persistent remote shell, or go on in the one already running for this target and session_name: it keeps ' +
    'its directory, variables and running programs, and outlives this client. Returns at the first usable prompt, with ' +
    'what was printed. If wait_ended_by is password_prompt or needs_input, ssh asks something: see the output. ' +
    'Exited sessions stay listed for an hour; transcripts stay on disk.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input,
  run: async (args, call) =>
    opened(await call.opener.ensure(sessionRequest(args, call.caller), call.caller), args, call),
})

export const startSession = defineTool({
  name: 'ssh_start_session',
  toolset: 'sessions',
  title: 'Start a new SSH session',
  description:
    'Like ssh_ensure_session, but always a new shell: an error if one of that target and session_name is running.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input,
  run: async (args, call) =>
    opened(await call.opener.start(sessionRequest(args, call.caller), call.caller), args, call),
})

async function opened({ session, created, matchedBy }: Ensured, args: Input, call: Call): Promise<Outcome> {
  const { deadline } = deadlines(args.wait_seconds, call.caller)
  const end = await call.withProgress(() => lastLine(session), untilUsable(session, deadline, call.signal))
  const max = outputLimit(args.max_output_chars, call.caller)
  const { output, ...shown } = await sessionOutput(session, args.format, max, call)
  return {
    text: { output },
    facts: {
      ...sessionFacts(session),
      ...shown,
      created,
      reused: !created,
      matched_by: matchedBy,
      wait_ended_by: end,
    },
  }
}
