import type { SshOption } from './option-table.js'
import { denied, shown } from './refusal.js'
import type { Target } from './target.js'
import { atLeast, type SshVersion } from './version.js'

export interface ScpArgs {
  /** All options of the connection, the server's own first: of an option given twice ssh takes the first. */
  options: readonly SshOption[]
  version: SshVersion
  direction: 'upload' | 'download'
  target: Target
  /** Absolute local paths, or remote ones, which are taken literally. */
  sources: readonly string[]
  destination: string
  recursive: boolean
  preserveTimes: boolean
}

/** How the other end is named to scp, sftp and rsync. */
interface Place {
  options: SshOption[]
  /** With the user in front, where that can be read back. */
  host: string
}

/**
 * The argument list of scp over the SFTP protocol, under which no shell reads remote names. Clients before
 * OpenSSH 8.7 do not speak it and are not supported: they would hand the names to the remote shell.
 * @throws policy_denied
 */
export function scpArgv(copy: ScpArgs): string[] {
  const { options, version, target, recursive, preserveTimes } = copy
  const place = placeOf(target)
  return [
    '-q',
    // From 9.0 on it is the default.
    ...(atLeast(version, 8, 7) && !atLeast(version, 9, 0) ? ['-s'] : []),
    ...optionArgv([...options, ...place.options]),
    ...(recursive ? ['-r'] : []),
    ...(preserveTimes ? ['-p'] : []),
    '--',
    ...scpPaths(copy, place.host),
  ]
}

function scpPaths({ direction, sources, destination }: ScpArgs, host: string): string[] {
  if (sources.length === 0) throw denied('a copy without a source', 'scp needs one')
  if (direction === 'upload')
    return [...sources.map(checkedLocalPath), `${host}:${checkedRemotePath(destination)}`]
  const remote = sources.map((path) => `${host}:${remoteLiteral(checkedRemotePath(path))}`)
  return [...remote, checkedLocalPath(destination)]
}

/** The argument list of an sftp that reads its commands from standard input. @throws policy_denied */
export function sftpArgv({ options, target }: Pick<ScpArgs, 'options' | 'target'>): string[] {
  const place = placeOf(target)
  return ['-q', ...optionArgv([...options, ...place.options]), '--', place.host]
}

/** Options as arguments of ssh, scp or sftp. */
export const optionArgv = (options: readonly SshOption[]): string[] =>
  options.flatMap(([keyword, value]) => ['-o', `${keyword}=${value}`])

/** A local path that no program takes for an option or for `host:path`. @throws policy_denied */
export function checkedLocalPath(path: string): string {
  if (!path.startsWith('/')) throw denied(`the local path ${shown(path)}`, 'it is not absolute')
  if (path.includes('\0')) throw denied(`the local path ${shown(path)}`, 'it holds a NUL')
  return path
}

/**
 * A remote path that is no option behind `host:`, and with that is no address such as `host::module` or
 * `rsync://module` (of a host with that name), which would go past ssh. @throws policy_denied
 */
export function checkedRemotePath(path: string): string {
  if (path === '') throw denied('an empty remote path', 'it would mean the home directory', 'the path "."')
  if (path.includes('\0')) throw denied(`the remote path ${shown(path)}`, 'it holds a NUL')
  return /^[-:]/.test(path) ? `./${path}` : path.replace(/^\/+/, '/')
}

/** A remote path for scp's download, which would read `*`, `?` and `[` as a pattern. */
export const remoteLiteral = (path: string): string => path.replace(/[\\*?[\]]/g, '\\$&')

/** A host as it stands before `:path`. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** The user goes before the host, for ssh expands `%` in an option's value, or else into an option. */
function placeOf({ host, user, port }: Target): Place {
  const options: SshOption[] = port === null ? [] : [['Port', String(port)]]
  if (user === null) return { options, host: bracketed(host) }
  // scp and sftp would cut the name at a colon or slash, and some of their versions refuse #.
  if (!/[:/#]/.test(user)) return { options, host: `${user}@${bracketed(host)}` }
  if (user.includes('%'))
    throw denied(
      `the user ${shown(user)}`,
      'scp cannot be given such a name',
      'a host of your ssh configuration',
    )
  const quoted: SshOption = ['User', `"${user.replaceAll('\\', '\\\\')}"`]
  return { options: [quoted, ...options], host: bracketed(host) }
}
