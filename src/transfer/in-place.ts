import { blamedFiles } from './completeness.js'
import type { Copied, Copy } from './copy.js'
import { finalPath } from './place.js'
import { Placed } from './placing.js'

/**
 * Nothing can be made beside the destination, though files that are there may be written. Trees are not: what stands
 * in the way of them may be links. @param why the error for everything else
 */
export async function inPlace(copy: Copy, why: Error): Promise<Copied> {
  const { items, place } = copy
  const sources = await copy.sourceSide()
  const sizes = await Promise.all(items.map(async ({ source }) => (await sources.stat(source)) ?? null))
  if (sizes.some((found) => found?.type !== 'file')) throw why
  const finals = items.map(({ name }) => finalPath(place, name ?? ''))
  for (const path of finals) await copy.check(path)
  const end = await copy.run(place.name === null ? place.directory : (finals[0] as string), false)
  const placed = new Placed()
  const side = await copy.side()
  const blamed = end.code === 0 ? new Set<string>() : blamedFiles(end.stderr, end.truncated, finals)
  for (const [index, path] of finals.entries()) {
    const size = sizes[index]?.size ?? 0
    if ((await side.stat(path))?.size !== size || blamed.has(path)) placed.incomplete.push(path)
    else placed.add({ files: 1, bytes: size }, path)
    if (copy.mode !== null) await side.setMode(path, copy.mode).catch((error) => placed.problem(error))
  }
  return { end, placed, warning: `Written in place, for nothing can be made beside it: ${why.message}` }
}
