import type { Opening } from '../connection/opening.js'
import { type Copied, copied } from './copy.js'
import { plannedDownload } from './download.js'
import { Meter } from './meter.js'
import { Remote } from './remote.js'
import type { Riding } from './scp.js'
import { amountIn } from './tree-walk.js'
import { plannedUpload } from './upload.js'

/** What is to be copied. */
export interface CopyRequest {
  direction: 'upload' | 'download'
  sources: readonly string[]
  destination: string
  recursive: boolean
  preserveTimes: boolean
  /** The mode that uploaded files are to have; null for their own. */
  mode: number | null
  overwrite: boolean
}

export interface CopyResult extends Copied {
  /** What was not there, in a sentence each. */
  missing: string[]
  durationMs: number
}

/** How far a copy is, in words; null as long as that is not known. */
export interface Progress {
  line(): string | null
}

/** Copies files by the real scp, over the shared connections. */
export class Copies {
  readonly #ending = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  /** @param progress is given the way to learn how far it is; null if nobody wants to know */
  run(request: CopyRequest, riding: Riding, progress: Progress | null): Promise<CopyResult> {
    const signal = AbortSignal.any([riding.opening.signal, this.#ending.signal])
    const opening: Opening = { ...riding.opening, signal }
    const running = this.#run(request, new Remote({ ...riding, opening }), progress)
    this.#running.add(running)
    return running.finally(() => this.#running.delete(running))
  }

  /** Ends what is being copied, and cleans up. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the daemon is ending'))
    await Promise.allSettled(this.#running)
  }

  async #run(request: CopyRequest, remote: Remote, progress: Progress | null): Promise<CopyResult> {
    const began = performance.now()
    let meter: Meter | null = null
    try {
      const { copy, total, missing } = await (request.direction === 'upload'
        ? plannedUpload
        : plannedDownload)(request, remote)
      const run = (destination: string, staged: boolean) => {
        if (progress && staged) {
          meter = new Meter(async () => (await amountIn(await copy.side(), destination)).bytes, total)
          progress.line = () => meter?.line ?? 'nothing has arrived yet'
        }
        return copy.run(destination, staged)
      }
      const result = await copied({ ...copy, run })
      return { ...result, missing, durationMs: performance.now() - began }
    } finally {
      ;(meter as Meter | null)?.stop()
      await remote.close()
    }
  }
}
