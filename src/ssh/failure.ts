import { offendingIn } from './host-key-sentences.js'
import { cut, linesOf, NAMED, quote, type Said } from './ssh-output.js'
import { FAILURES } from './ssh-words.js'

/** What ssh's output says of a connection that was not made, in words for the caller. */
export function connectionFailure(
  output: string,
  where: { target: string },
  knownFingerprint: string | null = null,
): { reason: string; message: string } {
  const text = linesOf(output).join('\n')
  const said: Said = {
    text,
    target: cut(where.target.replace(/\p{C}/gu, ''), NAMED),
    known: knownFingerprint,
  }
  const failure = FAILURES.find(({ words }) => words.test(text))
  if (failure) return { reason: failure.reason, message: failure.say(said) }
  const message =
    `ssh could not connect to ${said.target}; it said: ${quote(said)}. ` +
    `Let a person run ssh -v ${said.target} in a terminal of this machine, to see where it stops.`
  return { reason: 'ssh-error', message }
}

/** The key on record that a changed host key does not fit: its file and line. */
export const offendingKey = (output: string): { path: string; line: number } | null =>
  offendingIn(linesOf(output).join('\n'))
