import { checkSize } from './extra-options.js'
import { denied, type Refusal, refusalOf, shown } from './refusal.js'

/** The short options that only choose what is copied and how it is shown; none of them takes a value. */
const LETTERS = /^[arlptgoEHxcuWSzvqhinmIOJRCPd]+$/

const FLAGS = new Set(
  (
    '8-bit-output append append-verify archive checksum compress cvs-exclude dirs dry-run ' +
    'executability existing fsync fuzzy group hard-links human-readable ignore-existing ' +
    'ignore-non-existing ignore-times inplace itemize-changes links mkpath munge-links no-D ' +
    'no-compress no-devices no-group no-links no-owner no-perms no-specials no-times ' +
    'no-whole-file numeric-ids omit-dir-times omit-link-times one-file-system owner partial perms ' +
    'preallocate progress prune-empty-dirs quiet recursive relative safe-links size-only sparse stats ' +
    'times update verbose whole-file'
  ).split(' '),
)

const DELETING = new Set(
  'del delete delete-after delete-before delete-delay delete-during delete-excluded'.split(' '),
)

/** Anything that can be shown; a lone `!` would take away the patterns before it, and a sign and a blank turn it round. */
const FILTER = /^(?!\s*!\s*$|\s*[+-][\s_])[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u
const SIZE = /^\d{1,15}(?:\.\d{1,6})?(?:[BKMGTP](?:i?B)?)?(?:[+-]1)?$/i
const WHOLE = /^\d{1,9}$/
const SIGNED = /^-?\d{1,9}$/
const WORDS = /^[a-z0-9]+(?:,[a-z0-9]+)*$/i
const CHMOD_PART = '[DF]?(?:[0-7]{3,4}|[ugoa]*[+=-][rwxXst]*)'

const VALUES: ReadonlyMap<string, RegExp> = new Map([
  ['exclude', FILTER],
  ['include', FILTER],
  ['bwlimit', SIZE],
  ['max-size', SIZE],
  ['min-size', SIZE],
  ['block-size', SIZE],
  ['timeout', WHOLE],
  ['stop-after', WHOLE],
  ['max-delete', WHOLE],
  ['modify-window', SIGNED],
  ['compress-level', SIGNED],
  ['compress-choice', WORDS],
  ['checksum-choice', WORDS],
  ['info', WORDS],
  ['chmod', new RegExp(`^${CHMOD_PART}(?:,${CHMOD_PART})*$`)],
  ['suffix', /^[A-Za-z0-9._~-]{1,50}$/],
])

const PROGRAM = 'it can run programs'
const FILES = 'it reads or writes local files of its own'
const LINKS = 'it copies what links point to, which may lie anywhere'
const EXCLUDE = 'the parameter exclude'
const SSH_ARGS = 'the parameter extra_ssh_args'

const REFUSALS: readonly Refusal[] = [
  [PROGRAM, '-e --rsh --blocking-io', SSH_ARGS],
  [PROGRAM, '--rsync-path -M --remote-option --daemon --config --server --sender --trust-sender --old-args'],
  [
    'it keeps files in a directory that a link may lead elsewhere',
    '--partial-dir --delay-updates',
    '--partial',
  ],
  ['what is protected is named as the paths are sent', '--no-relative --no-R'],
  [FILES, '--files-from --exclude-from --include-from --filter -f -F', EXCLUDE],
  [
    FILES,
    '--log-file --log-file-format --write-batch --only-write-batch --read-batch --temp-dir -T -b --backup',
  ],
  [FILES, '--backup-dir --compare-dest --copy-dest --link-dest --password-file --early-input'],
  ['it deletes', [...DELETING].map((name) => `--${name}`).join(' '), 'the parameter delete'],
  ['it deletes', '--delete-missing-args --remove-source-files --force --ignore-errors'],
  [LINKS, '-L --copy-links -k --copy-dirlinks -K --keep-dirlinks --copy-unsafe-links --insecure-links'],
  [
    'it copies more than files',
    '-D --devices --specials --copy-devices --write-devices -A --acls -X --xattrs',
  ],
  ['it changes who owns files', '--super --fake-super --copy-as --usermap --groupmap --chown'],
  ['ssh makes the connection', '--port', 'the parameter port'],
  ['ssh makes the connection', '-4 -6 --ipv4 --ipv6', SSH_ARGS],
  ['ssh makes the connection', '--address --sockopts --protocol', SSH_ARGS],
]

/**
 * Reads a caller's own options for rsync, each of which must be known to be harmless; a value that stands
 * apart is joined to its option. Those that delete at the destination need `delete`.
 * @throws policy_denied for anything else
 */
export function parseExtraRsyncArgs(args: readonly string[], allow: { delete: boolean }): string[] {
  checkSize('extra_rsync_args', args)
  const read: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const apart = arg.startsWith('--') && VALUES.has(arg.slice(2))
    if (apart && at + 1 === args.length) throw denied(named(arg), 'it must be followed by its value')
    read.push(checked(apart ? `${arg}=${args[++at]}` : arg, allow.delete))
  }
  return read
}

/** Patterns of what is left out, as options. @throws policy_denied */
export function excludeArgs(patterns: readonly string[]): string[] {
  const bad = patterns.find((pattern) => !FILTER.test(pattern))
  if (bad === undefined) return patterns.map((pattern) => `--exclude=${pattern}`)
  throw denied(
    `exclude: ${shown(bad)}`,
    'a pattern must hold something other than ! and nothing that cannot be shown, and must not begin with + or - and a blank',
  )
}

function checked(arg: string, mayDelete: boolean): string {
  if (!arg.startsWith('-') || arg === '-' || arg === '--')
    throw denied(named(arg), 'only options may be given; the paths have parameters of their own')
  if (!arg.startsWith('--')) return checkedCluster(arg)
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? []
  if (value === undefined && (FLAGS.has(name) || (mayDelete && DELETING.has(name)))) return arg
  const pattern = VALUES.get(name)
  if (pattern === undefined) throw refusalOf(REFUSALS, `--${name}`, named(`--${name}`))
  if (value !== undefined && pattern.test(value)) return arg
  throw denied(named(arg), 'its value is not of the form that is known to be harmless')
}

function checkedCluster(arg: string): string {
  if (LETTERS.test(arg.slice(1))) return arg
  const letter = [...arg.slice(1)].find((one) => !LETTERS.test(one)) ?? ''
  throw refusalOf(REFUSALS, `-${letter}`, named(`-${letter}`))
}

const named = (text: string): string => `extra_rsync_args: ${shown(text)}`
