import type { Details, MemberDetails } from './evidence-details.js'
import type { Front, RemoteProcess } from './evidence-processes.js'
import { isInteractive, looksLikeShell } from './evidence-shells.js'
import { type Wait, waitOf } from './evidence-waits.js'

/** How the terminal in front treats input (stty's icanon, echo and isig). */
export interface Modes {
  canonical: boolean
  echo: boolean
  /** Whether Ctrl-C and Ctrl-\ make signals. */
  interruptible: boolean
}

/** The process it is about: the leader of the group in front, or the member that gave the reason. */
interface Seen {
  /** Empty where it cannot be seen at all. */
  comm: string
  pid: number
}

/** An interactive shell, whatever it is doing. */
export interface ShellEvidence extends Seen, Modes {
  kind: 'shell'
  /** Path of its program; null where that may not be read. */
  exe: string | null
  loginPid: number
  /** Whether it waits for input from the terminal; null where that cannot be told. */
  reading: boolean | null
  /** How many bytes it asked the terminal for, where that may be read. */
  readBytes: number | null
  /** Whether it holds a file open for reading, as dash, ash, ksh and zsh do while they read a start file. */
  sourcing: boolean
}

/**
 * A program: `line` waits for a line; `password` for one that is not shown; `keys` for keystrokes; `relay` passes
 * the terminal on to where we cannot see; `working` is none of these.
 */
interface ProgramEvidence extends Seen, Modes {
  kind: 'line' | 'password' | 'keys' | 'relay' | 'working'
}

/** Somebody else's process, of which nothing can be told; the modes are null where the terminal is not ours either. */
interface UnreadableEvidence extends Seen {
  kind: 'unreadable'
  canonical: boolean | null
  echo: boolean | null
  interruptible: boolean | null
}

/** What is known of the program in front on a terminal. */
export type Evidence = ShellEvidence | ProgramEvidence | UnreadableEvidence

/**
 * Programs that pass the terminal on to where none of their children is: to another machine, a container, a server
 * of terminals. By their names as the kernel has them, cut at 15 characters.
 */
const RELAYS =
  /^(ssh|autossh|sshpass|mosh-client|et|telnet|rlogin|dbclient|plink|tsh|docker|podman|nerdctl|ctr|crictl|kubectl|oc|tmux(: client)?|screen|zellij|dtach|abduco|lxc|lxc-attach|lxc-console|incus|machinectl|systemd-run|run0|script|asciinema|minicom|picocom|tio|cu|socat|virsh|gcloud|aws|session-manager|az|flyctl|heroku|vagrant|multipass|limactl|distrobox|toolbox)$/

/** What a member of the group in front does, its threads taken together. */
interface Doing {
  comm: string
  pid: number
  /** Its first thread; of a shell no other counts. */
  main: Wait
  all: ReadonlySet<Wait>
  running: boolean
}

/** What the details tell of the front. */
export function evidenceOf(front: Front, details: Details): Evidence {
  const { modes } = details
  const leader = front.members[0]
  const seen: Seen = { comm: leader?.comm ?? '', pid: leader?.pid ?? front.group }
  if (modes === null) return { kind: 'unreadable', ...seen, canonical: null, echo: null, interruptible: null }
  const doing = front.members.map((member) => doingOf(member, front, details))
  const shell = doing[0] && shellEvidence(doing[0], front, details, modes)
  return shell ?? programEvidence(doing, modes, seen)
}

function doingOf({ comm, pid, state }: RemoteProcess, front: Front, details: Details): Doing {
  const member = details.members.get(pid)
  const waits = (member?.threads ?? []).map((thread) => ({
    main: thread.main,
    wait: waitOf(thread, member as MemberDetails, details.machine, (target) => isTerminal(front, target)),
  }))
  const main = waits.find((one) => one.main)?.wait ?? 'unknown'
  const all = new Set(waits.length > 0 ? waits.map(({ wait }) => wait) : [main])
  return { comm, pid, main, all, running: /[RD]/.test(state) || all.has('running') }
}

/** Programs that ask for a password open the terminal by its general name. */
const isTerminal = ({ tty }: Front, target: string): boolean => target === tty || target === '/dev/tty'

/** Where csh and tcsh move what they read; the lower descriptors lead to /dev/null then. */
const CSH_INPUT = 16

function shellEvidence(doing: Doing, front: Front, details: Details, modes: Modes): ShellEvidence | null {
  const { comm, pid, main } = doing
  const { exe = null, descriptors = [] } = details.members.get(pid) ?? {}
  const input = descriptors.find(({ number }) => number === (/csh$/.test(comm) ? CSH_INPUT : 0))
  const onTerminal = input ? isTerminal(front, input.target) : null
  if (!looksLikeShell(comm, exe, details.args) || !isInteractive(details.args, onTerminal)) return null
  // A shell that waits for several things has no program in front: busybox's `read` does so on any terminal.
  const reading = main === 'terminal' || main === 'several'
  const sourcing = descriptors.some(
    ({ number, writable }) => number >= 3 && !writable && details.files.has(number),
  )
  const { loginPid } = front
  return {
    kind: 'shell',
    comm,
    pid,
    exe,
    loginPid,
    reading: main === 'unknown' ? null : reading,
    readBytes: main === 'terminal' ? bytesOf(details.members.get(pid)) : null,
    sourcing,
    ...modes,
  }
}

/** The size in `read(descriptor, buffer, size)`, as /proc shows a system call's arguments. */
function bytesOf(member: MemberDetails | undefined): number | null {
  const size = member?.threads.find(({ main }) => main)?.syscall.split(' ')[3]
  return size?.startsWith('0x') ? Number(size) : null
}

/** A member that waits for the terminal tells more than one that works, for the group works for the person. */
function programEvidence(doing: readonly Doing[], modes: Modes, seen: Seen): Evidence {
  const having = (wait: Wait): Doing | undefined => doing.find(({ all }) => all.has(wait))
  const as = (kind: ProgramEvidence['kind'], { comm, pid }: Seen = seen): Evidence => ({
    ...{ kind, comm, pid },
    ...modes,
  })
  const busy = doing.some(({ running }) => running)
  const blind = !busy && (doing.length === 0 || having('unknown') !== undefined)
  const reader = having('terminal')
  const asker = reader ?? having('several')
  if (modes.canonical && !modes.echo && (asker || blind)) return as('password', asker)
  if (modes.canonical && modes.echo && reader) return as('line', reader)
  const relay = doing.find(({ comm }) => RELAYS.test(comm))
  if (!modes.canonical && relay) return as('relay', relay)
  if (!modes.canonical && asker && !busy) return as('keys', asker)
  return blind ? { kind: 'unreadable', ...seen, ...modes } : as('working')
}
