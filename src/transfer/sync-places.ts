import { lstatSync } from 'node:fs'
import { invalid, ToolError } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import { type Fence, fenceOf, localPath } from './fence.js'
import { type Protection, protectionOf } from './protection.js'
import { base, bytesOf, hasText, join, type RawPath, toText } from './raw-path.js'

/** The local side of a copy by rsync. */
export interface LocalSide {
  path: string
  protection: Protection
  /** What is left out as protected, relative to the local directory. */
  leftOut: string[]
}

/** What is sent: links in it are sent as links, so only what is protected in it has to be left out. */
export async function localSource(typed: string, relative: boolean, caller: Caller): Promise<LocalSide> {
  const fence = fenceOf(caller)
  const real = await fence.readable(localPath(typed, caller))
  const contents = meansContents(typed)
  const places = fence.protectedIn(real, 'read')
  const top = relative ? real : contents ? '' : `/${base(real)}`
  return {
    path: argument(real, contents),
    protection: protectionOf(places, top === '/' ? '' : top),
    leftOut: places.filter((place) => exists(join(real, place))).map(toText),
  }
}

/** Where to write. @param checksSender whether rsync drops what is excluded, whatever the other side sends */
export async function localDestination(
  typed: string,
  checksSender: boolean,
  caller: Caller,
): Promise<LocalSide> {
  const fence = fenceOf(caller)
  const { real, exists } = await fence.writable(localPath(typed, caller))
  if (exists === 'other') throw invalid(`'${typed}' is neither a file nor a directory.`)
  const places = exists === 'file' ? [] : fence.protectedIn(real)
  if (places.length > 0 && !checksSender) throw tooOld(typed)
  return {
    path: argument(real, meansContents(typed)),
    protection: protectionOf(places),
    leftOut: shownPlaces(fence, real, places),
  }
}

/** rsync takes a directory without its own name where it is written with a slash or dots at its end. */
const meansContents = (typed: string): boolean => /(?:^|\/)\.{0,2}$|^~$/.test(typed)

function argument(real: RawPath, contents: boolean): string {
  if (!hasText(real))
    throw invalid(`'${toText(real)}' has a name that is no UTF-8. Sync the directory it lies in.`)
  return toText(contents ? join(real, '') : real)
}

/** The names that the caller may not know of are told only below what may be read. */
const shownPlaces = (fence: Fence, real: RawPath, places: RawPath[]): string[] =>
  fence.mayRead(real) ? places.map(toText) : []

const exists = (path: RawPath): boolean => {
  try {
    return lstatSync(bytesOf(path)) !== undefined
  } catch {
    return false
  }
}

const tooOld = (typed: string): ToolError =>
  new ToolError(
    'policy_denied',
    `'${typed}' has protected files below it, and the rsync of this machine is older than 3.2.5, which cannot be kept ` +
      'from writing them if the other side wants to. Use a directory of its own, or a newer rsync.',
  )
