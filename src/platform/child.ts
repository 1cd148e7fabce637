import { spawn } from 'node:child_process'
import { shieldedStdio } from './descriptors.js'

export interface ChildResult {
  /** Exit code; null if the child was ended by a signal, timed out or could not be started. */
  code: number | null
  stdout: string
  stderr: string
  /** Why there is no code: the start failed or the time was up. */
  failure: string | null
}

export interface ChildOptions {
  env: Record<string, string>
  timeoutMs: number
  cwd?: string
}

/** Output kept of a short-lived child, in bytes per stream; what we read of them is a few lines. */
const KEPT_BYTES = 256 * 1024

/** Runs a program to its end, without a shell, its input empty and no PTY of ours inherited. Never throws. */
export function runChild(file: string, args: string[], options: ChildOptions): Promise<ChildResult> {
  return new Promise((resolve) => {
    const { stdio, release } = shieldedStdio<'ignore' | 'pipe'>(['ignore', 'pipe', 'pipe'])
    const child = spawn(file, args, { stdio, env: options.env, cwd: options.cwd ?? '/' })
    release()
    const result: ChildResult = { code: null, stdout: '', stderr: '', failure: null }
    const timer = setTimeout(() => {
      result.failure = `${file} did not answer within ${options.timeoutMs / 1000} s`
      child.kill('SIGKILL')
      end()
    }, options.timeoutMs)
    const end = (): void => {
      clearTimeout(timer)
      resolve(result)
    }
    collect(child.stdout, (text) => (result.stdout = (result.stdout + text).slice(0, KEPT_BYTES)))
    collect(child.stderr, (text) => (result.stderr = (result.stderr + text).slice(0, KEPT_BYTES)))
    child.on('error', (error) => {
      result.failure ??= `${file} could not be started: ${error.message}`
      end()
    })
    child.on('close', (code) => {
      result.code = result.failure ? null : code
      end()
    })
  })
}

/** Under descriptor exhaustion Node hands out a child without streams, so they may be missing. */
function collect(stream: NodeJS.ReadableStream | null | undefined, take: (text: string) => void): void {
  stream?.setEncoding('utf8')
  stream?.on('data', take)
}
