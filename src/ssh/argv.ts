import type { SshOption } from './option-table.js'
import type { Target } from './target.js'
import { atLeast, type SshVersion } from './version.js'

/** What a caller may say about a connection beyond its target. */
export interface ConnectionOptions {
  port: number | null
  identityFile: string | null
  knownHostsFile: string | null
  /** The person's own files of host keys, which are asked behind that one. */
  ownKnownHosts: readonly string[]
  strictHostKeyChecking: string | null
  /** Further options, all of them known to be harmless. */
  extra: readonly SshOption[]
}

/** An ssh that makes a connection of its own. */
export interface ConnectArgs {
  target: Target
  options: ConnectionOptions
  version: SshVersion
  controlPath: string
  connectSeconds: number
  /** Whether a password is at hand, so that no key of the person's is to be tried. */
  password: boolean
  /** Whether nothing can be asked, so that ssh is not to try. */
  silent?: boolean
}

/**
 * The argument list of a session's ssh. Our own options stand first: of an option given twice ssh takes the first.
 * @param command the remote command, or null for the login shell
 */
export const sessionArgv = (session: ConnectArgs, command: string | null): string[] => [
  '-tt',
  ...connecting(session, ownSession(session.version)),
  ...destination(session.target, command),
]

/** The argument list of an ssh that only holds a connection, for others to open their channels on. */
export const masterArgv = (master: ConnectArgs): string[] => [
  ...['-N', '-T'],
  // Tells the server's version and how we were authenticated, on a terminal that nobody sees.
  ...connecting(master, ['LogLevel=DEBUG1']),
  ...destination(master.target, null),
]

/** An ssh that opens a channel on a master, and never makes a connection. */
export interface PassengerArgs extends Pick<ConnectArgs, 'target' | 'options' | 'version' | 'controlPath'> {
  terminal: boolean
  /** Whether the command is the name of a subsystem, such as sftp. */
  subsystem?: boolean
  /** Where ssh writes its own words. */
  log: string
}

export function passengerArgv(passenger: PassengerArgs, command: string): string[] {
  const own = ['LogLevel=DEBUG2', ...session(passenger), ...ridingOptions(passenger)]
  return [
    passenger.terminal ? '-tt' : '-T',
    ...['-e', 'none', '-E', passenger.log],
    ...own.flatMap((option) => ['-o', option]),
    ...connectionArgv(passenger.target, passenger.options),
    ...(passenger.subsystem && !atLeast(passenger.version, 8, 7) ? ['-s'] : []),
    ...destination(passenger.target, command),
  ]
}

/** As an option where there is one, for -s would contradict it. */
const session = ({ subsystem, version }: PassengerArgs): string[] =>
  subsystem && atLeast(version, 8, 7) ? ['SessionType=subsystem'] : ownSession(version)

/** Options, as `Keyword=value`, of an ssh that rides on a master, whoever starts it: scp and rsync start their own. */
export function ridingOptions({
  controlPath,
  version,
}: Pick<ConnectArgs, 'controlPath' | 'version'>): string[] {
  return [
    'ControlMaster=no',
    `ControlPath=${quoted(controlPath)}`,
    // Without its master ssh would connect by itself. A local address of the wrong family stops it at once.
    ...['ProxyCommand=none', 'AddressFamily=inet', 'BindAddress=::1', 'BatchMode=yes'],
    ...harmless(version),
  ]
}

function connecting(ssh: ConnectArgs, more: string[]): string[] {
  const own = [
    // Each is its own master, without persistence: a second channel on it costs no handshake, and it ends with us.
    'ControlMaster=yes',
    `ControlPath=${quoted(ssh.controlPath)}`,
    'ControlPersist=no',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    `ConnectTimeout=${ssh.connectSeconds}`,
    ...more,
    ...(ssh.password ? ['PubkeyAuthentication=no', 'NumberOfPasswordPrompts=1'] : []),
    ...(ssh.silent ? ['BatchMode=yes'] : []),
    ...harmless(ssh.version),
  ]
  return [
    ...['-e', 'none'],
    ...own.flatMap((option) => ['-o', option]),
    ...connectionArgv(ssh.target, ssh.options),
  ]
}

/** Named only where it exists: a person's configuration may ask for no session at all. */
export const ownSession = (version: SshVersion): string[] =>
  atLeast(version, 8, 7) ? ['SessionType=default'] : []

/** Behind `--`, so that neither host nor command can be read as an option. */
const destination = ({ host }: Target, command: string | null): string[] => [
  '--',
  host,
  ...(command === null ? [] : [command]),
]

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
  const { identityFile, knownHostsFile, ownKnownHosts, strictHostKeyChecking, extra } = options
  const knownHosts = [knownHostsFile ?? '', ...ownKnownHosts].map(quoted).join(' ')
  return [
    ...(port === null ? [] : ['-p', String(port)]),
    ...(target.user === null ? [] : ['-l', target.user]),
    ...(identityFile === null
      ? []
      : ['-o', `IdentityFile=${quoted(identityFile)}`, '-o', 'IdentitiesOnly=yes']),
    ...(knownHostsFile === null ? [] : ['-o', `UserKnownHostsFile=${knownHosts}`]),
    ...(strictHostKeyChecking === null ? [] : ['-o', `StrictHostKeyChecking=${strictHostKeyChecking}`]),
    ...extra.flatMap(([keyword, value]) => ['-o', `${keyword}=${value}`]),
  ]
}

/** A path as an option's value: in quotes, for blanks, and with ssh's own % expansion switched off. */
const quoted = (path: string): string => `"${path.replaceAll('%', '%%')}"`
