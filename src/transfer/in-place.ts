import type { Copied, Copy } from './copy.js'
import { finalPath } from './place.js'
import { Placed } from './placing.js'
import { eachFile } from './tree-walk.js'

/** Nothing can be made beside the destination, though a file that is there may be written. */
export async function inPlace(copy: Copy, why: Error): Promise<Copied> {
  const { items, place } = copy
  if (place.name !== null && items.length > 1) throw why
  const destination = place.name === null ? place.directory : finalPath(place, '')
  for (const { name } of items) await copy.check(finalPath(place, name ?? ''))
  const end = await copy.run(destination, false)
  const placed = new Placed()
  const [side, sources] = await Promise.all([copy.side(), copy.sourceSide()])
  for (const { source, name } of items) {
    const final = place.name === null && name === null ? place.directory : finalPath(place, name ?? '')
    await eachFile(sources, source, async (path, size) => {
      const copyPath = final + path.slice(source.length)
      if (((await side.stat(copyPath))?.size ?? -1) < size) placed.incomplete.push(path)
      else placed.add({ files: 1, bytes: size }, copyPath)
      if (copy.mode !== null) await side.setMode(copyPath, copy.mode).catch((error) => placed.problem(error))
    })
  }
  return { end, placed, warning: `Written in place, for nothing can be made beside it: ${why.message}` }
}
