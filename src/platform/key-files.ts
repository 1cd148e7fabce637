import { lstatSync, type Stats, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { invalid } from '../common/errors.js'

/** A private key's path, checked as ssh would: a regular file of our own, for nobody else. @throws validation_error */
export function checkedIdentityFile(given: string, cwd: string): string {
  const path = absolute('identity_file', given, cwd)
  const stat = statOf(path, statSync)
  if (!stat?.isFile())
    throw invalid(`identity_file ${path} is not a file that can be read. Give the path of a private key.`)
  if (stat.uid !== process.getuid?.())
    throw invalid(`identity_file ${path} belongs to another user. Use a key of your own.`)
  if (stat.mode & 0o077)
    throw invalid(`identity_file ${path} can be read by others. Run: chmod 600 '${path}'`)
  return path
}

/** A known_hosts file's path. ssh appends to it, so only files named like one will do. @throws validation_error */
export function checkedKnownHostsFile(given: string, cwd: string): string {
  const path = absolute('known_hosts_file', given, cwd)
  if (!basename(path).startsWith('known_hosts')) {
    throw invalid(`known_hosts_file ${path} must have a name that begins with known_hosts.`)
  }
  const stat = statOf(path, lstatSync)
  if (stat && !stat.isFile())
    throw invalid(`known_hosts_file ${path} is not a regular file (a link is not followed).`)
  if (!stat && !statOf(dirname(path), statSync)?.isDirectory()) {
    throw invalid(`known_hosts_file ${path} is in a directory that does not exist.`)
  }
  return path
}

function absolute(parameter: string, given: string, cwd: string): string {
  // ssh reads these in an option's value in its own way, so that it would use another file than the one checked.
  if (/["\\\p{Cc}]|\$\{/u.test(given))
    throw invalid(`${parameter} must not hold quotes, backslashes, \${ or control characters.`)
  if (given === '~' || given.startsWith('~/')) return join(userInfo().homedir, given.slice(1))
  return isAbsolute(given) ? given : resolve(cwd, given)
}

function statOf(path: string, stat: (path: string) => Stats): Stats | null {
  try {
    return stat(path)
  } catch {
    return null
  }
}
