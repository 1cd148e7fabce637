import { invalid } from '../common/errors.js'
import { type ClientSettings, clientSettings } from '../common/settings.js'
import { type HostPolicy, parseHostPolicy } from '../ssh/host-policy.js'
import { parseTarget } from '../ssh/target.js'
import { findAgent } from './agent.js'

/** Whose call it is: the client's settings, environment and working directory hold for its own calls only. */
export interface Caller {
  settings: ClientSettings
  env: Readonly<Record<string, string>>
  cwd: string
  /** Which hosts it may reach; null for all. */
  policy: HostPolicy | null
}

/** @param env what the client told of its environment @throws validation_error that names the variable that is wrong */
export function callerOf(env: Readonly<Record<string, string>>, cwd: string): Caller {
  const settings = clientSettings(env)
  checkDefaultHost(settings.defaultHost)
  const policy = parseHostPolicy(settings.allowedHosts ?? undefined)
  const agent = env.SSH_AUTH_SOCK || findAgent(env)
  return { settings, env: agent ? { ...env, SSH_AUTH_SOCK: agent } : env, cwd, policy }
}

function checkDefaultHost(host: string | null): void {
  try {
    if (host !== null) parseTarget(host)
  } catch (error) {
    throw invalid(`SSH_DEFAULT_HOST cannot be used: ${(error as Error).message}`)
  }
}
