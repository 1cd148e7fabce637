/** What ssh asks through its askpass interface, by the words it uses (sshconnect2.c, sshconnect.c, ssh-agent.c). */
export type PromptKind = 'password' | 'passphrase' | 'host-key' | 'notice' | 'other'

/** @param hint the value of SSH_ASKPASS_PROMPT: `none` where nothing is asked, as for the touch of a security key */
export function promptKind(prompt: string, hint: string): PromptKind {
  if (hint === 'none') return 'notice'
  if (/\(yes\/no/i.test(prompt)) return 'host-key'
  if (/^Enter passphrase for /i.test(prompt)) return 'passphrase'
  // A new password is somebody's to choose, and one for this time only is nothing that we have.
  if (/\b(?:new|retype|again|change|one[- ]time|otp)\b/i.test(prompt)) return 'other'
  return /password(?: for \S+)?:?\s*$/i.test(prompt) ? 'password' : 'other'
}

/** Whether ssh goes on to other keys, or says by itself what is wrong, when nobody answers. */
export const mayGoUnanswered = (kind: PromptKind): boolean => kind === 'passphrase' || kind === 'host-key'
