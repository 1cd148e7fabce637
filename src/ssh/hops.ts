import { parseTarget } from './target.js'

interface Hop {
  user: string | null
  host: string
  port: string | null
}

/** Takes apart what `ssh -G` prints as proxyjump. Tokens such as %h stay; no policy allows a host with one. */
export function parseHops(proxyJump: string): Hop[] {
  const hops = proxyJump.split(',').map((hop) => hop.trim())
  return hops.filter((hop) => hop !== '' && hop.toLowerCase() !== 'none').map(parseHop)
}

function parseHop(hop: string): Hop {
  const url = /^ssh:\/\/([^/]*)\/?$/i.exec(hop)
  const rest = url?.[1] ?? hop
  const at = rest.lastIndexOf('@')
  const place = rest.slice(at + 1)
  const [, host = place, port = null] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(place) ?? []
  const user = at < 0 ? null : rest.slice(0, at)
  return { user: url && user ? percentDecoded(user) : user, host: host.replace(/^\[(.*)\]$/, '$1'), port }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** ssh's options without and with a value; F, J and P are left out: with them the host is not the whole way. */
const FLAGS = /^[1246AaCfgKkMNnqsTtvXxYy]*$/
const VALUED = 'BbcDEeIiLlmopRSWw'
const DETOURS = /^\s*(?:hostname|proxy|canonical|include|tag)/i
const WORD = /[ \t]*(?:'([^']*)'|"([^"$`\\]*)"|([^\s'"$`\\;&|<>(){}#!]+))(?=[ \t]|$)/y

/** The host of `ssh … -W %h:%p … host`, with which people wrote jumps before ProxyJump; null if it is not that. */
export function hopOfProxyCommand(command: string): string | null {
  const [program = '', ...args] = shellWords(command.trim())
  const values = /^(?:\/.*\/)?ssh$/.test(program) ? parseArguments(args) : null
  if (values?.hosts.length !== 1 || !values.forwards.every((to) => to === '%h:%p' || to === '[%h]:%p'))
    return null
  if (values.forwards.length === 0) return null
  try {
    return parseTarget(values.hosts[0] ?? '').host
  } catch {
    return null
  }
}

/** The words of a command in which a shell would expand and run nothing; none of any other. */
function shellWords(command: string): string[] {
  const words: string[] = []
  WORD.lastIndex = 0
  while (WORD.lastIndex < command.length) {
    const match = WORD.exec(command)
    if (!match) return []
    words.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return words
}

function parseArguments(args: string[]): { hosts: string[]; forwards: string[] } | null {
  const hosts: string[] = []
  const forwards: string[] = []
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!/^-./.test(word)) {
      hosts.push(word)
      continue
    }
    const at = [...word].findIndex((letter, index) => index > 0 && VALUED.includes(letter))
    if (!FLAGS.test(word.slice(1, at < 0 ? undefined : at))) return null
    if (at < 0) continue
    const value = word.slice(at + 1) || rest.shift()
    if (value === undefined || (word[at] === 'o' && DETOURS.test(value))) return null
    if (word[at] === 'W') forwards.push(value)
  }
  return { hosts, forwards }
}
