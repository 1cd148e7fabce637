import { customAlphabet } from 'nanoid'
import { ToolError } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import type { Executor } from '../connection/exec.js'
import type { Masters } from '../connection/masters.js'
import type { Opening } from '../connection/opening.js'
import type { Connection } from '../connection/resolve.js'
import { ambiguous, isRemotePattern, type RsyncArgs, remotePath, rsyncArgv } from '../ssh/rsync-argv.js'
import { parseExtraRsyncArgs } from '../ssh/rsync-options.js'
import { type RsyncCounts, RsyncOutput } from '../ssh/rsync-output.js'
import { remoteFailure, rsyncAdvice } from '../ssh/rsync-words.js'
import { OutputCapture } from '../terminal/output-capture.js'
import { type CopierEnd, runCopier } from './copier.js'
import { lookAt } from './remote-look.js'
import { type RsyncProgram, rsyncProgram } from './rsync-program.js'
import { onSeat, shellWords } from './seated.js'
import { type LocalSide, localDestination, localSource } from './sync-places.js'

/** What is asked for; the paths as the caller typed them. */
export interface SyncRequest
  extends Pick<
    RsyncArgs,
    'direction' | 'source' | 'destination' | 'compress' | 'delete' | 'dryRun' | 'exclude' | 'extra'
  > {
  /** Milliseconds; null for any time. */
  timeoutMs: number | null
  /** Most UTF-16 units of each output. */
  max: number
}

export interface SyncResult extends CopierEnd, RsyncCounts {
  stdout: string
  stderr: string
  truncated: boolean
  /** What the caller has to know besides, in sentences. */
  warning: string | null
}

/** With what a directory is synchronised, and for whom. */
export interface SyncMeans {
  masters: Masters
  executor: Executor
  connection: Connection
  caller: Caller
}

const newMark = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 12)

/**
 * Makes one place like another by rsync, over the shared connection.
 * @param opening its signal ends it too @param watch is told how to learn how far it is
 * @throws validation_error, policy_denied, connection_failed or remote_file_error
 */
export async function sync(
  means: SyncMeans,
  request: SyncRequest,
  opening: Opening,
  watch: (progress: () => string | null) => void,
): Promise<SyncResult> {
  const { connection, caller } = means
  parseExtraRsyncArgs(request.extra, request) // before anything is asked of the other side
  const rsync = await rsyncProgram(caller)
  const local = await localSide(request, rsync, caller)
  const asItStands = await goesAsItStands(means, request, opening)
  const { result, lost } = await onSeat(means.masters, connection, opening, async (seat) => {
    const parts = { shell: shellWords(connection, seat), host: connection.target.host }
    const args = argsOf({ ...parts, rsync, request, local, asItStands })
    return { result: await once(rsync, args, { request, signal: opening.signal, watch }) }
  })
  const { typed } = connection.target
  if (lost) throw connectionLost(typed, result)
  const failure = result.cut ? null : remoteFailure(result.code, result.stderr, typed)
  if (failure) throw new ToolError('remote_file_error', failure, { stderr: result.stderr })
  return { ...result, warning: warningOf(result, local, request) }
}

function localSide(request: SyncRequest, rsync: RsyncProgram, caller: Caller): Promise<LocalSide> {
  const relative = parseExtraRsyncArgs(request.extra, request).some((arg) =>
    /^(?:--relative$|-\w*R)/.test(arg),
  )
  return request.direction === 'upload'
    ? localSource(request.source, relative, caller)
    : localDestination(request.destination, rsync.checksSender, caller)
}

/**
 * The other side reads patterns. A name that is there is written so that it is none; another one goes as it stands: as a
 * pattern for sources, and for a destination only if nothing fits it, for then it is taken as it is.
 */
async function goesAsItStands(
  { executor, connection }: SyncMeans,
  { direction, source, destination }: SyncRequest,
  opening: Opening,
): Promise<boolean> {
  const typed = direction === 'upload' ? destination : source
  if (!isRemotePattern(typed)) return true
  const found = await lookAt(executor, connection, remotePath(typed), opening)
  if (direction === 'download' || found === 'literal') return found !== 'literal'
  // What rsync and shells may read differently is not guessed.
  if (found !== 'nothing' || typed.includes('[^')) throw ambiguous(typed)
  return true
}

interface Parts {
  shell: string[]
  host: string
  rsync: RsyncProgram
  request: SyncRequest
  local: LocalSide
  asItStands: boolean
}

function argsOf({ shell, host, rsync, request, local, asItStands }: Parts): RsyncArgs {
  const upload = request.direction === 'upload'
  return {
    ...{ ...request, shell, host, asItStands },
    ...(upload ? { source: local.path } : { destination: local.path }),
    protection: local.protection,
    mark: newMark(),
    progress: rsync.progress,
    asRoot: process.getuid?.() === 0,
  }
}

interface Run {
  request: SyncRequest
  signal: AbortSignal
  watch: (progress: () => string | null) => void
}

async function once(
  { file, env }: RsyncProgram,
  args: RsyncArgs,
  { request, signal, watch }: Run,
): Promise<Omit<SyncResult, 'warning'>> {
  const [list, complaints] = [new OutputCapture(request.max), new OutputCapture(request.max)]
  const output = new RsyncOutput(args.mark, (line) => list.add(line))
  watch(() => output.progress)
  const end = await runCopier({
    ...{ file, args: rsyncArgv(args), env, cwd: '/', signal, timeoutMs: request.timeoutMs },
    onStdout: (chunk) => output.push(chunk),
    onStderr: (chunk) => complaints.add(chunk),
  })
  const [stdout, stderr] = [list.finish(), complaints.finish()]
  return {
    ...{ ...end, ...output.counts, stdout: stdout.text, stderr: stderr.text },
    truncated: stdout.truncated || stderr.truncated,
  }
}

/** How many protected names are told of. */
const MAX_NAMED = 5

function warningOf(
  { code, cut, stderr }: Pick<SyncResult, 'code' | 'cut' | 'stderr'>,
  { leftOut }: LocalSide,
  { direction }: SyncRequest,
): string | null {
  const named = leftOut.slice(0, MAX_NAMED).join(', ')
  const more = leftOut.length > MAX_NAMED ? ` and ${leftOut.length - MAX_NAMED} more` : ''
  const verb = direction === 'upload' ? 'Left out, as they are' : 'Never written or deleted, as they are'
  const sentences = [
    leftOut.length > 0 ? `${verb} protected: ${named}${more}.` : null,
    cut ? 'It was cut short; a further call goes on from there.' : rsyncAdvice(code, stderr),
  ].filter((sentence) => sentence !== null)
  return sentences.length > 0 ? sentences.join(' ') : null
}

const connectionLost = (
  typed: string,
  { stdout, stderr }: Pick<SyncResult, 'stdout' | 'stderr'>,
): ToolError =>
  new ToolError(
    'connection_failed',
    `The connection to ${typed} was lost on the way. The last of the list may not be complete; call again to go on from there.`,
    { stdout, stderr },
  )
