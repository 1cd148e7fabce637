import { PROGRESS_MS } from '../common/limits.js'

/** Sends one progress notification; `progress` grows from one to the next. */
export type SendProgress = (progress: number, message: string) => void

/** Reports every few seconds, with the newest line of output, while the work goes on. */
export async function withProgress<T>(
  newestLine: () => string | null,
  work: Promise<T>,
  send: SendProgress | null,
  everyMs: number = PROGRESS_MS,
): Promise<T> {
  if (!send) return work
  const began = performance.now()
  let told = 0
  const timer = setInterval(() => {
    // A timer that was late may be followed by one in the same second; progress only grows.
    told = Math.max(told + 1, Math.round((performance.now() - began) / 1000))
    send(told, newestLine() ?? 'no output yet')
  }, everyMs)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
