import { cut, find, place, QUOTED, quoteOf, type Said, shellQuoted } from './ssh-output.js'

export function authFailed(said: Said): string {
  const who = find(said, /^(\S+): Permission denied \(/m) ?? said.target
  const methods = cut([...said.text.matchAll(/Permission denied \(([\w,.@-]+)\)/g)].at(-1)?.[1] ?? '', QUOTED)
  const taken = `the server takes ${methods || 'no method that was left'}`
  if (/Permission denied, please try again/.test(said.text)) {
    return `${who} could not log in: the password was not right (${taken}). Let a person check it and the user name.`
  }
  return `${who} could not log in: ${taken}. ${nextMethod(methods)}`
}

function nextMethod(methods: string): string {
  const ways: string[] = []
  if (/publickey/.test(methods)) ways.push('the right key as identity_file or in ssh-agent')
  if (/password|keyboard-interactive/.test(methods)) {
    ways.push("a password by SSH_DEFAULT_PASSWORD in the client's configuration, or typed into a session")
  }
  return ways.length > 0 ? `Give ${ways.join('; or ')}.` : 'Ask its administrator which login it permits.'
}

export function tooMany(said: Said): string {
  if (/Permission denied, please try again/.test(said.text)) {
    return `${place(said)} ended the attempt after wrong passwords. Let a person check user name and password.`
  }
  return (
    `${place(said)} ended the attempt, because ssh offered too many keys before the right one. ` +
    'Give the right key as identity_file; then no others are offered.'
  )
}

export function keyPermissions(said: Said): string {
  const path = find(said, /Permissions \d+ for '(.+)' are|Load key "(.+)": bad/) ?? 'the key file'
  return `ssh did not use the key ${path}, because others can read it. Run: chmod 600 ${shellQuoted(path)}`
}

export const keyUnusable = (said: Said): string =>
  `No key was accepted, and one could not be used: ${quoteOf(said, /^Load key|identity/i)}. ` +
  'Give the path of a private key in a format that this ssh reads as identity_file.'

export function keyLocked(said: Said): string {
  const path = find(said, /passphrase for key '(.+)'|accepts key: (\S+)/) ?? 'a key'
  return (
    `The key ${path} is locked, and its passphrase was not given or is wrong. ` +
    `Let a person run ssh-add ${shellQuoted(path)}, or open a session and type the passphrase there.`
  )
}

export const agentRefused = (said: Said): string =>
  `The ssh-agent did not sign with the key: ${quoteOf(said, /signing failed/)}. ` +
  'Let a person confirm the use of the key or unlock the agent, or give another key as identity_file.'
