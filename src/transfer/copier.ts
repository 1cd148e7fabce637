import { spawn } from 'node:child_process'
import { MAX_TIMER_MS } from '../common/limits.js'
import { shieldedStdio } from '../platform/descriptors.js'

/** A program that copies files, with whatever it starts. */
export interface Copier {
  file: string
  args: string[]
  env: Record<string, string>
  cwd: string
  /** Ends it. */
  signal: AbortSignal
  /** Milliseconds; null for any time. */
  timeoutMs: number | null
  /** Chunks are valid only during the call. */
  onStdout: (chunk: Buffer) => void
  onStderr: (chunk: Buffer) => void
}

export interface CopierEnd {
  code: number | null
  signal: string | null
  cut: 'timed-out' | 'aborted' | null
  durationMs: number
}

/** How long it may take to remove its temporary files. */
const GRACE_MS = 2000
/** How long what it left behind may hold its output open. */
const LEFTOVER_MS = 1000

/**
 * Runs a program in a process group of its own, its input empty. When its time is up or `signal` is aborted the
 * whole group is asked to end, and killed after two seconds. @throws if it could not be started
 */
export async function runCopier(copier: Copier): Promise<CopierEnd> {
  const { file, args, env, cwd, signal, timeoutMs } = copier
  signal.throwIfAborted()
  const began = performance.now()
  const { stdio, release } = shieldedStdio<'ignore' | 'pipe'>(['ignore', 'pipe', 'pipe'])
  const child = spawn(file, args, { stdio, env, cwd, detached: true })
  release()
  child.stdout?.on('data', copier.onStdout)
  child.stderr?.on('data', copier.onStderr)
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, work: () => void): void => void timers.add(setTimeout(work, ms))
  let cut: CopierEnd['cut'] = null
  const end = (why: 'timed-out' | 'aborted'): void => {
    cut ??= why
    signalGroup(child.pid, 'SIGTERM')
    later(GRACE_MS, () => signalGroup(child.pid, 'SIGKILL'))
  }
  const abort = (): void => end('aborted')
  signal.addEventListener('abort', abort, { once: true })
  if (timeoutMs !== null) later(Math.min(timeoutMs, MAX_TIMER_MS), () => end('timed-out'))
  // Closed by itself the output would wait for whatever still holds it.
  child.on('exit', () =>
    later(LEFTOVER_MS, () => {
      signalGroup(child.pid, 'SIGKILL')
      child.stdout?.destroy()
      child.stderr?.destroy()
    }),
  )
  return new Promise<CopierEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, by) => resolve({ code, signal: by, cut, durationMs: performance.now() - began }))
  }).finally(() => {
    signal.removeEventListener('abort', abort)
    for (const timer of timers) clearTimeout(timer)
  })
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has gone.
  }
}
