import { userInfo } from 'node:os'
import type { ClientSettings } from '../common/settings.js'
import { UNSET_PORT, UNSET_USER } from '../platform/fallback-config.js'
import type { Resolved } from '../ssh/resolved.js'
import type { ConnectionRequest } from './options.js'

type Defaults = Pick<ClientSettings, 'defaultUser' | 'defaultPort'>

/**
 * SSH_DEFAULT_USER and SSH_DEFAULT_PORT, for a target that has none of its own: neither typed, nor given as an
 * option, nor in ssh's configuration.
 * @param resolved what ssh makes of the request @param fallback the same with marks for what nothing sets
 */
export async function defaultsFor(
  request: ConnectionRequest,
  resolved: Resolved,
  defaults: Defaults,
  fallback: () => Promise<Resolved>,
): Promise<ConnectionRequest> {
  const { user, port } = wanted(request, resolved, defaults)
  if (user === null && port === null) return request
  const marked = await fallback()
  const { target, options } = request
  return {
    target: user !== null && marked.user === UNSET_USER ? { ...target, user } : target,
    options: port !== null && marked.port === UNSET_PORT ? { ...options, port } : options,
  }
}

/** The defaults that may apply, as far as can be seen from what ssh falls back to. */
function wanted(
  { target, options }: ConnectionRequest,
  resolved: Resolved,
  defaults: Defaults,
): {
  user: string | null
  port: number | null
} {
  const given = (keyword: string): boolean => options.extra.some(([name]) => name === keyword)
  const noUser = target.user === null && !given('User') && resolved.user === userInfo().username
  const noPort = options.port === null && target.port === null && !given('Port') && resolved.port === '22'
  return { user: noUser ? defaults.defaultUser : null, port: noPort ? defaults.defaultPort : null }
}
