import { invalid, ToolError } from '../common/errors.js'
import { matchesGlob } from './glob.js'

interface Pattern {
  /** As the setting has it, for messages. */
  typed: string
  negated: boolean
  glob: string
}

/** The hosts a caller may reach, as ssh_config patterns; null or undefined in its place allows all. */
export type HostPolicy = readonly Pattern[]

const NAME = /^[a-z0-9_.+:-]+$/
const GLOB = /^[a-z0-9_.+*?-]+$/
/** With two colons at least, or a star that may stand for one: `host:22` is no host. */
const IPV6_GLOB = /^[0-9a-f*?]*:[0-9a-f*?]*[:*][0-9a-f:.*?]*$/
/** The spellings of IPv4 that resolvers take: up to four numbers, decimal, octal or hexadecimal. */
const NUMERIC = /^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}$/

/** Patterns shown in a refusal, in characters. */
const SHOWN = 300

/** Reads a comma-separated list of patterns; null, which allows all, if nothing is set. @throws validation_error */
export function parseHostPolicy(text: string | undefined): HostPolicy | null {
  if (!text?.trim()) return null
  const typed = text.split(',').map((part) => part.trim())
  const patterns = typed.filter((part) => part !== '').map(parsePattern)
  // Somebody meant to restrict something.
  if (patterns.length === 0)
    throw invalid('SSH_MCP_ALLOWED_HOSTS holds commas only. Name hosts, or unset it.')
  return patterns
}

function parsePattern(typed: string): Pattern {
  const negated = typed.startsWith('!')
  const glob = normalised(negated ? typed.slice(1) : typed)
  if (!GLOB.test(glob) && !IPV6_GLOB.test(glob)) {
    throw invalid(
      `SSH_MCP_ALLOWED_HOSTS has the pattern ${JSON.stringify(typed.slice(0, 100))}, which no host can match. ` +
        'Use names and addresses without user and port, with *, ? and a leading ! only.',
    )
  }
  return { typed, negated, glob }
}

/**
 * Whether a host with these names (as typed, as resolved) may be reached: one must match, and none a negated
 * pattern. Names are not looked up: `!127.0.0.1` stops every spelling of that address, but not `localhost`.
 */
export function allowsHost(policy: HostPolicy | null | undefined, names: readonly string[]): boolean {
  if (!policy) return true
  const hosts = names.map(normalised)
  // What holds something else, such as ssh's %h, leads to a host nobody knows here.
  if (!hosts.every((host) => NAME.test(host))) return false
  const matching = policy.filter(({ glob }) => hosts.some((host) => matchesGlob(glob, host)))
  return matching.length > 0 && matching.every(({ negated }) => !negated)
}

/** One form for all spellings that lead to the same place; what is no address stays a name. */
function normalised(name: string): string {
  const bare = name.toLowerCase().replace(/^\[([^\]]*)\]$/, '$1')
  const host = bare.endsWith('.') ? bare.slice(0, -1) : bare
  const address = host.includes(':')
    ? ipv6(host.replace(/%.*$/s, ''))
    : NUMERIC.test(host)
      ? urlHost(host)
      : null
  // A connection to the unspecified address goes to this machine.
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : (address ?? host)
}

function ipv6(text: string): string | null {
  const address = /^[0-9a-f:.]+$/.test(text) ? urlHost(`[${text}]`)?.slice(1, -1) : null
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address ?? '')
  if (!mapped) return address ?? null
  return mapped
    .slice(1)
    .map((part) => Number.parseInt(part, 16))
    .flatMap((part) => [part >> 8, part & 255])
    .join('.')
}

const urlHost = (text: string): string | null =>
  URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : null

/** The refusal of a host; `what` names it, such as `host db.example.com`. */
export function policyDenied(policy: HostPolicy, what: string): ToolError {
  return new ToolError(
    'policy_denied',
    `This server may not reach ${what.replace(/\p{C}/gu, '').slice(0, 300)}; allowed is what matches ${shown(policy)}. ` +
      'Use such a host, or ask the person who runs this server to widen SSH_MCP_ALLOWED_HOSTS.',
  )
}

function shown(policy: HostPolicy): string {
  const all = policy.map(({ typed }) => typed).join(',')
  return all.length <= SHOWN ? all : `${all.slice(0, SHOWN)}…`
}
