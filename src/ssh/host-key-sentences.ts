import { cut, find, NAMED, type Said, shellQuoted } from './ssh-output.js'

export function keyChanged(said: Said): string {
  const host =
    find(said, /host key for '?([^\s']+)'? (?:has changed|differs)/i) ??
    find(said, /-R "(\S+)"/) ??
    said.target
  const [type, shows] = fingerprint(said)
  const offending = offendingIn(said.text)
  const record = offending ? `${cut(offending.path, NAMED)} line ${offending.line}` : 'known_hosts'
  const file = offending ? ` -f ${shellQuoted(cut(offending.path, NAMED))}` : ''
  return (
    `The host key of ${host} has CHANGED: it shows ${shows ? `${type} ${shows}` : 'another key'}, but on record ` +
    `(${record}) is ${said.known ?? 'another'}; this may be another machine or somebody in between. ` +
    'It is never overridden here: a person must check the new fingerprint with the administrator of the host and, ' +
    `only if it is right, run: ssh-keygen${file} -R ${shellQuoted(host)}`
  )
}

export function keyUnknown(all: Said): string {
  // Before this a jump host's key may have been taken, which must not pass for the one in question.
  const said = {
    ...all,
    text: all.text.split(/^(?:Warning: Permanently added|Failed to add the host) .*$/m).at(-1) ?? '',
  }
  const host = find(said, /key is known for (\S+)|authenticity of host '([^\s']+)/) ?? said.target
  const [type, shows] = fingerprint(said)
  return (
    `The host key of ${host} is not known here${shows ? `; its ${type} fingerprint is ${shows}` : ''}. ` +
    'Compare the fingerprint with one from a source you trust, then connect with strict_host_key_checking ' +
    '"accept-new", or open a session and answer the question there.'
  )
}

export const keyRevoked = (said: Said): string =>
  `The host key that ${find(said, /host key for (\S+) (?:is|was)/) ?? said.target} shows was revoked: somebody ` +
  'may be using a stolen key. This is never overridden here: let a person ask the administrator of the host.'

/** The file and line of the key on record that a changed one does not fit, by the cleaned lines of ssh. */
export function offendingIn(text: string): { path: string; line: number } | null {
  const found = [...text.matchAll(/^Offending (?:\S+ key|key for IP) in (.+):(\d+)$/gm)]
  const [, path, line] = found.at(-1) ?? []
  return path === undefined ? null : { path, line: Number(line) }
}

/** Type and fingerprint of the key that the host showed. */
function fingerprint({ text }: Said): [string, string | null] {
  const shown =
    /(?:fingerprint for the (\S+) key sent by the remote host is\s+|(\S+) key fingerprint is:? |Server host key: (\S+) )(\S+)/g
  const [, warned, asked, logged, print] = [...text.matchAll(shown)].at(-1) ?? []
  const type = warned ?? asked ?? logged ?? ''
  return [cut(type, NAMED), print === undefined ? null : cut(print.replace(/\.$/, ''), NAMED)]
}
