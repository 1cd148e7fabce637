import { blamedFiles } from './completeness.js'
import type { Copy, Item } from './copy.js'
import type { Placed } from './placing.js'
import type { ScpEnd } from './scp.js'
import { type Side, under } from './side.js'
import { atOnce, eachFile } from './tree-walk.js'

/** What scp has brought into its stage. */
export interface Staged {
  copy: Copy
  side: Side
  stage: string
  end: ScpEnd
}

/** A copy that failed may have left a file half: only what has its source's size, and no complaint of scp's, stays. */
export async function dropIncomplete({ copy, side, stage, end }: Staged, placed: Placed): Promise<void> {
  const sources = await copy.sourceSide().catch(() => null)
  const written = new Map<string, number>()
  await eachFile(side, stage, async (path, size) => void written.set(path, size))
  const blamed = blamedFiles(end.stderr, end.truncated, [...written.keys()])
  await atOnce([...written], async ([path, size]) => {
    const source = sourceOf(copy.items, path.slice(stage.length + 1))
    const whole = await sources?.stat(source).catch(() => null)
    if (whole?.size === size && !blamed.has(path)) return
    placed.incomplete.push(source)
    await side.removeFile(path)
  })
}

/** Where something in the stage came from. */
function sourceOf(items: readonly Item[], staged: string): string {
  const [name = '', ...rest] = staged.split('/')
  const item = items.find((one) => one.name === name)
  if (item) return [item.source, ...rest].join('/')
  return under(items.find((one) => one.name === null)?.source ?? '', staged)
}
