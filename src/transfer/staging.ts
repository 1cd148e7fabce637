import { errorText } from './error-text.js'
import { shownName } from './shown-name.js'
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
    await atOnce(await namesIn(side, path), (name) => removeTree(side, under(path, name)))
    await side.removeDirectory(path)
  } catch {
    // What cannot be removed stays under a name that says what it is.
  }
}

/** What holds for everything that is put in place. */
export interface Rules {
  overwrite: boolean
  /** Whether what is copied keeps the mode it came with, even where it replaces a file. */
  ownMode: boolean
  /** Whether this process may give files to others on that side. */
  asRoot: boolean
  /** @throws ToolError for a place that must not be written */
  check(path: string): Promise<void>
}

/** What was put in place, and what was not. */
export class Placed {
  files = 0
  bytes = 0
  /** Final names that were given, a directory's for all that is in it. */
  readonly names: string[] = []
  /** Sources of which only a part came. */
  readonly incomplete: string[] = []
  readonly problems: string[] = []

  add({ files, bytes }: Amount, name: string): void {
    this.files += files
    this.bytes += bytes
    this.names.push(name)
  }

  problem(error: unknown): void {
    this.problems.push(errorText(error))
  }
}

/** What is already there under the name of something that is to be put in place; a few of them. */
export async function conflicts(
  side: Side,
  from: string,
  to: string,
  found: string[] = [],
): Promise<string[]> {
  const [staged, existing] = await Promise.all([side.lstat(from), side.lstat(to)])
  if (!staged || !existing || found.length >= 5) return found
  if (staged.type !== 'directory' || (await side.stat(to))?.type !== 'directory') {
    found.push(to)
    return found
  }
  for await (const piece of side.list(from))
    for (const { name } of piece) await conflicts(side, under(from, name), under(to, name), found)
  return found
}

/** Gives what was copied its final name: at once where nothing is there, and file by file where a directory is. */
export async function putInPlace(
  side: Side,
  from: string,
  to: string,
  rules: Rules,
  placed: Placed,
): Promise<void> {
  try {
    const [staged, existing] = await Promise.all([side.lstat(from), side.lstat(to)])
    if (!staged) return
    if (!existing) return await moved(side, from, to, rules, placed)
    const there = existing.type === 'symlink' ? await side.stat(to) : existing
    if (staged.type === 'directory') {
      if (there?.type !== 'directory') return placed.problem(`${shownName(to)} is there and is no directory.`)
      return await merged(side, from, to, rules, placed)
    }
    if (there && there.type !== 'file') return placed.problem(`${shownName(to)} is there and is no file.`)
    // A link to a file stays one.
    const place = there && existing.type === 'symlink' ? await side.realPath(to) : to
    if (there && !rules.ownMode) {
      if (rules.asRoot) await side.setOwner(from, there.uid, there.gid)
      await side.setMode(from, there.mode)
    }
    await moved(side, from, place, rules, placed)
  } catch (error) {
    placed.problem(error)
  }
}

async function merged(side: Side, from: string, to: string, rules: Rules, placed: Placed): Promise<void> {
  const names = await namesIn(side, from)
  await atOnce(names, (name) => putInPlace(side, under(from, name), under(to, name), rules, placed))
}

async function moved(side: Side, from: string, to: string, rules: Rules, placed: Placed): Promise<void> {
  await rules.check(to)
  const amount = await amountIn(side, from)
  await side.rename(from, to, rules.overwrite)
  placed.add(amount, to)
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
