/** The shells that can be armed. `ash` is busybox's; `ksh` is ksh93 and its kin. */
export type ShellKind = 'bash' | 'zsh' | 'fish' | 'dash' | 'ash' | 'ksh'

/** Names of executables; `sh` is taken for the plainest of them, whose forms every POSIX shell understands. */
const KINDS: ReadonlyMap<string, ShellKind> = new Map([
  ['bash', 'bash'],
  ['rbash', 'bash'],
  ['zsh', 'zsh'],
  ['rzsh', 'zsh'],
  ['fish', 'fish'],
  ['dash', 'dash'],
  ['sh', 'dash'],
  ['ash', 'ash'],
  ['busybox', 'ash'],
  ['ksh', 'ksh'],
  ['rksh', 'ksh'],
  ['mksh', 'ksh'],
  ['oksh', 'ksh'],
])

/** What stands behind a shell's name in that of its file: bash-5.2, zsh5, ksh93, busybox-static, bash (deleted). */
const VERSION = /(?:[-.]?\d[\w.+-]*|[-.](?:static|suid|extras))$/

/**
 * The kind of shell a process is, from its name (as in /proc/PID/comm, or `-bash`) and, where known, its
 * executable, which is believed first: what calls itself sh may be bash, dash or busybox.
 * @returns null for what is no shell that can be armed, such as tcsh or python
 */
export function shellKindOf(comm: string, exe: string | null): ShellKind | null {
  const byExe = exe === null ? null : kindOfName(exe)
  if (byExe === null) return exe === null ? kindOfName(comm) : null
  // One file is all of busybox: whether this process is its shell only the name tells.
  return byExe === 'ash' && !isAshName(comm) ? null : byExe
}

function kindOfName(path: string): ShellKind | null {
  const name = path
    .replace(/ \(deleted\)$/, '')
    .replace(/^.*\//, '')
    .replace(/^-/, '')
  return KINDS.get(name) ?? KINDS.get(name.replace(VERSION, '')) ?? null
}

const isAshName = (comm: string): boolean => {
  const kind = kindOfName(comm)
  return kind === 'ash' || kind === 'dash'
}
