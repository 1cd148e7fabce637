import { invalid, ToolError } from '../common/errors.js'
import { remoteLiteral } from '../ssh/copy-argv.js'
import type { Copy, Item } from './copy.js'
import type { CopyRequest } from './copy-files.js'
import { type Fence, fenceOf, localPath } from './fence.js'
import { localSide } from './local-side.js'
import { missingTold } from './missing.js'
import { baseOf, meansContents, placeOf } from './place.js'
import type { Remote } from './remote.js'
import { remotePath } from './remote-path.js'
import { asArgument, type RemoteSource, remoteSources } from './remote-sources.js'
import { runScp, type ScpEnd } from './scp.js'
import { shownName } from './shown-name.js'
import { needsRecursive, type Planned } from './upload.js'

/** Bytes of names that one scp is given; the system takes 2 MB in all. */
const MAX_ARGUMENT_BYTES = 200_000

/** @throws policy_denied for what is outside of the fence; validation_error or remote_file_error where there is nothing */
export async function plannedDownload(request: CopyRequest, remote: Remote): Promise<Planned> {
  const { caller, opening } = remote.riding
  const fence = fenceOf(caller)
  const destination = localPath(request.destination, caller)
  const { real } = await fence.writable(destination.replace(/(?<=.)\/+$/, ''))
  const sftp = await remote.sftp()
  const missing: string[] = []
  const found: RemoteSource[] = []
  for (const text of request.sources) {
    const sources = await remoteSources(sftp, await remotePath(sftp, text))
    if (sources.length === 0) missing.push(`${text}: there is no such file on ${sftp.target}.`)
    found.push(...sources)
  }
  if (found.length === 0)
    throw new ToolError('remote_file_error', `${missingTold(missing).join(' ')} Nothing was copied.`)
  for (const source of found) checkSource(source, request.recursive)
  const several = found.length > 1 || request.sources.length > 1
  const place = await placeOf(localSide, destination.endsWith('/') ? `${real}/` : real, several)
  opening.signal.throwIfAborted()
  const items = found.map(itemOf)
  const copy: Copy = {
    ...{ items, place, overwrite: request.overwrite, mode: null },
    preserveTimes: request.preserveTimes,
    side: async () => localSide,
    sourceSide: () => remote.sftp(),
    check: (path) => checkPlace(fence, path),
    run: (to) => runInTurn(request, remote, items, to),
    signal: opening.signal,
  }
  const whole = found.every(({ attributes }) => attributes.type === 'file')
  const total = whole ? found.reduce((sum, { attributes }) => sum + attributes.size, 0) : null
  return { copy, total, missing }
}

/** Given `..` as a name, scp would write beside the directory that it is told. */
const itemOf = ({ path }: RemoteSource): Item =>
  meansContents(path) ? { source: `${path}/.`, name: null } : { source: path, name: baseOf(path) }

function checkSource({ path, attributes }: RemoteSource, recursive: boolean): void {
  if (attributes.type === 'directory' && !recursive) throw needsRecursive(asArgument(path))
  if (attributes.type !== 'directory' && attributes.type !== 'file')
    throw new ToolError(
      'remote_file_error',
      `${shownName(path)} is no file but a ${attributes.type}. Nothing was copied.`,
    )
}

/** Everything that is to be written is looked at once more under its final name. */
async function checkPlace(fence: Fence, path: string): Promise<void> {
  const { real } = await fence.writable(path)
  const inside = fence.protectedIn(real)
  if (inside.length > 0 && (await localSide.lstat(path)) === null)
    throw invalid(`${shownName(path)} would hold protected places.`)
}

/** More names than a program takes at once are given to several, one after another. */
async function runInTurn(
  request: CopyRequest,
  remote: Remote,
  items: readonly Item[],
  to: string,
): Promise<ScpEnd> {
  const began = performance.now()
  const { timeoutMs } = remote.riding
  const all: ScpEnd = { code: 0, signal: null, cut: null, stderr: '', truncated: false, durationMs: 0 }
  for (const part of inParts(items.map(({ source }) => remoteLiteral(asArgument(source))))) {
    const left = timeoutMs === null ? null : Math.max(1, timeoutMs - (performance.now() - began))
    const end = await runScp(
      { ...remote.riding, timeoutMs: left },
      {
        ...{ direction: 'download', sources: part, destination: asArgument(to) },
        ...{ recursive: request.recursive, preserveTimes: request.preserveTimes },
      },
    )
    Object.assign(all, {
      ...end,
      code: end.code === 0 ? all.code : end.code,
      stderr: all.stderr + end.stderr,
      truncated: all.truncated || end.truncated,
    })
    if (end.cut) break
  }
  return all
}

function inParts(names: readonly string[]): string[][] {
  const parts: string[][] = [[]]
  let bytes = 0
  for (const name of names) {
    bytes += Buffer.byteLength(name) + 300
    if (bytes > MAX_ARGUMENT_BYTES) {
      parts.push([])
      bytes = Buffer.byteLength(name) + 300
    }
    parts.at(-1)?.push(name)
  }
  return parts
}
