import { bracketed, checkedLocalPath, checkedRemotePath, optionArgv, remoteLiteral } from './copy-argv.js'
import type { SshOption } from './option-table.js'
import { denied, shown } from './refusal.js'
import { excludeArgs, parseExtraRsyncArgs } from './rsync-options.js'
import type { Target } from './target.js'

export interface RsyncArgs {
  /** The ssh program. */
  ssh: string
  /** All options of the connection, the server's own first: of an option given twice ssh takes the first. */
  options: readonly SshOption[]
  direction: 'upload' | 'download'
  target: Target
  /** Absolute local paths, or remote ones, which are taken literally. */
  sources: readonly string[]
  destination: string
  compress: boolean
  delete: boolean
  dryRun: boolean
  exclude: readonly string[]
  /** The caller's own options; checked here, once more if they were before. */
  extra: readonly string[]
  /** Whether rsync would run as root here, and so could give files to anybody. */
  asRoot: boolean
}

/**
 * The argument list of rsync over ssh. Names travel as they are (-s), never through the remote shell.
 * @throws policy_denied
 */
export function rsyncArgv(copy: RsyncArgs): string[] {
  return [
    '-a',
    '-s',
    ...(copy.compress ? ['-z'] : []),
    ...(copy.delete ? ['--delete'] : []),
    ...(copy.dryRun ? ['--dry-run'] : []),
    ...excludeArgs(copy.exclude),
    ...parseExtraRsyncArgs(copy.extra, copy),
    ...bounds(copy),
    ...['-e', shellOf(copy)],
    '--',
    ...paths(copy),
  ]
}

/** These come after the caller's, for an -a of theirs would bring back devices and owners. */
function bounds({ direction, asRoot }: RsyncArgs): string[] {
  const both = ['--no-devices', '--no-specials']
  if (direction === 'upload') return both
  return [...both, '--safe-links', '--chmod=ug-s', ...(asRoot ? ['--no-owner', '--no-group'] : [])]
}

/** The user is given to ssh by -l, which takes any name as it is, and not as part of the remote path. */
function shellOf({ ssh, options, target: { user, port } }: RsyncArgs): string {
  const ofTarget: SshOption[] = port === null ? [] : [['Port', String(port)]]
  const words = [ssh, '-T', ...optionArgv([...options, ...ofTarget]), ...(user === null ? [] : ['-l', user])]
  return words.map(rsyncQuoted).join(' ')
}

/** rsync splits -e itself: at blanks, outside quotes of either kind, where a doubled quote is one quote. */
const rsyncQuoted = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`

function paths({ direction, target, sources, destination }: RsyncArgs): string[] {
  if (sources.length === 0) throw denied('a copy without a source', 'rsync needs one')
  const there = (path: string): string => `${bracketed(target.host)}:${path}`
  if (direction === 'upload') return [...sources.map(checkedLocalPath), there(remoteDestination(destination))]
  return [...sources.map((path) => there(rsyncLiteral(remotePath(path)))), checkedLocalPath(destination)]
}

/** With -s nothing expands `~`, but relative paths begin at the home directory. */
const remotePath = (path: string): string =>
  checkedRemotePath(path.replace(/^~\/*$/, './').replace(/^~\/+/, ''))

/** With -s the remote rsync reads patterns; a backslash is one of their signs only where there is another. */
const rsyncLiteral = (path: string): string => (isPattern(path) ? remoteLiteral(path) : path)

/** A name that is yet to be made cannot be written so that it is no pattern. */
function remoteDestination(path: string): string {
  if (!isPattern(path)) return remotePath(path)
  throw denied(
    `the remote path ${shown(path)}`,
    'rsync would take it for a pattern and may find another',
    'scp',
  )
}

const isPattern = (path: string): boolean => /[*?[]/.test(path)
