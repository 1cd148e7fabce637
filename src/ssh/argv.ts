import type { Target } from './target.js'
import { atLeast, type SshVersion } from './version.js'

/** What a caller may say about a connection beyond its target. */
export interface ConnectionOptions {
  port: number | null
  identityFile: string | null
  knownHostsFile: string | null
  strictHostKeyChecking: string | null
}

export interface SessionArgs {
  target: Target
  options: ConnectionOptions
  version: SshVersion
  controlPath: string
  connectSeconds: number
  /** The remote command, or null for the login shell. */
  command: string | null
}

/** The argument list of a session's ssh. Our own options stand first: of an option given twice ssh takes the first. */
export function sessionArgv(session: SessionArgs): string[] {
  const { target, options, command } = session
  return [
    '-tt',
    ...['-e', 'none'],
    ...ownOptions(session).flatMap((option) => ['-o', option]),
    ...connectionArgv(target, options),
    '--',
    target.host,
    ...(command === null ? [] : [command]),
  ]
}

function ownOptions({ version, controlPath, connectSeconds }: SessionArgs): string[] {
  return [
    // Each session is its own master, without persistence: a second channel on it costs no handshake.
    'ControlMaster=yes',
    `ControlPath=${quoted(controlPath)}`,
    'ControlPersist=no',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    `ConnectTimeout=${connectSeconds}`,
    ...harmless(version),
  ]
}

/** What a person's configuration may ask for that would break a session or act on their own machine. */
function harmless(version: SshVersion): string[] {
  return [
    'EscapeChar=none',
    'ClearAllForwardings=yes',
    'ForwardX11=no',
    'Tunnel=no',
    'PermitLocalCommand=no',
    'RemoteCommand=none',
    'UpdateHostKeys=no',
    // Named only where they exist: IgnoreUnknown would replace the person's own IgnoreUnknown.
    ...(atLeast(version, 8, 7) ? ['ForkAfterAuthentication=no', 'StdinNull=no'] : []),
    // Hides keystroke timing by sending every 20 ms, which an agent's latency pays for.
    ...(atLeast(version, 9, 5) ? ['ObscureKeystrokeTiming=no'] : []),
  ]
}

/** The caller's part: where to connect to and with what. Used for ssh itself and for `ssh -G`. */
export function connectionArgv(target: Target, options: ConnectionOptions): string[] {
  const port = options.port ?? target.port
  const { identityFile, knownHostsFile, strictHostKeyChecking } = options
  return [
    ...(port === null ? [] : ['-p', String(port)]),
    ...(target.user === null ? [] : ['-l', target.user]),
    ...(identityFile === null
      ? []
      : ['-o', `IdentityFile=${quoted(identityFile)}`, '-o', 'IdentitiesOnly=yes']),
    ...(knownHostsFile === null ? [] : ['-o', `UserKnownHostsFile=${quoted(knownHostsFile)}`]),
    ...(strictHostKeyChecking === null ? [] : ['-o', `StrictHostKeyChecking=${strictHostKeyChecking}`]),
  ]
}

/** A path as an option's value: in quotes, for blanks, and with ssh's own % expansion switched off. */
const quoted = (path: string): string => `"${path.replaceAll('%', '%%')}"`
