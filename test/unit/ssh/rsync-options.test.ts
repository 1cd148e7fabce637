import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import { excludeArgs, parseExtraRsyncArgs } from '../../../src/ssh/rsync-options.js'

const KEEP = { delete: false }

function refusal(args: readonly string[], allow = KEEP): ToolError | null {
  try {
    parseExtraRsyncArgs(args, allow)
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(ToolError)
    return error as ToolError
  }
}

function expectRefused(args: readonly string[], says = '', allow = { delete: true }): void {
  const error = refusal(args, allow)
  expect(error?.type, JSON.stringify(args)).toBe('policy_denied')
  expect(error?.message).toMatch(/^[ -~…]{20,400}$/)
  expect(error?.message).toContain(says)
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

const FLAGS = words(`
    --archive --recursive --links --perms --times --group --owner --executability --hard-links
  --one-file-system   --checksum --update --ignore-existing --existing --ignore-non-existing --size-only
  --ignore-times --whole-file   --no-whole-file --inplace --append --append-verify --sparse --preallocate
  --partial   --prune-empty-dirs --numeric-ids --omit-dir-times --omit-link-times
  --human-readable --stats --progress   --itemize-changes --verbose --quiet --compress --no-compress
  --safe-links --munge-links --no-links --no-perms   --no-times --no-owner --no-group --no-devices
  --no-specials --no-D --dirs --mkpath --fuzzy --fsync --dry-run   --8-bit-output --relative
  --cvs-exclude`)

const VALUES = words(`
    --exclude=*.log --exclude=/a/**/b[1]? --exclude=-x --include=*/ --include=ü --bwlimit=1.5m --bwlimit=100
  --timeout=30 --max-size=1.5GiB --max-size=1k+1 --min-size=10KB --max-delete=5 --modify-window=-1
  --modify-window=2 --compress-level=9 --compress-choice=zstd --checksum-choice=md5,none
  --chmod=Dg+s,ug+rX,F644   --chmod=D2755,F0644 --chmod=go= --info=progress2,name0
  --suffix=~ --suffix=.bak --block-size=128K
  --stop-after=60`)

const DELETING = words(
  '--del --delete --delete-before --delete-during --delete-delay --delete-after --delete-excluded',
)

const NEVER = words(`
    -e --rsh --rsync-path -M --remote-option --daemon --config --server --sender --files-from --exclude-from
  --include-from --filter -f -F --log-file --log-file-format --write-batch --only-write-batch --read-batch
  --temp-dir -T --backup-dir --compare-dest --copy-dest --link-dest --password-file --early-input --copy-as
  --remove-source-files -L --copy-links -k -K --copy-unsafe-links --copy-dirlinks --keep-dirlinks
  --insecure-links -D --devices --specials --copy-devices --write-devices --super --fake-super -A -X --acls
  --xattrs --old-args --trust-sender --debug --address --port --sockopts --protocol --iconv --usermap
  --groupmap   --chown --outbuf --stderr --blocking-io -b --backup -B -s --secluded-args --protect-args
  --no-secluded-args   --no-s --no-protect-args --delete-missing-args --force --ignore-errors --list-only
  --help --version -V -w -@   --confine-root --no-safe-links --no-chmod --copy-links --RSH --rs
  --open-noatime --atimes -U -N -y --skip-compress   --no-implied-dirs --no-dry-run --no-n --no-exclude
  --__proto__ --constructor -4 -6 --ipv4 --ipv6`)

describe('allowed options', () => {
  it.each([...FLAGS, ...VALUES])('%s', (arg) => {
    expect(parseExtraRsyncArgs([arg], KEEP)).toEqual([arg])
  })

  it.each([...'arlptgoEHxcuWSzvqhinmIOJRCPd'].map((letter) => `-${letter}`))('%s', (arg) => {
    expect(parseExtraRsyncArgs([arg, `-a${arg.slice(1)}v`], KEEP)).toEqual([arg, `-a${arg.slice(1)}v`])
  })

  it.each(DELETING)('%s, where deleting is asked for', (arg) => {
    expect(parseExtraRsyncArgs([arg], { delete: true })).toEqual([arg])
    expectRefused([arg], 'Use the parameter delete', KEEP)
  })

  it.each(VALUES.map((arg) => arg.split(/=(.*)/s) as [string, string]))('%s %s joined', (name, value) => {
    expect(parseExtraRsyncArgs(['-a', name, value, '-v'], KEEP)).toEqual(['-a', `${name}=${value}`, '-v'])
  })
})

describe('refused options', () => {
  it.each(NEVER)('%s', (arg) => {
    expectRefused([arg], arg)
    for (const args of [[arg, 'x'], [`${arg}=x`], ['-a', arg, 'x', '-v'], [`${arg}x`]]) expectRefused(args)
    if (!arg.startsWith('--'))
      for (const more of [`-a${arg.slice(1)}`, `-z${arg.slice(1)}x`]) expectRefused([more])
  })

  it.each([
    [['-ze', 'evil', '--']],
    [['-eevil']],
    [['-rsh=evil']],
    [['-f._file']],
    [['-archive']],
    [['--']],
    [['-a', '--']],
    [['-']],
    [['']],
    [['/etc/passwd']],
    [['host:/x']],
    [['-a', 'x']],
    [['-a v']],
    [['-a\n']],
    [['-v=1']],
    [[' -a']],
    [['--archive=1']],
    [['--delete=1']],
    [['--ARCHIVE']],
    [['--arch']],
    [['--exclude']],
    [['--exclude=']],
    [['--exclude', '']],
    [['-a', '--timeout']],
    [['--exclude=!']],
    [['--exclude=+ *']],
    [['--exclude', ' + /.config']],
    [['--include=- x']],
    [['--exclude=+_x']],
    [['--delay-updates']],
    [['--exclude', ' ! ']],
    [['--exclude=a\nb']],
    [['--exclude=a\0']],
    [['--exclude=a\u202eb']],
    [['--exclude=\ud800']],
    [['--timeout=-1']],
    [['--timeout=1;id']],
    [['--bwlimit=fast']],
    [['--max-size=1G\n']],
    [['--partial-dir=.rsync-partial']],
    [['--partial-dir', '.partial']],
    [['--no-relative']],
    [['-R', '--no-relative']],
    [['--no-R']],
    [['--partial-dir=/tmp']],
    [['--partial-dir=..']],
    [['--partial-dir=.rsync/../../x']],
    [['--partial-dir=.ssh']],
    [['--partial-dir=.git']],
    [['--suffix=/x']],
    [['--chmod=u+s;id']],
    [['--chmod=,']],
    [['--chmod=99']],
    [['--info=a b']],
    [['--block-size=']],
    [['--compress-choice=-x']],
    [['--log-file\n=x']],
  ])('%j', (args) => expectRefused(args))

  it.each([
    ['-e', 'Use the parameter extra_ssh_args'],
    ['--rsh=x', 'Use the parameter extra_ssh_args'],
    ['--exclude-from=x', 'Use the parameter exclude'],
    ['--filter=. x', 'Use the parameter exclude'],
    ['--port=1', 'Use the parameter port'],
  ])('%s, naming what to use', (arg, says) => expectRefused([arg], says))

  it('never shows the value of an option that is not allowed', () => {
    expect(refusal(['--password-file=/secret'])?.message).not.toContain('secret')
  })

  it('bounds the list and its elements', () => {
    expectRefused(
      Array.from({ length: 65 }, () => '-v'),
      'extra_rsync_args',
    )
    expectRefused([`--exclude=${'a'.repeat(4096)}`], 'extra_rsync_args')
  })
})

describe('excludeArgs', () => {
  it('gives each pattern as an option', () => {
    expect(excludeArgs(['*.o', '-x y', '-x'])).toEqual(['--exclude=*.o', '--exclude=-x y', '--exclude=-x'])
  })

  it.each(['', '!', ' ! ', 'a\nb', '\0', '\u001b[0m'])('refuses %j', (pattern) => {
    expect(() => excludeArgs(['a', pattern])).toThrow(expect.objectContaining({ type: 'policy_denied' }))
  })
})

/** What each argument that was let through must look like. */
const HARMLESS = [
  /^-[arlptgoEHxcuWSzvqhinmIOJRCPd]+$/,
  /^--[a-zD468-]+$/,
  /^--(?:in|ex)clude=[^\p{Cc}\p{Cf}\p{Cs}]+$/u,
  /^--[a-z-]+=[A-Za-z0-9.,+=~_-]+$/,
]

describe('whatever is given', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom(...'- -- = e a v z / . ! \n rsh delete exclude server x'.split(' ')), {
        maxLength: 5,
      })
      .map((parts) => parts.join('')),
    fc.constantFrom(...FLAGS, ...VALUES, ...NEVER, ...DELETING, '--exclude', '--timeout', '--', '5'),
  )

  it('is refused, or becomes arguments that are harmless and read as themselves', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.boolean(), (args, mayDelete) => {
        const allow = { delete: mayDelete }
        if (refusal(args, allow)) return expectRefused(args, '', allow)
        const read = parseExtraRsyncArgs(args, allow)
        for (const arg of read) {
          expect(
            HARMLESS.some((pattern) => pattern.test(arg)),
            arg,
          ).toBe(true)
          expect(NEVER).not.toContain(arg.split('=')[0])
          if (!mayDelete) expect(DELETING).not.toContain(arg)
        }
        expect(parseExtraRsyncArgs(read, allow)).toEqual(read)
      }),
      { numRuns: 2000 },
    )
  })
})
