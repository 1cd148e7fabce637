import { isIPv6 } from 'node:net'
import { invalid } from '../common/errors.js'

/** Where to connect to, taken apart and checked; nothing in it can be read as an option or by a shell. */
export interface Target {
  /** As the caller gave it; identity and messages use this. */
  typed: string
  host: string
  user: string | null
  port: number | null
}

/** Names, aliases and IPv4 addresses. Anything a shell or ssh's own %-expansion would read is left out. */
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/
/** Bastions take `user@target` and Windows `DOMAIN\user` as user names. */
const USER = /^[A-Za-z0-9_.+%=:/\\@#][A-Za-z0-9_.+%=:/\\@#-]*$/

/** Reads an alias, host, user@host, IPv6 address or ssh://[user@]host[:port]. @throws validation_error */
export function parseTarget(typed: string): Target {
  const url = /^ssh:\/\/([^/]*)\/?$/i.exec(typed)
  const rest = url ? (url[1] ?? '') : typed
  const at = rest.lastIndexOf('@')
  const user = at < 0 ? null : url ? percentDecoded(rest.slice(0, at)) : rest.slice(0, at)
  const place = at < 0 ? rest : rest.slice(at + 1)
  const { host, port } = url ? splitPort(place) : { host: unbracketed(place), port: null }
  if (user !== null && (!USER.test(user) || user.endsWith('\\'))) throw refusal(typed, 'its user name')
  if (!HOST.test(host) && !isZonedIPv6(host)) throw refusal(typed, 'its host name')
  return { typed, host, user, port }
}

function splitPort(place: string): { host: string; port: number | null } {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(place)
  if (!match) return { host: place, port: null }
  const port = match[2] === undefined ? null : Number(match[2])
  if (port !== null && (port < 1 || port > 65_535)) throw invalid(`Port ${port} is not between 1 and 65535.`)
  return { host: unbracketed(match[1] ?? ''), port }
}

/** In a URL, and only there, ssh reads %40 as an at sign. */
function percentDecoded(user: string): string {
  try {
    return decodeURIComponent(user)
  } catch {
    return ''
  }
}

const unbracketed = (host: string): string => /^\[(.*)\]$/.exec(host)?.[1] ?? host

const isZonedIPv6 = (host: string): boolean =>
  isIPv6(host.replace(/%[A-Za-z0-9_.-]+$/, '')) && !host.startsWith('-')

const refusal = (typed: string, part: string): Error =>
  invalid(
    `target ${JSON.stringify(typed.slice(0, 100))} is not usable: ${part} holds characters that are not allowed. ` +
      'Give an alias of your ssh configuration, a host, user@host, an IPv6 address or ssh://user@host:port.',
  )
