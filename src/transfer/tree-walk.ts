import { type Side, under } from './side.js'

/** Entries that are put in place side by side: each costs a few round trips. */
const AT_ONCE = 32

export interface Amount {
  files: number
  bytes: number
}

/** How many files lie below a path, itself included, and how large they are. */
export async function amountIn(side: Side, path: string): Promise<Amount> {
  const amount = { files: 0, bytes: 0 }
  await eachFile(side, path, async (_, size) => {
    amount.files++
    amount.bytes += size
  })
  return amount
}

/** Visits all that is no directory, below a path or at it, level by level: a deep tree costs no more trips than a flat one. */
export async function eachFile(
  side: Side,
  path: string,
  visit: (path: string, size: number) => Promise<void>,
): Promise<void> {
  const found = await side.lstat(path)
  if (!found) return
  if (found.type !== 'directory') return visit(path, found.size)
  for (let level = [path]; level.length > 0; ) {
    const next: string[] = []
    await atOnce(level, async (directory) => {
      for await (const piece of side.list(directory))
        for (const { name, attributes } of piece) {
          if (attributes.type === 'directory') next.push(under(directory, name))
          else await visit(under(directory, name), attributes.size)
        }
    })
    level = next
  }
}

/** Takes a tree away, as far as that goes. */
export async function removeTree(side: Side, path: string): Promise<void> {
  const found = await side.lstat(path).catch(() => null)
  if (!found) return
  if (found.type !== 'directory') return side.removeFile(path).catch(() => {})
  try {
    // What was copied may be a directory that nothing can be taken out of.
    if ((found.mode & 0o700) !== 0o700) await side.setMode(path, 0o700)
    await atOnce(await namesIn(side, path), (name) => removeTree(side, under(path, name)))
    await side.removeDirectory(path)
  } catch {
    // What cannot be removed stays under a name that says what it is.
  }
}

/** All of them first, for what is moved away while a directory is read may make it skip others. */
export async function namesIn(side: Side, path: string): Promise<string[]> {
  const names: string[] = []
  for await (const piece of side.list(path)) names.push(...piece.map(({ name }) => name))
  return names
}

/** Not all at once: each piece of a list waits for the one before. */
export async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE)
    await Promise.all(items.slice(at, at + AT_ONCE).map(work))
}
