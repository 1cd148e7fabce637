import { z } from 'zod'
import type { Ensured } from '../../session/ensure.js'
import { untilUsable } from '../../session/readiness.js'
import { sessionRequest } from '../../session/request.js'
import { lastLine } from '../../session/snapshot.js'
import {
  connectionParameters,
  deadlines,
  environment,
  format,
  maxOutputChars,
  sessionName,
  waitSeconds,
} from '../parameters.js'
import { type Call, defineTool, type Outcome } from '../tool.js'
import { takeUnread } from '../unread.js'

/** What says which session is meant, and how a new one is to be. */
export const sessionInput = {
  ...connectionParameters,
  session_name: sessionName.optional().describe('To find it again, e.g. deploy-api'),
  cwd: z.string().min(1).max(4096).optional(),
  env: environment,
  shell: z.string().min(1).max(1024).optional(),
  cols: z.int().min(10).max(1000).optional(),
  rows: z.int().min(2).max(500).optional(),
  observer_mode: z.enum(['tmux', 'transcript']).default('tmux'),
  auto_close: z.boolean().default(false),
  durable: z.boolean().default(false),
  integration: z.boolean().default(true),
  wait_seconds: waitSeconds(10),
  max_output_chars: maxOutputChars,
  format,
}

const input = z.strictObject(sessionInput)

type Input = z.output<typeof input>

export const ensureSession = defineTool({
  name: 'ssh_ensure_session',
  toolset: 'sessions',
  title: 'Open SSH session',
  description:
    'Open a persistent remote shell, or find the one running for target and session_name; it outlives you. Returns at its ' +
    "prompt, or with ssh's question (wait_ended_by needs_input, password_prompt). ssh_run opens one too.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input,
  run: async (args, call) =>
    opened(await call.opener.ensure(sessionRequest(args, call.caller), call.caller), args, call),
})

export const startSession = defineTool({
  name: 'ssh_start_session',
  toolset: 'sessions',
  title: 'Start new SSH session',
  description: 'As ssh_ensure_session, but always a new shell; an error if it runs.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input,
  run: async (args, call) =>
    opened(await call.opener.start(sessionRequest(args, call.caller), call.caller), args, call),
})

async function opened({ session, created, matchedBy }: Ensured, args: Input, call: Call): Promise<Outcome> {
  const { deadline } = deadlines(args.wait_seconds, call.caller)
  const end = await call.withProgress(() => lastLine(session), untilUsable(session, deadline, call.signal))
  const { text, facts } = await takeUnread(session, args, call)
  return {
    text,
    facts: { ...facts, created, reused: !created, matched_by: matchedBy, wait_ended_by: end },
    structuredOnly: session.observer.facts.warning ? NEVER_ASKED : [...NEVER_ASKED, 'observer'],
  }
}

/** Facts of a session that say nothing when it is opened; how to watch it is in observer_command, in one line. */
const NEVER_ASKED = ['uptime_seconds', 'idle_seconds', 'transcript_size_bytes', 'tmux_session_name']
