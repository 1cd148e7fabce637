/** A process as /proc/N/stat tells of it. */
export interface RemoteProcess {
  pid: number
  /** Name of its program, cut at 15 characters by the kernel. */
  comm: string
  /** R, S, D, T, Z …, as `ps` has it. */
  state: string
  ppid: number
  group: number
  session: number
  /** Device number of its controlling terminal; 0 where it has none. */
  tty: number
  /** The process group in front on that terminal; -1 where there is none. */
  foreground: number
  /** When it started, in clock ticks since the machine did. */
  start: number
}

/** What is in front on a session's terminal. */
export interface Front {
  /** Path of the terminal, such as /dev/pts/3. */
  tty: string
  /** The process the server started for the session: the login shell, or its command. */
  loginPid: number
  /** The process group in front; always above 1. */
  group: number
  /** Its living members as far as they can be seen, the leader first, then the newest; at most 8. */
  members: RemoteProcess[]
  /** Whether it is the terminal of a program such as sudo or script, behind the session's own. */
  descended: boolean
}

/** Members looked at: each costs a little of every look, and a group of more is a build. */
const MAX_MEMBERS = 8
/** Terminals behind terminals: sudo in script in sudo is rare already. */
const MAX_DEPTH = 4
/** Processes between such a program and what leads its terminal's session. */
const MAX_GENERATIONS = 4
/** Parents looked through for the server's process, where a forced command runs what it is given. */
const MAX_WRAPPERS = 2

/**
 * Programs that run one child on a terminal of its own and pass everything on to it. Of others (expect, an editor
 * with a terminal in a window) it is not known that what is typed goes there.
 */
const PASSING = new Set(['script', 'sudo', 'su', 'runuser', 'asciinema', 'ttyrec'])

/** Prints what `parseProcesses` reads: all processes that may be seen. Prints nothing where there is no /proc. */
export const processScript = (): string => 'cat /proc/[0-9]*/stat'

/** Reads /proc/N/stat of many processes in a row. A name may hold blanks, parentheses and line ends. */
export function parseProcesses(text: string): RemoteProcess[] {
  // A name has at most 64 bytes, so it cannot hold what follows it.
  const entries = text.matchAll(/^(\d+) \(([\s\S]{0,64}?)\) ([A-Za-z])((?: -?\d+){30,})$/gm)
  return [...entries].map(([, pid, comm = '', state = '', rest = '']) => {
    const numbers = rest.trim().split(' ').map(Number)
    const [ppid = 0, group = 0, session = 0, tty = 0, foreground = -1] = numbers
    return {
      pid: Number(pid),
      comm,
      state,
      ppid,
      group,
      session,
      tty,
      foreground,
      start: numbers[18] ?? 0,
    }
  })
}

/**
 * Finds what is in front on the terminal of a connection's session.
 * @param parentPid the process that serves the connection, or one that it runs commands by
 * @returns null if there is no such session, or its terminal is none of /dev/pts
 */
export function frontOf(processes: readonly RemoteProcess[], parentPid: number): Front | null {
  const login = sessionUnder(processes, parentPid)
  if (!login) return null
  let front = frontAt(processes, login, login.pid)
  for (let depth = 0; front && depth < MAX_DEPTH; depth++) {
    const leader = sessionBehind(processes, front.members)
    const inner = leader && frontAt(processes, leader, login.pid)
    if (!inner) return front
    front = { ...inner, descended: true }
  }
  return front
}

/** The oldest session with a terminal that the server started. */
function sessionUnder(processes: readonly RemoteProcess[], parentPid: number): RemoteProcess | undefined {
  let pid = parentPid
  for (let climbed = 0; climbed <= MAX_WRAPPERS && pid > 1; climbed++) {
    const sessions = processes.filter((one) => one.ppid === pid && leadsSession(one))
    if (sessions.length > 0) return sessions.sort(byAge)[0]
    const parent = processes.find((one) => one.pid === pid)
    // Above the server's own process there are other people's connections.
    if (!parent || /^(sshd|dropbear)/.test(parent.comm)) return undefined
    pid = parent.ppid
  }
  return undefined
}

const leadsSession = ({ pid, session, tty, state }: RemoteProcess): boolean =>
  session === pid && tty !== 0 && state !== 'Z'

const byAge = (a: RemoteProcess, b: RemoteProcess): number => a.start - b.start || a.pid - b.pid

function frontAt(processes: readonly RemoteProcess[], leader: RemoteProcess, loginPid: number): Front | null {
  const tty = ttyPath(leader.tty)
  const group = leader.foreground
  if (tty === null || group <= 1) return null
  const all = processes.filter((one) => one.group === group && one.tty === leader.tty && one.state !== 'Z')
  const newest = all.filter(({ pid }) => pid !== group).sort((a, b) => byAge(b, a))
  const members = [...all.filter(({ pid }) => pid === group), ...newest].slice(0, MAX_MEMBERS)
  return { tty, loginPid, group, members, descended: false }
}

/** The session on another terminal that a member runs its child in. */
function sessionBehind(
  processes: readonly RemoteProcess[],
  members: readonly RemoteProcess[],
): RemoteProcess | undefined {
  const outer = members[0]?.tty
  let parents = members.filter(({ comm }) => PASSING.has(comm))
  for (let generation = 0; parents.length > 0 && generation < MAX_GENERATIONS; generation++) {
    const pids = new Set(parents.map(({ pid }) => pid))
    parents = processes.filter(({ ppid }) => pids.has(ppid))
    const found = parents.find((one) => leadsSession(one) && one.tty !== outer)
    if (found) return found
  }
  return undefined
}

/** The path of a terminal's device, of which only those of /dev/pts have one that is known. */
function ttyPath(device: number): string | null {
  const major = (device >>> 8) & 0xfff
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00)
  return major >= 136 && major <= 143 ? `/dev/pts/${(major - 136) * 256 + minor}` : null
}

/** Sends a signal to the group in front, if it is in front still; prints `sent` then. */
export function interruptScript({ group, members, loginPid }: Front, signal: 'INT' | 'QUIT'): string {
  const witness = members[0]?.pid ?? loginPid
  // Behind the name: state, parent, group, session, terminal, group in front.
  return `l=; read -r l </proc/${witness}/stat; set -- $\{l##*")"}; [ "$6" = ${group} ] && kill -${signal} -${group} && echo sent`
}
