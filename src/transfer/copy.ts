import { setTimeout as pause } from 'node:timers/promises'
import { invalid, ToolError } from '../common/errors.js'
import { dropIncomplete } from './drop-incomplete.js'
import { Forbidden } from './forbidden.js'
import { inPlace } from './in-place.js'
import { finalPath, type Place } from './place.js'
import { conflicts, Placed, putInPlace, type Rules } from './placing.js'
import type { ScpEnd } from './scp.js'
import { shownName } from './shown-name.js'
import { type Side, under } from './side.js'
import { stagingName } from './staging-name.js'
import { atOnce, eachFile, namesIn, removeTree } from './tree-walk.js'

/** How long cleaning up after a cancelled copy may take, in milliseconds. */
const CLEANUP_MS = 10_000

/** One thing that is copied. */
export interface Item {
  /** Where it is, a latin1 string. */
  source: string
  /** What it is called; null where only what is in the directory is meant. */
  name: string | null
}

/** A copy, whichever way it goes. */
export interface Copy {
  items: readonly Item[]
  place: Place
  overwrite: boolean
  /** The mode that files are to have, or null. */
  mode: number | null
  preserveTimes: boolean
  /** The side that is written; anew after the connection was lost. */
  side(): Promise<Side>
  /** Where the sources are. */
  sourceSide(): Promise<Side>
  /** @throws ToolError for a place that must not be written */
  check(path: string): Promise<void>
  /** Lets scp copy everything to a path. @param staged whether that is a directory for this copy alone */
  run(destination: string, staged: boolean): Promise<ScpEnd>
  signal: AbortSignal
}

export interface Copied {
  end: ScpEnd
  placed: Placed
  warning: string | null
}

/**
 * Copies under a name of its own beside the destination and puts in place what is complete, so that nothing half
 * ever stands under a final name. Where no such name can be made, it is copied in place.
 */
export async function copied(copy: Copy): Promise<Copied> {
  const { place, signal } = copy
  refuseSameNames(copy)
  const side = await copy.side()
  if (!copy.overwrite) await refuseExisting(copy, side)
  const stage = under(place.directory, stagingName())
  try {
    await side.makeDirectory(stage, 0o700)
  } catch (error) {
    if (error instanceof Forbidden && copy.overwrite) return inPlace(copy, error)
    throw error
  }
  try {
    const end = await copy.run(stage, true)
    signal.throwIfAborted()
    const placed = await installed(copy, stage, end)
    const stderr = end.stderr.replaceAll(stage, place.directory)
    return { end: { ...end, stderr }, placed, warning: null }
  } catch (error) {
    throw withoutStage(error, stage, place.directory)
  } finally {
    await cleanedUp(copy, stage)
  }
}

/** The name of the stage is nobody's business. */
function withoutStage(error: unknown, stage: string, directory: string): unknown {
  if (!(error instanceof ToolError)) return error
  return new ToolError(
    error.type,
    error.message.replaceAll(shownName(stage), shownName(directory)),
    error.text,
  )
}

async function installed(copy: Copy, stage: string, end: ScpEnd): Promise<Placed> {
  const side = await copy.side()
  const placed = new Placed()
  if (end.code !== 0) await dropIncomplete({ copy, side, stage, end }, placed)
  if (copy.mode !== null) await setModes(side, stage, copy.mode)
  const moves = await movesFrom(copy, side, stage)
  if (!copy.overwrite) {
    const found = (await Promise.all(moves.map(([from, to]) => conflicts(side, from, to)))).flat()
    if (found.length > 0) throw exists(found)
  }
  const rules = await rulesOf(copy, side, stage)
  for (const [from, to] of moves) await putInPlace(side, from, to, rules, placed)
  copy.signal.throwIfAborted()
  return placed
}

/** What goes where, once it is there. @throws validation_error if several things would get one name */
async function movesFrom(copy: Copy, side: Side, stage: string): Promise<[string, string][]> {
  const { place, items } = copy
  const contents = items.find(({ name }) => name === null)
  if (contents && place.name !== null) {
    const attributes = await (await copy.sourceSide()).stat(contents.source)
    await side.setMode(stage, (attributes?.mode ?? 0o755) & 0o777)
    return [[stage, finalPath(place, '')]]
  }
  const names = await namesIn(side, stage)
  return names.map((name) => [under(stage, name), finalPath(place, name)])
}

async function rulesOf(copy: Copy, side: Side, stage: string): Promise<Rules> {
  const ownMode = copy.mode !== null || copy.preserveTimes
  const asRoot = (await side.lstat(stage))?.uid === 0
  return { overwrite: copy.overwrite, ownMode, asRoot, check: copy.check, signal: copy.signal }
}

/** One of them would be lost. */
function refuseSameNames({ items }: Copy): void {
  const names = items.flatMap(({ name }) => name ?? [])
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  throw invalid(`Several sources are called ${shownName(twice)}. Copy them one by one; nothing was copied.`)
}

/** Before anything is copied: whether a name is taken can often be told by then. */
async function refuseExisting({ items, place }: Copy, side: Side): Promise<void> {
  const finals = items.flatMap(({ name }) => (name === null ? [] : [finalPath(place, name)]))
  const found: string[] = []
  await atOnce(finals, async (path) => {
    const there = await side.lstat(path)
    if (there && there.type !== 'directory') found.push(path)
  })
  if (found.length > 0) throw exists(found)
}

const exists = (paths: readonly string[]): ToolError =>
  invalid(
    `Already there: ${paths.slice(0, 5).map(shownName).join(', ')}. Nothing was copied; overwrite: true would replace it.`,
  )

const setModes = (side: Side, stage: string, mode: number): Promise<void> =>
  eachFile(side, stage, (path) => side.setMode(path, mode))

/** The call may be over by now, and its connection gone; what lies there must not be left behind for that. */
async function cleanedUp(copy: Copy, stage: string): Promise<void> {
  const removal = copy.side().then((side) => removeTree(side, stage))
  await Promise.race([removal.catch(() => {}), pause(CLEANUP_MS, undefined, { ref: false })])
}
