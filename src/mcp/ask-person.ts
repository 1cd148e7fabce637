import { randomUUID } from 'node:crypto'
import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { QuestionPages } from '../connection/question-page.js'
import type { AskedQuestion, Asker } from '../connection/questions.js'

/**
 * The way to the person at an MCP client: URL-mode elicitation, with a page of ours behind the link. Never the
 * form mode, whose answers pass through the client.
 * @param call the request that it is asked for, on whose stream it goes where each has one of its own
 * @returns null where the client does not offer it
 */
export function askerOf(server: Server, pages: QuestionPages, call: RequestId): Asker | null {
  if (!server.getClientCapabilities()?.elicitation?.url) return null
  return (question) => ask(server, pages, call, question)
}

async function ask(
  server: Server,
  pages: QuestionPages,
  call: RequestId,
  { kind, prompt, target, signal, onOpened }: AskedQuestion,
): Promise<string | null> {
  const client = server.getClientVersion()?.name ?? 'an MCP client'
  const withdrawn = new AbortController()
  const either = AbortSignal.any([signal, withdrawn.signal])
  const purpose = `${client} wants to connect to ${target}.`
  const { url, answer } = await pages.ask({ kind, prompt, target, purpose }, { signal: either, onOpened })
  const elicitationId = randomUUID()
  const message = `ssh asks something for ${target}. Open the page on this machine to answer; the answer goes to ssh alone.`
  // The SDK cancels also what was answered long ago; nobody is to hear that.
  const asking = new AbortController()
  const cancel = (): void => asking.abort(signal.reason)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  const asked = server.elicitInput(
    { mode: 'url', message, url, elicitationId },
    { signal: asking.signal, timeout: LONGEST_MS, relatedRequestId: call },
  )
  asked
    .finally(() => signal.removeEventListener('abort', cancel))
    .then(
      ({ action }) => action !== 'accept' && withdrawn.abort(),
      () => withdrawn.abort(),
    )
  const given = await answer
  await server
    .createElicitationCompletionNotifier(elicitationId, { relatedRequestId: call })()
    .catch(() => {})
  return given
}

/** The wait for an answer is bounded by the connection that is being made; this is only for the SDK. */
const LONGEST_MS = 3_600_000
