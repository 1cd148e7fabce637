import { type Copied, type Copy, copied } from './copy.js'
import { plannedDownload } from './download.js'
import { Meter } from './meter.js'
import { missingTold } from './missing.js'
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

/**
 * Copies files by the real scp, over the shared connection.
 * @param progress is given the way to learn how far it is; null if nobody wants to know
 * @throws validation_error, policy_denied, connection_failed or remote_file_error if nothing was copied
 */
export async function copyFiles(
  request: CopyRequest,
  riding: Riding,
  progress: Progress | null,
): Promise<CopyResult> {
  const began = performance.now()
  const remote = new Remote(riding)
  const planned = request.direction === 'upload' ? plannedUpload : plannedDownload
  try {
    const { copy, total, missing } = await planned(request, remote)
    const result = await copied(progress ? followed(copy, total, progress) : copy)
    return { ...result, missing: missingTold(missing), durationMs: performance.now() - began }
  } finally {
    await remote.close()
  }
}

/** The same copy, with what has arrived measured while it runs. */
function followed(copy: Copy, total: number | null, progress: Progress): Copy {
  const run = async (destination: string, staged: boolean) => {
    if (!staged) return copy.run(destination, staged)
    const meter = new Meter(async () => (await amountIn(await copy.side(), destination)).bytes, total)
    progress.line = () => meter.line ?? 'nothing has arrived yet'
    return copy.run(destination, staged).finally(() => meter.stop())
  }
  return { ...copy, run }
}
