import { closeSync, openSync } from 'node:fs'

/**
 * PTY masters are the only descriptors of the daemon without close-on-exec (node-pty opens them so), and
 * Node has no call to set it. A child that inherits a master keeps that session's ssh alive after the
 * daemon is gone, so every way of starting a child goes through one of the two functions below.
 */
const masters = new Set<number>()

export const noteMaster = (fd: number): void => void masters.add(fd)
export const forgetMaster = (fd: number): void => void masters.delete(fd)

/**
 * A stdio array for child_process: the three given slots, and /dev/null really opened in every slot up to
 * the highest master. ('ignore' does not do: for slots from 3 on Node leaves the descriptor inherited.)
 * @returns the array, and a function that closes what was opened for it once the child has been started
 */
export function shieldedStdio<T>(first: [T, T, T]): { stdio: (T | number)[]; release: () => void } {
  const highest = Math.max(2, ...masters)
  if (highest < 3) return { stdio: first, release: () => {} }
  const nothing = openSync('/dev/null', 'r+')
  const shields = new Array<number>(highest - 2).fill(nothing)
  return { stdio: [...first, ...shields], release: () => closeSync(nothing) }
}

/**
 * Runs `fork` with no gap among the open descriptors. node-pty's child closes what it inherited one by one
 * and stops at the first number above 15 that is not open: a gap would let it inherit the masters behind.
 */
export function withoutGaps<T>(fork: () => T): T {
  const highest = Math.max(2, ...masters)
  const fillers: number[] = []
  try {
    // The kernel hands out the lowest free number, so once one is above the highest master no gap is left.
    while ((fillers.at(-1) ?? 0) <= highest) fillers.push(openSync('/dev/null', 'r'))
    return fork()
  } finally {
    for (const fd of fillers) closeSync(fd)
  }
}
