import { invalid } from '../common/errors.js'
import { checkedIdentityFile, checkedKnownHostsFile } from '../platform/key-files.js'
import type { ConnectionOptions } from '../ssh/argv.js'
import type { ShellStart } from '../ssh/remote-command.js'
import { parseTarget, type Target } from '../ssh/target.js'
import type { Caller } from './caller.js'
import type { ObserverMode } from './observer.js'

/** What a caller says of a connection, by the names of the tools' parameters. */
interface ConnectionArguments {
  target: string
  port?: number | undefined
  identity_file?: string | undefined
  known_hosts_file?: string | undefined
  strict_host_key_checking?: boolean | string | undefined
}

export interface SessionArguments extends ConnectionArguments {
  session_name?: string | undefined
  cwd?: string | undefined
  env?: Record<string, string> | undefined
  shell?: string | undefined
  cols?: number | undefined
  rows?: number | undefined
  observer_mode: ObserverMode
  auto_close: boolean
  durable: boolean
}

/** A session that is asked for, everything in it checked. */
export interface SessionRequest {
  target: Target
  connection: ConnectionOptions
  name: string | null
  shell: ShellStart
  /** null where the caller gave none. */
  cols: number | null
  rows: number | null
  observerMode: ObserverMode
  autoClose: boolean
}

/** @throws validation_error */
export function sessionRequest(args: SessionArguments, caller: Caller): SessionRequest {
  if (args.durable) throw invalid('durable sessions are not available in this version; leave durable out.')
  for (const [name, value] of Object.entries({ cwd: args.cwd, shell: args.shell, ...args.env })) {
    if (value?.includes('\0') || value?.isWellFormed() === false) {
      throw invalid(`${name} holds a NUL or half of a UTF-16 pair, which no remote shell takes.`)
    }
  }
  return {
    target: parseTarget(args.target.trim()),
    connection: connectionOptions(args, caller),
    name: args.session_name ?? null,
    shell: { cwd: args.cwd ?? null, env: args.env ?? {}, shell: args.shell ?? null },
    cols: args.cols ?? null,
    rows: args.rows ?? null,
    observerMode: args.observer_mode,
    autoClose: args.auto_close,
  }
}

/** The connection parameters as ssh gets them, files checked. */
function connectionOptions(args: ConnectionArguments, caller: Caller): ConnectionOptions {
  const { identity_file, known_hosts_file, strict_host_key_checking: strict } = args
  return {
    port: args.port ?? null,
    identityFile: identity_file === undefined ? null : checkedIdentityFile(identity_file, caller.cwd),
    knownHostsFile:
      known_hosts_file === undefined ? null : checkedKnownHostsFile(known_hosts_file, caller.cwd),
    strictHostKeyChecking: strict === undefined ? null : hostKeyChecking(strict, caller),
  }
}

function hostKeyChecking(given: boolean | string, { settings }: Caller): string {
  const value = given === true ? 'yes' : given === false || given === 'off' ? 'no' : String(given)
  if (value !== 'no' || settings.allowInsecureHostKeys) return value
  throw invalid(
    "strict_host_key_checking cannot be switched off here. Use 'accept-new' for a host not seen before, or let the " +
      'person who runs this server set SSH_MCP_ALLOW_INSECURE_HOST_KEYS=1.',
  )
}
