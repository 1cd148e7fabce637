/** What an rsync can do, by what `rsync --version` prints. */
export interface RsyncVersion {
  text: string
  /** Names can travel as they are (-s): from 3.0 on. */
  secluded: boolean
  /** It tells how far the whole is (--info=progress2): from 3.1 on. */
  progress: boolean
  /** It drops what the other side sends although it was excluded: from 3.2.5 on. */
  checksSender: boolean
}

/** @returns null for what is no rsync, such as openrsync, which has other options */
export function parseRsyncVersion(text: string): RsyncVersion | null {
  const [, version = '', ...numbers] = /^rsync\s+version v?((\d+)\.(\d+)(?:\.(\d+))?)/m.exec(text) ?? []
  if (version === '') return null
  const [major = 0, minor = 0, patch = 0] = numbers.map((number) => Number(number ?? 0))
  const atLeast = (a: number, b: number, c: number): boolean =>
    major !== a ? major > a : minor !== b ? minor > b : patch >= c
  return {
    text: version,
    secluded: atLeast(3, 0, 0),
    progress: atLeast(3, 1, 0),
    checksSender: atLeast(3, 2, 5),
  }
}

/** Why nothing was done, where the other side has no rsync that answers; null for other ends. */
export function remoteFailure(code: number | null, stderr: string, target: string): string | null {
  const silent = code === 12 && /connection unexpectedly closed \(0 bytes received so far\)/.test(stderr)
  if (code === 126 || code === 127 || (silent && !/: error while loading|Permission denied/.test(stderr)))
    return (
      `rsync did not start on ${target}; it is probably not installed there. Use ssh_scp, with recursive for a ` +
      'directory, or, where sftp is missing too, ssh_exec with stdin.'
    )
  if (code === 2 && /protocol version mismatch/.test(stderr))
    return (
      `What answered on ${target} is no rsync: its shell's start files print something, or it lets files be transferred ` +
      'by SFTP only. Let those be silent where there is no terminal, or use ssh_scp.'
    )
  return null
}

/** What to do about an rsync that ended with an error; null where nothing was wrong. */
export function rsyncAdvice(code: number | null, stderr: string): string | null {
  if (code === 0) return null
  if (/mkdir .* failed: No such file or directory/.test(stderr))
    return "The directory for the destination does not exist: make it first, or add '--mkpath' to extra_rsync_args."
  if (code === 23)
    return 'Some files were not copied: stderr says which. What is in the list may be among it; correct the cause and call again.'
  if (code === 24) return 'Some files vanished before they were copied. Call again if they matter.'
  if (code === 25) return 'Nothing more was deleted: the limit of --max-delete was reached.'
  return 'rsync ended early: stderr says why. The last of the list may not be complete; a further call goes on from there.'
}
