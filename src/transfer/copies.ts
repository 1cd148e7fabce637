import type { Opening } from '../connection/opening.js'
import { type Copied, copied } from './copy.js'
import { plannedDownload } from './download.js'
import { Meter } from './meter.js'
import { Remote } from './remote.js'
import type { Riding } from './scp.js'
import { amountIn } from './staging.js'
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

/** Copies files by the real scp, over the shared connections. */
export class Copies {
  readonly #ending = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  /** @param watch is told how far it is, in words, as often as that is known; null if nobody wants to know */
  run(request: CopyRequest, riding: Riding, watch: ((line: () => string | null) => void) | null): Promise<CopyResult> {
    const signal = AbortSignal.any([riding.opening.signal, this.#ending.signal])
    const opening: Opening = { ...riding.opening, signal }
    const running = this.#run(request, new Remote({ ...riding, opening }), watch)
    this.#running.add(running)
    return running.finally(() => this.#running.delete(running))
  }

  /** Ends what is being copied, and cleans up. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the daemon is ending'))
    await Promise.allSettled(this.#running)
  }

  async #run(
    request: CopyRequest,
    remote: Remote,
    watch: ((line: () => string | null) => void) | null,
  ): Promise<CopyResult> {
    const began = performance.now()
    let meter: Meter | null = null
    try {
      const { copy, total, missing } = await (request.direction === 'upload' ? plannedUpload : plannedDownload)(
        request,
        remote,
      )
      const run = (destination: string) => {
        if (watch) {
          meter = new Meter(async () => (await amountIn(await copy.side(), destination)).bytes, total)
          watch(() => meter?.line ?? null)
        }
        return copy.run(destination)
      }
      const result = await copied({ ...copy, run })
      return { ...result, missing, durationMs: performance.now() - began }
    } finally {
      ;(meter as Meter | null)?.stop()
      await remote.close()
    }
  }
}
