import { invalid } from '../common/errors.js'
import { hopOfProxyCommand, parseHops } from '../ssh/hops.js'
import { allowsHost, type HostPolicy, policyDenied } from '../ssh/host-policy.js'
import type { Resolved } from '../ssh/resolved.js'
import { parseTarget, type Target } from '../ssh/target.js'

/** One host by the names it goes by: as it was typed, and as ssh resolves it. */
export type HostNames = readonly string[]

/** A jump host may itself be reached through another; deeper than this is nobody's configuration. */
const MAX_DEPTH = 8

/**
 * Checks the target and every hop that leads to it.
 * @param resolve what ssh's configuration makes of a hop
 * @returns the hosts, for a later check by another caller's policy @throws policy_denied
 */
export async function checkPolicy(
  target: Target,
  resolved: Resolved,
  policy: HostPolicy | null,
  resolve: (hop: Target) => Promise<Resolved>,
): Promise<HostNames[]> {
  const names = [target.host, resolved.host]
  checkHosts([names], policy)
  const hops = await hopsOf(resolved, policy, resolve, MAX_DEPTH)
  return [names, ...hops]
}

/** Whether all of these hosts may be reached. */
export const mayReach = (hosts: readonly HostNames[], policy: HostPolicy | null): boolean =>
  hosts.every((names) => allowsHost(policy, names))

/** @throws policy_denied for the first host that is not allowed */
export function checkHosts(hosts: readonly HostNames[], policy: HostPolicy | null): void {
  if (!policy) return
  const denied = hosts.find((names) => !allowsHost(policy, names))
  if (denied) throw policyDenied(policy, [...new Set(denied)].join(', that is '))
}

async function hopsOf(
  { proxyJump, proxyCommand }: Resolved,
  policy: HostPolicy | null,
  resolve: (hop: Target) => Promise<Resolved>,
  depth: number,
): Promise<HostNames[]> {
  if (depth === 0)
    throw invalid('More than eight jump hosts lead to each other; see ProxyJump in the ssh configuration.')
  const hops = proxyJump
    ? parseHops(proxyJump)
    : [{ host: hopOfProxyCommand(proxyCommand), user: null, port: null }]
  const all: HostNames[] = []
  for (const [index, { host, user, port }] of hops.entries()) {
    if (host === null) continue
    // What ssh alone can fill in, such as %h, is no host that could be looked up, or allowed.
    const way = isHost(host)
      ? { ...parseTarget(host), user, port: port === null ? null : Number(port) }
      : null
    const hop = way ? await resolve(way) : null
    const names = [host, ...(hop ? [hop.host] : [])]
    checkHosts([names], policy)
    all.push(names)
    // The hops behind the first are reached through those before them, whatever their own configuration says.
    if (hop && index === 0) all.push(...(await hopsOf(hop, policy, resolve, depth - 1)))
  }
  return all
}

function isHost(host: string): boolean {
  try {
    parseTarget(host)
    return true
  } catch {
    return false
  }
}
