import { invalid } from '../common/errors.js'
import type { Copy, Item } from './copy.js'
import type { CopyRequest } from './copy-files.js'
import { type Fence, fenceOf, localPath } from './fence.js'
import { localSide } from './local-side.js'
import { missingTold } from './missing.js'
import { isPattern } from './pattern.js'
import { baseOf, meansContents, parentOf, placeOf } from './place.js'
import { fromText } from './raw-path.js'
import type { Remote } from './remote.js'
import { remotePath } from './remote-path.js'
import { asArgument } from './remote-sources.js'
import { runScp } from './scp.js'
import { shownName } from './shown-name.js'
import { under } from './side.js'
import { checkTree } from './tree.js'

/** A local source, as it was looked at. */
interface Source extends Item {
  bytes: number
}

export interface Planned {
  copy: Copy
  /** Bytes there are to copy; null where nobody knows. */
  total: number | null
  /** What is not there, in a sentence each. */
  missing: string[]
}

/** @throws policy_denied for what is outside of the fence; validation_error or remote_file_error where it cannot go */
export async function plannedUpload(request: CopyRequest, remote: Remote): Promise<Planned> {
  const { caller, opening } = remote.riding
  const fence = fenceOf(caller)
  const missing: string[] = []
  const found = request.sources.map(async (text) => {
    const source = await localSource(text, request, fence, remote)
    const hint = isPattern(text) ? ' (Patterns are read on the remote only.)' : ''
    if (!source) missing.push(`${text}: there is no such file on this machine.${hint}`)
    return source ?? []
  })
  const items = (await Promise.all(found)).flat()
  if (items.length === 0) throw invalid(`${missingTold(missing).join(' ')} Nothing was copied.`)
  const sftp = await remote.sftp()
  const place = await placeOf(sftp, await remotePath(sftp, request.destination), request.sources.length > 1)
  const sources = items.map(({ source }) => asArgument(source))
  opening.signal.throwIfAborted()
  const copy: Copy = {
    ...{
      items,
      place,
      overwrite: request.overwrite,
      mode: request.mode,
      preserveTimes: request.preserveTimes,
    },
    side: () => remote.sftp(),
    sourceSide: async () => localSide,
    check: async () => {},
    run: (destination) =>
      runScp(remote.riding, {
        ...{ direction: 'upload', sources, destination: asArgument(destination) },
        ...{ recursive: request.recursive, preserveTimes: request.preserveTimes },
      }),
    signal: opening.signal,
  }
  return { copy, total: items.reduce((sum, { bytes }) => sum + bytes, 0), missing }
}

/** scp is given the name that was typed, in the directory that it really lies in. */
async function localSource(
  text: string,
  { recursive }: CopyRequest,
  fence: Fence,
  { riding: { caller, opening } }: Remote,
): Promise<Source | null> {
  const path = localPath(text, caller)
  const real = await fence.readable(path).catch(async (error) => {
    if ((error as { type?: string }).type === 'validation_error') return null
    throw error
  })
  if (real === null) return null
  const attributes = await localSide.stat(real)
  if (!attributes) return null
  if (attributes.type === 'directory' && !recursive) throw needsRecursive(text)
  const { bytes } = await checkTree(fence, real, opening.signal)
  if (meansContents(text)) return { source: `${real}/.`, name: null, bytes }
  return { source: under(await localSide.realPath(parentOf(path)), baseOf(path)), name: baseOf(path), bytes }
}

export const needsRecursive = (text: string): Error =>
  invalid(
    `${shownName(fromText(text))} is a directory; recursive: true copies it with all that is in it. Nothing was copied.`,
  )
