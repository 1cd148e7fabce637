import {
  cut,
  find,
  lastLine,
  place,
  QUOTED,
  quote,
  quoteOf,
  type Said,
  shellQuoted,
  VIA,
} from './ssh-output.js'

export const nameUnknown = (said: Said): string =>
  `The host name ${find(said, /Could not resolve hostname (\S+):/) ?? said.target} could not be resolved: ` +
  `${quote(said)}. Check its spelling, or give an alias of the ssh configuration or an address.`

export const refused = (said: Said): string =>
  `${place(said)} refused the connection: no SSH server listens there. Check the port, and that sshd runs.`

export const silent = (said: Said): string =>
  `${place(said)} did not answer in time. ` +
  'Check the address and port, and whether it can be reached from here only through a VPN or a jump host.'

export const silentAsServer = (said: Said): string =>
  `${place(said)} took the connection but did not answer as an SSH server in time. ` +
  'Check that this port is that of SSH, and try once more: the host may be overloaded.'

export const noRoute = (said: Said): string =>
  `There is no way from here to ${place(said)}: ${quote(said)}. ` +
  'Check the address, and whether a VPN or a jump host is needed.'

export const jumpBlocked = (said: Said): string =>
  `The jump host could not connect on to ${said.target}; it said: ${quote(said, VIA)}. ` +
  'Check that the host and port can be reached from the jump host, and that it permits forwarding.'

export function jumpFailed(said: Said): string {
  const line = /^No \S+ host key is known for .*$/m.exec(said.text)?.[0] ?? lastLine(said, VIA)
  if (line === undefined) {
    return (
      `The connection to ${said.target} ended on its way through a jump host or proxy command, which said nothing. ` +
      'Connect to the jump host by itself, to see whether that works.'
    )
  }
  return (
    `The jump host or proxy command on the way to ${said.target} failed: "${cut(line, QUOTED)}". ` +
    'Connect to the jump host by itself first, and put right what fails there.'
  )
}

export function badConfiguration(said: Said): string {
  const path = find(said, /Bad owner or permissions on (.+)/)
  if (path) {
    return `ssh does not read ${path}, because others can write it or own it. Run: chmod 600 ${shellQuoted(path)}`
  }
  const line = quoteOf(said, /Bad configuration option|line \d+: |Can't open user config file/)
  return `ssh does not understand its own configuration: ${line}. Let a person correct that place.`
}

const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['key exchange method', 'KexAlgorithms'],
  ['host key type', 'HostKeyAlgorithms'],
  ['cipher', 'Ciphers'],
  ['MAC', 'MACs'],
])

export function kexMismatch(said: Said): string {
  const [, what = '', offer = ''] = /no matching (.+) found\. Their offer: ([\w@.,+-]*)/.exec(said.text) ?? []
  const offered = offer.split(',').filter((name) => !/^(?:kex-strict-|ext-info-)/.test(name))
  const option = OPTIONS.get(what) ?? 'the option for it'
  return (
    `This ssh and ${place(said)} have no ${cut(what, QUOTED)} in common; the server offers ` +
    `${cut(offered.join(','), QUOTED)}. It should be updated; until then a person can permit the old way for this ` +
    `host in ~/.ssh/config: ${option} +${cut(offered[0] ?? '', QUOTED)}`
  )
}

export const notSsh = (said: Said): string =>
  `What answers at ${place(said)} does not speak SSH 2. Check the port.`

export function connectionLost(said: Said): string {
  if (!/^Connection (?:closed|reset) by|^kex_exchange_identification/m.test(said.text)) {
    return `The connection to ${said.target} was lost: ${quote(said)}. Connect again.`
  }
  return (
    `${place(said)} took the connection and closed it before a login. Try again in a minute: it may be busy or ` +
    'starting; if that does not help, let its administrator see why in the log of sshd.'
  )
}
