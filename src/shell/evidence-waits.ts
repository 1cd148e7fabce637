import type { MemberDetails, Thread } from './evidence-details.js'

/**
 * What a thread waits for: input of the terminal; any of several things, of which the terminal may be one; something
 * else; nothing, for it runs. `unknown` where that may not be read.
 */
export type Wait = 'terminal' | 'several' | 'other' | 'running' | 'unknown'

interface Calls {
  read: readonly number[]
  several: readonly number[]
}

/** Numbers of read, readv and of select, poll, epoll in all their forms. */
const X86_64: Calls = { read: [0, 19], several: [7, 23, 232, 270, 271, 281, 441] }
const GENERIC: Calls = { read: [63, 65], several: [22, 72, 73, 441] }
const X86: Calls = { read: [3, 145], several: [82, 142, 168, 256, 308, 309, 319, 413, 414, 441] }
const ARM: Calls = { read: [3, 145], several: [82, 142, 168, 252, 335, 336, 346, 413, 414, 441] }

/** By the beginning of what `uname -m` says; of other machines only the names of kernel functions are used. */
const MACHINES: readonly (readonly [string, Calls])[] = [
  ['x86_64', X86_64],
  ['aarch64', GENERIC],
  ['arm64', GENERIC],
  ['riscv', GENERIC],
  ['loongarch', GENERIC],
  ['i', X86],
  ['arm', ARM],
]

/** Where a read of a terminal sleeps; so does one of a TCP socket. */
const IN_TERMINAL = /^(wait_woken|n_tty_read)/
const IN_SEVERAL = /^(poll_schedule_timeout|do_select|do_sys_poll|do_poll|ep_poll|do_epoll_wait)/

/** @param isTerminal whether a descriptor's target is the terminal in front */
export function waitOf(
  thread: Thread,
  { descriptors }: MemberDetails,
  machine: string,
  isTerminal: (target: string) => boolean,
): Wait {
  if (thread.syscall === 'running') return 'running'
  const calls = MACHINES.find(([name]) => machine.startsWith(name))?.[1]
  const [number, first] = thread.syscall.split(' ')
  if (number && calls) {
    if (calls.several.includes(Number(number))) return 'several'
    if (!calls.read.includes(Number(number))) return 'other'
    const from = descriptors.find((one) => one.number === Number(first))
    return from && isTerminal(from.target) ? 'terminal' : 'other'
  }
  if (thread.wchan === '') return 'unknown'
  if (IN_SEVERAL.test(thread.wchan)) return 'several'
  if (!IN_TERMINAL.test(thread.wchan)) return 'other'
  if (descriptors.length === 0) return 'unknown'
  const onlyTerminal = !descriptors.some(({ target }) => target.startsWith('socket:'))
  return onlyTerminal && descriptors.some(({ target }) => isTerminal(target)) ? 'terminal' : 'other'
}
