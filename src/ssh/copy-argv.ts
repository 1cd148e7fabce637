import { ridingOptions } from './argv.js'
import type { SshOption } from './option-table.js'
import { denied, shown } from './refusal.js'
import { atLeast, type SshVersion } from './version.js'

/** scp's ssh rides on a master, which knows user, port and all else. */
export interface ScpArgs {
  /** The ssh program. */
  ssh: string
  version: SshVersion
  /** The control socket of the master. */
  controlPath: string
  /** The target's host, to which only the master gives a meaning. */
  host: string
  direction: 'upload' | 'download'
  /** Absolute local paths, or remote ones; those are patterns, unless `remoteLiteral` keeps them from being it. */
  sources: readonly string[]
  destination: string
  recursive: boolean
  preserveTimes: boolean
}

/**
 * The argument list of scp over the SFTP protocol, under which no shell reads remote names. Clients before
 * OpenSSH 8.7 do not speak it and are not supported: they would hand the names to the remote shell.
 * @throws policy_denied
 */
export function scpArgv(copy: ScpArgs): string[] {
  const { ssh, version, host, recursive, preserveTimes } = copy
  return [
    // From 9.0 on it is the default.
    ...(atLeast(version, 8, 7) && !atLeast(version, 9, 0) ? ['-s'] : []),
    ...['-S', ssh],
    ...ridingOptions(copy).flatMap((option) => ['-o', option]),
    ...(recursive ? ['-r'] : []),
    ...(preserveTimes ? ['-p'] : []),
    '--',
    ...scpPaths(copy, bracketed(host)),
  ]
}

function scpPaths({ direction, sources, destination }: ScpArgs, host: string): string[] {
  if (sources.length === 0) throw denied('a copy without a source', 'scp needs one')
  // scp would read a tilde; whose home is meant was found out before.
  const there = (path: string): string => `${host}:${checkedRemotePath(path).replace(/^~/, './~')}`
  if (direction === 'upload') return [...sources.map(checkedLocalPath), there(destination)]
  return [...sources.map(there), checkedLocalPath(destination)]
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
