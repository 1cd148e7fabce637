import { errorText } from './error-text.js'
import { shownName } from './shown-name.js'
import { type Side, under } from './side.js'
import { type Amount, amountIn, atOnce, namesIn } from './tree-walk.js'

/** What holds for everything that is put in place. */
export interface Rules {
  overwrite: boolean
  /** Whether what is copied keeps the mode it came with, even where it replaces a file. */
  ownMode: boolean
  /** Whether this process may give files to others on that side. */
  asRoot: boolean
  /** @throws ToolError for a place that must not be written */
  check(path: string): Promise<void>
  /** Nothing more is put in place once it is aborted. */
  signal: AbortSignal
}

/** Problems that are told of; the rest is counted. */
const MAX_PROBLEMS = 20

/** What was put in place, and what was not. */
export class Placed {
  files = 0
  bytes = 0
  /** Final names that were given, a directory's for all that is in it. */
  readonly names: string[] = []
  /** Sources of which only a part came. */
  readonly incomplete: string[] = []
  readonly #problems: string[] = []
  #untold = 0

  add({ files, bytes }: Amount, name: string): void {
    this.files += files
    this.bytes += bytes
    this.names.push(name)
  }

  problem(error: unknown): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(errorText(error))
    else this.#untold++
  }

  get problems(): string[] {
    return this.#untold === 0 ? this.#problems : [...this.#problems, `… and ${this.#untold} more like these.`]
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
  if (rules.signal.aborted) return
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
  // It may be a directory that nothing can be taken out of, as it came.
  await side.setMode(from, 0o700)
  const names = await namesIn(side, from)
  await atOnce(names, (name) => putInPlace(side, under(from, name), under(to, name), rules, placed))
}

async function moved(side: Side, from: string, to: string, rules: Rules, placed: Placed): Promise<void> {
  await rules.check(to)
  const amount = await amountIn(side, from)
  await side.rename(from, to, rules.overwrite)
  placed.add(amount, to)
}
