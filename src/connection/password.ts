import { allowsHost } from '../ssh/host-policy.js'
import type { Resolved } from '../ssh/resolved.js'
import { parseTarget, type Target } from '../ssh/target.js'
import type { Caller } from './caller.js'

/**
 * SSH_DEFAULT_PASSWORD, where it is meant for this target: SSH_DEFAULT_HOST, or a host on the list of allowed
 * hosts. Without a list, every other host would be one that an agent may have been talked into.
 */
export function passwordFor(
  target: Target,
  resolved: Resolved,
  { settings: { password, defaultHost, defaultPort }, policy }: Caller,
): string | null {
  if (password === null) return null
  // Behind another port of the same host may be anybody's server.
  if (defaultPort !== null && resolved.port !== String(defaultPort)) return null
  const names = [target.host, resolved.host]
  if (defaultHost !== null && names.includes(parseTarget(defaultHost).host)) return password
  return policy && allowsHost(policy, names) ? password : null
}
