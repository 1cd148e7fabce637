import type { Modes } from './evidence.js'
import type { Front } from './evidence-processes.js'

/** Where a thread stands in the kernel, each empty where that may not be read. */
export interface Thread {
  /** Whether it is the process's first one. */
  main: boolean
  /** The kernel's function it sleeps in. */
  wchan: string
  /** `running`, or the number of the system call and its arguments. */
  syscall: string
}

/** An open descriptor of a process. */
interface Descriptor {
  number: number
  /** What it leads to: a path, or `socket:[…]`, `pipe:[…]`, `anon_inode:…`. */
  target: string
  writable: boolean
}

export interface MemberDetails {
  threads: Thread[]
  /** Empty where they may not be read; a program in front on a terminal has some. */
  descriptors: Descriptor[]
  exe: string | null
}

/** What was found out about the processes in front. */
export interface Details {
  /** The machine as `uname -m` names it. */
  machine: string
  /** Null where the terminal may not be opened. */
  modes: Modes | null
  /** By process. */
  members: ReadonlyMap<number, MemberDetails>
  /** The leader's command line; empty where it cannot be read. */
  args: string[]
  /** The leader's descriptors that lead to regular files. */
  files: ReadonlySet<number>
}

/** Threads looked at of each process: enough for one that waits among workers, and no more than 50 ms of reading. */
const MAX_THREADS = 64

/**
 * Prints what `parseDetails` reads. In POSIX sh, with tools that busybox has; few processes, for each takes a
 * millisecond there. The terminal is opened in a pipe, where no session leader can get it as its own.
 */
export function detailScript({ tty, members, group }: Front): string {
  const pids = members.map(({ pid }) => pid)
  const leader = pids[0] ?? group
  const paths = pids.map((pid) => `/proc/${pid}/exe /proc/${pid}/fd`)
  return `LC_ALL=C; export LC_ALL
echo "machine $(uname -m)"
stty -a <${tty} | sed 's/^/stty /'
for p in ${pids.join(' ')}; do
  n=0
  for t in /proc/$p/task/*; do
    n=$((n+1)); [ $n -gt ${MAX_THREADS} ] && break
    w=; s=
    read -r w <$t/wchan
    read -r s <$t/syscall
    echo "thread $p $\{t##*/} $\{w:--} $\{s:--}"
  done
done
for d in /proc/${leader}/fd/*; do [ -f "$d" ] && echo "file $\{d##*/}"; done
dd if=/proc/${leader}/cmdline bs=4096 count=1 | tr '\\n\\000' ' \\n' | sed 's/^/arg /'
echo listing
${paths.length > 0 ? `ls -n ${paths.join(' ')}` : ''}`
}

export function parseDetails(text: string): Details {
  const [facts = '', listing = ''] = text.split(/^listing\n/m, 2)
  const rest = (word: string): string[] =>
    [...facts.matchAll(new RegExp(`^${word} (.*)$`, 'gm'))].map(([, line = '']) => line)
  const members = new Map<number, MemberDetails>()
  const member = (pid: number): MemberDetails => {
    const known = members.get(pid) ?? { threads: [], descriptors: [], exe: null }
    members.set(pid, known)
    return known
  }
  for (const line of rest('thread')) takeThread(line, member)
  takeListing(listing, member)
  return {
    machine: rest('machine')[0] ?? '',
    modes: modesOf(rest('stty').join(' ')),
    members,
    args: rest('arg'),
    files: new Set(rest('file').map(Number)),
  }
}

function takeThread(line: string, member: (pid: number) => MemberDetails): void {
  const [pid, thread, wchan = '', ...syscall] = line.split(' ')
  const read = (text: string): string => (text === '-' ? '' : text)
  member(Number(pid)).threads.push({
    main: pid === thread,
    // The kernel prints 0 where it does not tell.
    wchan: wchan === '0' ? '' : read(wchan),
    syscall: read(syscall.join(' ')),
  })
}

function takeListing(listing: string, member: (pid: number) => MemberDetails): void {
  let of: MemberDetails | null = null
  for (const line of listing.split('\n')) {
    const directory = /^\/proc\/(\d+)\/fd:$/.exec(line)
    const exe = /^l.* \/proc\/(\d+)\/exe -> (.+)$/.exec(line)
    const descriptor = /^l.(.).*? (\d+) -> (.+)$/.exec(line)
    if (directory) of = member(Number(directory[1]))
    else if (exe) member(Number(exe[1])).exe = (exe[2] as string).replace(/ \(deleted\)$/, '')
    else if (descriptor) {
      const [, write, number, target = ''] = descriptor
      of?.descriptors.push({ number: Number(number), target, writable: write === 'w' })
    }
  }
}

function modesOf(stty: string): Modes | null {
  const mode = (name: string): boolean => new RegExp(`(^|\\s)${name}(?=[\\s;]|$)`).test(stty)
  if (!/(^|\s)-?icanon(?=[\s;]|$)/.test(stty)) return null
  return { canonical: mode('icanon'), echo: mode('echo'), interruptible: mode('isig') }
}
