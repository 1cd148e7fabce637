import { invalid, ToolError } from '../common/errors.js'
import { checkedIdentityFile, checkedKnownHostsFile } from '../platform/key-files.js'
import type { ConnectionOptions } from '../ssh/argv.js'
import { parseExtraArgs } from '../ssh/extra-options.js'
import { parseTarget, type Target } from '../ssh/target.js'
import type { Caller } from './caller.js'

/** What a caller says of a connection, by the names of the tools' parameters. */
export interface ConnectionArguments {
  target?: string | undefined
  /** The user, where it is not part of the target. */
  user?: string | undefined
  port?: number | undefined
  identity_file?: string | undefined
  known_hosts_file?: string | undefined
  strict_host_key_checking?: boolean | string | undefined
  extra_ssh_args?: string[] | undefined
}

/** A connection that is asked for, everything in it checked. */
export interface ConnectionRequest {
  target: Target
  options: ConnectionOptions
}

/** @throws validation_error or policy_denied */
export function connectionRequest(args: ConnectionArguments, caller: Caller): ConnectionRequest {
  const typed = args.target?.trim() || caller.settings.defaultHost
  if (!typed) throw invalid("'target' is required: an alias of your ssh configuration, a host or user@host.")
  const { identity_file, known_hosts_file, strict_host_key_checking: strict } = args
  const options = {
    port: args.port ?? null,
    identityFile: identity_file === undefined ? null : checkedIdentityFile(identity_file, caller.cwd),
    knownHostsFile:
      known_hosts_file === undefined ? null : checkedKnownHostsFile(known_hosts_file, caller.cwd),
    ownKnownHosts: [],
    strictHostKeyChecking: strict === undefined ? null : hostKeyChecking(strict, caller),
    extra: parseExtraArgs(args.extra_ssh_args ?? []),
  }
  return { target: withUser(parseTarget(typed), args.user), options }
}

/** @throws validation_error if the target names another user */
function withUser(target: Target, user: string | undefined): Target {
  if (user === undefined) return target
  if (target.user !== null && target.user !== user)
    throw invalid(`user is ${JSON.stringify(user)}, but the target says otherwise.`)
  return parseTarget(`${user}@${target.host}`).user === user ? { ...target, user } : target
}

function hostKeyChecking(given: boolean | string, { settings }: Caller): string {
  const value = given === true ? 'yes' : given === false || given === 'off' ? 'no' : String(given)
  if (value !== 'no') return value
  // ssh's own `no` takes a key that has changed without a word; that is never done here.
  if (settings.allowInsecureHostKeys) return 'accept-new'
  throw new ToolError(
    'policy_denied',
    "strict_host_key_checking cannot be switched off here. Use 'accept-new' for a host not seen before, or let the " +
      'person who runs this server set SSH_MCP_ALLOW_INSECURE_HOST_KEYS=1.',
  )
}
