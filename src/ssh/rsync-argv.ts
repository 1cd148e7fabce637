import { bracketed, checkedLocalPath, checkedRemotePath, remoteLiteral } from './copy-argv.js'
import { denied } from './refusal.js'
import { excludeArgs, parseExtraRsyncArgs } from './rsync-options.js'

export interface RsyncArgs {
  /** The words that start the ssh that rides on a master, without the host. */
  shell: readonly string[]
  host: string
  direction: 'upload' | 'download'
  /** The local one absolute. A slash at the end of a directory means what is in it. */
  source: string
  destination: string
  /** Whether the remote path goes as it stands, though the other side reads patterns; else it is escaped. */
  asItStands: boolean
  compress: boolean
  delete: boolean
  dryRun: boolean
  exclude: readonly string[]
  /** The caller's own options; checked here, once more if they were before. */
  extra: readonly string[]
  /** Filters that keep out what is protected, before the caller's own and behind them. */
  protection: { first: readonly string[]; last: readonly string[] }
  /** What each line of the list of changes begins with. */
  mark: string
  /** Whether this rsync can tell how far it is. */
  progress: boolean
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
    ...filters(copy),
    ...bounds(copy),
    // The size is a field of its own, before the name, which may look like anything. With %b, the bytes that were
    // sent, a line comes when its file is done, and not when it begins.
    `--out-format=${copy.mark} %i %l %b %n%L`,
    ...(copy.progress ? ['--info=progress2'] : []),
    ...['-e', copy.shell.map(rsyncQuoted).join(' ')],
    '--',
    ...paths(copy),
  ]
}

/** Of filters the first that fits counts. An include of the caller's must not open what the last ones close. */
function filters({ protection: { first, last }, exclude, ...copy }: RsyncArgs): string[] {
  const own = listed(parseExtraRsyncArgs(copy.extra, copy))
  const opens = own.some((arg) => arg.startsWith('--include'))
  return [...first, ...excludeArgs(exclude), ...(opens ? [...last, ...own] : [...own, ...last])]
}

/** Without what would keep the list of changes from being printed, for it is what is counted by. */
const listed = (args: string[]): string[] =>
  args
    .filter((arg) => arg !== '--quiet')
    .map((arg) => (arg.startsWith('--') ? arg : arg.replaceAll('q', '')))
    .filter((arg) => arg !== '-')

/** These come after the caller's, for an -a of theirs would bring back devices and owners. */
function bounds({ direction, asRoot }: RsyncArgs): string[] {
  const both = ['--no-devices', '--no-specials']
  if (direction === 'upload') return both
  return [...both, '--safe-links', '--chmod=ug-s', ...(asRoot ? ['--no-owner', '--no-group'] : [])]
}

/** rsync splits -e itself: at blanks, outside quotes of either kind, where a doubled quote is one quote. */
const rsyncQuoted = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`

function paths({ direction, host, source, destination, asItStands }: RsyncArgs): string[] {
  const there = (path: string): string =>
    `${bracketed(host)}:${asItStands ? remotePath(path) : rsyncLiteral(remotePath(path))}`
  return direction === 'upload'
    ? [checkedLocalPath(source), there(destination)]
    : [there(source), checkedLocalPath(destination)]
}

/** With -s nothing expands `~`, but relative paths begin at the home directory. @throws policy_denied */
export const remotePath = (path: string): string =>
  checkedRemotePath(path.replace(/^~\/*$/, './').replace(/^~\/+/, ''))

/** The remote rsync looks for patterns name by name; a backslash is a sign only in a name with another one. */
const rsyncLiteral = (path: string): string =>
  path
    .split('/')
    .map((name) => (isRemotePattern(name) ? remoteLiteral(name) : name))
    .join('/')

/** Whether the remote rsync, to which nothing tells names from patterns, would look for what fits. */
export const isRemotePattern = (path: string): boolean => /[*?[]/.test(path)

/** A name that is yet to be made cannot be written so that it is no pattern. */
export const ambiguous = (path: string) =>
  denied(
    `the remote path ${JSON.stringify(path)}`,
    'rsync would take it for a pattern, and something else there fits it',
    'ssh_scp, or make the directory first',
  )
