import type { IncomingMessage } from 'node:http'
import type { Question } from './question-page.js'

/** Room for the longest answer with each byte escaped as three, and the form token. */
const MAX_BODY_BYTES = 8 * 1024
/** OpenSSH reads at most 1,023 bytes of an answer and drops the rest without a word. */
const MAX_ANSWER_BYTES = 1000

export const isForm = ({ headers }: IncomingMessage): boolean =>
  /^application\/x-www-form-urlencoded *(;|$)/i.test(headers['content-type'] ?? '')

/** @returns null if it is too long, or does not come to its end */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_BODY_BYTES) resolve(null)
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('close', () => resolve(null))
  })
}

/** What a form says, or why it is no answer that ssh could take. */
export function answerOf(
  kind: Question['kind'],
  form: URLSearchParams,
): { answer: string | null } | { problem: string } {
  const action = form.get('action')
  if (kind === 'secret' && action === 'decline') return { answer: null }
  if (kind === 'confirm' && (action === 'yes' || action === 'no')) return { answer: action }
  const answer = form.get('answer')
  if (kind === 'confirm' || action !== 'send' || answer === null)
    return { problem: 'Use one of the buttons.' }
  if (/[\0\r\n]/.test(answer)) return { problem: 'ssh takes a single line, without NUL.' }
  if (Buffer.byteLength(answer) > MAX_ANSWER_BYTES)
    return { problem: `ssh takes at most ${MAX_ANSWER_BYTES} bytes.` }
  return { answer }
}
