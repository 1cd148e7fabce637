import { setTimeout as pause } from 'node:timers/promises'
import { invalid } from '../common/errors.js'
import { isIncomplete } from '../shell/incomplete.js'
import { type Sending, sendingOf } from '../shell/sending.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import type { Condition } from './conditions.js'
import { exitedError } from './exchange.js'
import type { Session } from './session.js'
import type { ReportingShell } from './shell-state.js'
import { startWait } from './waiting.js'

/** Largest command text, in bytes; more belongs in a file. */
const MAX_TEXT_BYTES = 256 * 1024
/** How long a shell that has answered may take to ask for what it was told to read, and a silent line, in milliseconds. */
const INVITATION_MS = 5000
const STALLED_MS = 120_000
/** How often Ctrl-C is repeated, and how long: shells lose one that comes while they prepare to read. */
const INTERRUPT_MS = 250
const INTERRUPTED_MS = 3000
/** ksh switches its terminal over a moment after its prompt, and says nothing of that. */
const KSH_MS = 5

/** What can be sent; `open` is a text that lacks its end, which this shell must not be given. */
export type Sendable = Exclude<Sending, { form: 'refused' }> | { form: 'open' }

const ANYBODY = new AbortController().signal

/** Whether a text has an open quote, here-document or block. */
export const lacksItsEnd = ({ kind }: ReportingShell, text: string): boolean =>
  isIncomplete(text, kind === 'fish' ? 'fish' : 'posix')

/** @throws validation_error for a text that the shell cannot be given */
export function sendingFor({ kind, traits, nonce }: ReportingShell, text: string, open: boolean): Sendable {
  if (text.trim() === '') throw invalid('command is empty.')
  if (!text.isWellFormed())
    throw invalid('command holds half of a UTF-16 pair (a lone surrogate), which is no text.')
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_TEXT_BYTES)
    throw invalid(
      `command has ${bytes} bytes, over the limit of ${MAX_TEXT_BYTES}. Send it as a file and run that.`,
    )
  if (open && !asksOnce(kind, text)) return { form: 'open' }
  const sending = sendingOf(kind, traits, text, nonce, open)
  if (sending.form === 'refused' && open && !text.includes('\0')) return { form: 'open' }
  if (sending.form === 'refused') throw invalid(`${sending.why} Nothing was run.`)
  return sending
}

/** Whether the shell takes a text as one and then asks for its rest; others would run its first lines by themselves. */
const asksOnce = (kind: ReportingShell['kind'], text: string): boolean =>
  kind === 'bash' || kind === 'zsh' || ((kind === 'dash' || kind === 'ash') && !text.trimEnd().includes('\n'))

/**
 * Sends all of a command, whoever waits for it: a shell that was told to read would wait for the rest for ever.
 * @returns where the stream stood; null if the shell does not know how to read it any more
 */
export async function sendCommand(
  session: Session,
  shell: ReportingShell,
  sending: Exclude<Sendable, { form: 'open' }>,
): Promise<Checkpoint | null> {
  if (shell.kind === 'ksh') await pause(KSH_MS)
  const { integration } = session
  const { offset, units } = session.state
  const sent = { offset, units }
  const { invitations } = integration
  const [first, payload] = sending.form === 'typed' ? [sending.bytes, null] : [sending.line, sending.payload]
  const began = performance.now()
  session.input.send(Buffer.from(first), false, () => {})
  if (payload === null) return sent
  const end = await startWait(session, invited(session, invitations), {
    deadline: performance.now() + STALLED_MS,
    signal: ANYBODY,
  }).end
  if (end === 'exit') throw exitedError(session)
  if (end === 'output') {
    await feed(session, payload, 2 * (performance.now() - began) + ECHO_SILENCE_MS)
    return sent
  }
  if (end !== 'prompt') await interruptUntil(session, () => integration.state.ready)
  integration.distrust()
  return null
}

/**
 * Sends a text that a shell reads. A terminal may put off the echo of much at once until behind what the command
 * prints; so the last line waits for the echo of those before. But input may
 * stay on its way until more comes, and there may be no echo: after `silenceMs` without any it is sent all the same.
 */
async function feed(session: Session, payload: string, silenceMs: number): Promise<void> {
  const cut = payload.length > AT_ONCE ? payload.lastIndexOf('\n', payload.length - 2) + 1 : 0
  if (cut > 0) {
    const lines = payload.slice(0, cut)
    const until = session.state.offset + Buffer.byteLength(lines) + lines.split('\n').length - 1
    session.input.send(Buffer.from(lines), false, () => {})
    await startWait(session, echoed(session, until, silenceMs), {
      deadline: performance.now() + INVITATION_MS,
      signal: ANYBODY,
    }).end
  }
  session.input.send(Buffer.from(payload.slice(cut)), false, () => {})
}

function echoed(session: Session, until: number, silenceMs: number): Condition {
  const began = performance.now()
  return {
    verdict: ({ outputAt, now }) => {
      if (session.state.offset >= until) return 'output'
      const left = Math.max(outputAt, began) + silenceMs - now
      return left <= 0 ? 'quiet' : left
    },
  }
}

/** Silence amid an echo that is no delay of the line, in milliseconds. */
const ECHO_SILENCE_MS = 200
/** Characters whose echo a terminal holds in its own buffer. */
const AT_ONCE = 1000

/** The shell asks for its text; or it is at its prompt instead; or it has said something else, and then nothing. */
function invited({ integration, outputAt: before }: Session, invitations: number): Condition {
  return {
    verdict: ({ outputAt, now }) => {
      if (integration.invitations > invitations) return 'output'
      if (integration.state.ready) return 'prompt'
      if (outputAt === before) return null
      const left = outputAt + INVITATION_MS - now
      return left <= 0 ? 'quiet' : left
    },
  }
}

/** Sends Ctrl-C until it has worked, or has had time enough to. */
export async function interruptUntil(session: Session, done: () => boolean): Promise<void> {
  const began = performance.now()
  const deadline = began + INTERRUPTED_MS
  const { state } = session.integration
  const { prompts } = state
  let sent = 0
  while (!done() && session.running && performance.now() < deadline) {
    session.input.send(Buffer.from('\x03'), true, () => {})
    sent++
    const soon = Math.min(deadline, performance.now() + INTERRUPT_MS)
    const condition = { verdict: () => (done() ? ('prompt' as const) : null) }
    await startWait(session, condition, { deadline: soon, signal: ANYBODY }).end
  }
  if (sent < 2 || !done()) return
  // Each one too many makes a prompt of its own, which must not be taken for the next command's end.
  const settled = performance.now() + (performance.now() - began) + INTERRUPT_MS
  const all = { verdict: () => (state.prompts >= prompts + sent && state.ready ? ('prompt' as const) : null) }
  await startWait(session, all, { deadline: settled, signal: ANYBODY }).end
}
