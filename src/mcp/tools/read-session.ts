import { z } from 'zod'
import { invalid } from '../../common/errors.js'
import type { WaitEnd } from '../../session/conditions.js'
import { type Reading, ReadPosition } from '../../session/read-position.js'
import { conditionForRead, readFrom, type WaitFor } from '../../session/reading.js'
import { readTail } from '../../session/reading-tail.js'
import type { Session } from '../../session/session.js'
import { commandFacts, lastLine, sessionFacts } from '../../session/snapshot.js'
import { startWait } from '../../session/waiting.js'
import { knownAfter, unlessCut } from '../brief.js'
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
import { type Call, defineTool } from '../tool.js'
import { look } from './read-screen.js'

const input = z.strictObject({
  session_id: sessionId,
  wait_seconds: waitSeconds(10),
  wait_for: waitFor,
  pattern,
  offset: z.int().min(0).optional(),
  tail_lines: z.int().min(1).max(100_000).optional(),
  max_output_chars: maxOutputChars,
  format,
})

type Input = z.output<typeof input>

export const readSession = defineTool({
  name: 'ssh_read_session',
  toolset: 'sessions',
  title: 'Read SSH session',
  description:
    'Return output not read yet, at once or when some comes; wait_for waits on. offset (a byte of the transcript) and ' +
    'tail_lines look back, and take nothing.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input,
  async run(args, call) {
    const session = call.session(args.session_id)
    const wanted = wantedWait(args.wait_for, args.pattern)
    if (args.offset !== undefined && args.tail_lines !== undefined)
      throw invalid('Give offset or tail_lines, not both.')
    const max = outputLimit(args.max_output_chars, call.caller)
    const { format } = args
    const { reading, end } =
      format === 'screen'
        ? await look(session, args, wanted, max, call)
        : await read(session, { ...args, format }, wanted, max, call)
    const { output, truncated, pending, offset, next_offset } = reading
    const ownPlace = args.offset !== undefined || args.tail_lines !== undefined
    return {
      text: { output },
      facts: {
        ...sessionFacts(session),
        truncated,
        screen: 'screen' in reading ? reading.screen : null,
        pending_output_chars: pending,
        offset,
        next_offset,
        wait_ended_by: end,
        command: commandFacts(session),
      },
      structuredOnly: [...knownAfter(end), ...(ownPlace ? [] : unlessCut(truncated))],
    }
  },
})

async function read(
  session: Session,
  args: Input & { format: 'text' | 'raw' },
  wanted: WaitFor | null,
  max: number,
  call: Call,
): Promise<{ reading: Reading; end: WaitEnd | null }> {
  const options = { format: args.format, max }
  if (args.tail_lines !== undefined) {
    const end = wanted ? await waited(session, session.position, args, wanted, max, call) : null
    const lines = args.tail_lines
    return { reading: await call.turns.run(() => readTail(session, lines, options), call.signal), end }
  }
  const { recorder, position } = session
  const at = args.offset
  const from =
    at === undefined ? position : await call.turns.run(() => ReadPosition.at(recorder, at), call.signal)
  const end = await waited(session, from, args, wanted, max, call)
  return {
    reading: await call.turns.run(() => readFrom(session, from, options, call.signal), call.signal),
    end,
  }
}

async function waited(
  session: Session,
  from: ReadPosition,
  args: Input,
  wanted: WaitFor | null,
  max: number,
  call: Call,
): Promise<WaitEnd> {
  const { deadline } = deadlines(args.wait_seconds, call.caller)
  const condition = await conditionForRead(session, from, wanted, max)
  return call.withProgress(
    () => lastLine(session),
    startWait(session, condition, { deadline, signal: call.signal }).end,
  )
}
