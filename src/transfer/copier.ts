import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { shieldedStdio } from '../platform/descriptors.js'

/** Time for a polite end before the kill, in milliseconds. */
const POLITE_MS = 2000

/** A program that copies files, run to its end. */
export interface CopierOptions {
  file: string
  args: string[]
  env: Record<string, string>
  cwd: string
  /** Ends it. */
  signal: AbortSignal
  /** Milliseconds; null for any time. */
  timeoutMs: number | null
  onStdout(chunk: Buffer): void
  onStderr(chunk: Buffer): void
}

export interface CopierEnd {
  /** Exit code; null if a signal ended it. */
  code: number | null
  signal: string | null
  cut: 'aborted' | 'timed-out' | null
}

/** Runs scp or rsync in a process group of its own, with the ssh it starts. @throws Error if it cannot be started */
export function runCopier(options: CopierOptions): Promise<CopierEnd> {
  const { file, args, env, cwd, signal, timeoutMs, onStdout, onStderr } = options
  signal.throwIfAborted()
  const { stdio, release } = shieldedStdio<'ignore' | 'pipe'>(['ignore', 'pipe', 'pipe'])
  const child = spawn(file, args, { stdio, env, cwd: existsSync(cwd) ? cwd : '/', detached: true })
  release()
  child.stdout?.on('data', onStdout)
  child.stderr?.on('data', onStderr)
  return new Promise((resolve, reject) => {
    let cut: CopierEnd['cut'] = null
    const timers: NodeJS.Timeout[] = []
    const end = (why: 'aborted' | 'timed-out'): void => {
      cut ??= why
      endGroup(child.pid, 'SIGTERM')
      timers.push(setTimeout(() => endGroup(child.pid, 'SIGKILL'), POLITE_MS))
    }
    const onAbort = (): void => end('aborted')
    const over = (): void => {
      signal.removeEventListener('abort', onAbort)
      for (const timer of timers) clearTimeout(timer)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (timeoutMs !== null) timers.push(setTimeout(() => end('timed-out'), timeoutMs))
    child.on('error', (error) => {
      over()
      reject(error)
    })
    child.on('close', (code, signal) => {
      over()
      resolve({ code, signal, cut })
    })
  })
}

function endGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}
