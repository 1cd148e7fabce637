import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { ToolError } from '../common/errors.js'
import { CHILD_TIMEOUT_MS, RESOLVED_MS } from '../common/limits.js'
import { runChild } from '../platform/child.js'
import { statePaths } from '../platform/paths.js'
import { type ConnectionOptions, connectionArgv } from '../ssh/argv.js'
import { connectionFailure } from '../ssh/failure.js'
import { parseResolved, type Resolved } from '../ssh/resolved.js'
import type { Target } from '../ssh/target.js'
import type { Caller } from './caller.js'
import { defaultsFor } from './defaults.js'
import type { ConnectionRequest } from './options.js'
import { passwordFor } from './password.js'
import { checkPolicy, type HostNames } from './policy.js'
import { type SshClient, sshClient } from './ssh-client.js'

/** A connection that may be made: what was asked for, what the person's configuration makes of it, and with what. */
export interface Connection extends ConnectionRequest {
  ssh: SshClient
  resolved: Resolved
  /** Answers the target's question for a password; nobody else's. */
  password: string | null
  connectSeconds: number
  /** Where ssh is started: a ProxyCommand of the person's may depend on it. */
  cwd: string
  /** Every host on the way, each by its names. */
  hosts: HostNames[]
}

/** Resolves what is asked for and applies the caller's policy to it. @throws connection_failed or policy_denied */
export async function resolveConnection(request: ConnectionRequest, caller: Caller): Promise<Connection> {
  const ssh = await sshClient(caller)
  const strict = caller.policy !== null
  const resolve = (target: Target, options: ConnectionOptions): Promise<Resolved> =>
    resolveTarget(ssh, connectionArgv(target, options), target, strict)
  const asked = await withOwnKnownHosts(request, resolve)
  const plain = await resolve(asked.target, asked.options)
  const { target, options } = await defaultsFor(asked, plain, caller.settings, () => {
    const config = ['-F', statePaths(caller.env).fallbackConfig]
    return resolveTarget(
      ssh,
      [...config, ...connectionArgv(asked.target, asked.options)],
      asked.target,
      strict,
    )
  })
  const same = target === asked.target && options === asked.options
  const resolved = same ? plain : await resolve(target, options)
  const hosts = await checkPolicy(target, resolved, caller.policy, (hop) =>
    resolve(hop, { ...NO_OPTIONS, port: hop.port }),
  )
  const password = options.identityFile === null ? passwordFor(target, resolved, caller) : null
  const { connectSeconds } = caller.settings
  return { target, options, ssh, resolved, password, connectSeconds, cwd: caller.cwd, hosts }
}

/**
 * A caller's file of host keys stands before the person's own, never in their place: what they know of a host
 * cannot be made unknown, so that a changed key stays a changed one.
 */
async function withOwnKnownHosts(
  request: ConnectionRequest,
  resolve: (target: Target, options: ConnectionOptions) => Promise<Resolved>,
): Promise<ConnectionRequest> {
  const { target, options } = request
  if (options.knownHostsFile === null) return request
  const { knownHosts } = await resolve(target, { ...options, knownHostsFile: null })
  return { target, options: { ...options, ownKnownHosts: knownHosts } }
}

const NO_OPTIONS: ConnectionOptions = {
  port: null,
  identityFile: null,
  knownHostsFile: null,
  ownKnownHosts: [],
  strictHostKeyChecking: null,
  extra: [],
}

/** Only calls that agree in this may share a connection. */
export function sharingKey({ ssh, target, resolved, options, password }: Connection): string {
  const { SSH_AUTH_SOCK, KRB5CCNAME, HOME, PATH } = ssh.env
  // `ssh -G` leaves tokens such as %n in a key's or a proxy's path, and they may stand for the name that was typed.
  const typed = resolved.text.includes('%') ? target.host : null
  const parts = [
    ssh.program,
    typed,
    resolved.text,
    options.extra,
    password,
    SSH_AUTH_SOCK,
    KRB5CCNAME,
    HOME,
    PATH,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

const answers = new Map<string, { asked: number; stamp: string; resolved: Promise<Resolved> }>()

/**
 * What `ssh -G` makes of a target; asked again after a few seconds, and whenever a configuration file changed.
 * Where ssh cannot say, what was typed stands, and ssh will complain by itself; but not where a policy is to be
 * `strict`ly applied.
 */
async function resolveTarget(
  ssh: SshClient,
  options: string[],
  target: Target,
  strict: boolean,
): Promise<Resolved> {
  const args = ['-G', ...options, '--', target.host]
  const key = JSON.stringify([ssh.program, args, ssh.env, strict])
  const stamp = configurationStamp()
  const known = answers.get(key)
  if (known && known.stamp === stamp && performance.now() - known.asked < RESOLVED_MS) return known.resolved
  const resolved = askSsh(ssh, args, target, strict)
  for (const [old, { asked }] of answers) if (performance.now() - asked > RESOLVED_MS) answers.delete(old)
  answers.set(key, { asked: performance.now(), stamp, resolved })
  resolved.catch(() => answers.delete(key))
  return resolved
}

async function askSsh(ssh: SshClient, args: string[], target: Target, strict: boolean): Promise<Resolved> {
  const result = await runChild(ssh.program, args, { env: ssh.env, timeoutMs: CHILD_TIMEOUT_MS })
  if (result.code === 0) return parseResolved(result.stdout)
  if (!strict)
    return parseResolved(`user ${target.user ?? ''}\nhostname ${target.host}\nunresolved ${args.join(' ')}\n`)
  const why = connectionFailure(result.failure ?? result.stderr, { target: target.typed })
  throw new ToolError('connection_failed', why.message)
}

/** Changes when one of ssh's own configuration files does; those they include are believed for a few seconds. */
function configurationStamp(): string {
  const files = [join(userInfo().homedir, '.ssh/config'), '/etc/ssh/ssh_config']
  return files.map(stampOf).join()
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.mtimeMs}/${stat.size}/${stat.ino}` : '-'
}
