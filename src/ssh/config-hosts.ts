import { configLines } from './config-words.js'
import { matchesGlob } from './glob.js'

/** What stands between two lines that say for which hosts the following holds. */
export interface ConfigBlock {
  /** The patterns of its `Host` line; null before the first, and where `Match` decides, which nobody can tell here. */
  patterns: readonly string[] | null
  /** Where its hosts are, as far as it says so. */
  hostName: string | null
  /** Patterns of files that are read here, and hold for these hosts only. */
  includes: readonly string[]
}

/** A name that a person's configuration has for a host. */
export interface ConfigHost {
  alias: string
  /** Where it leads to by its own block; another may have come first. */
  hostName: string | null
}

export function configBlocks(text: string): ConfigBlock[] {
  const blocks: { patterns: string[] | null; hostName: string | null; includes: string[] }[] = []
  const begin = (patterns: string[] | null) => blocks.push({ patterns, hostName: null, includes: [] })
  begin(null)
  for (const { keyword, values } of configLines(text)) {
    const block = blocks.at(-1) as (typeof blocks)[number]
    if (keyword === 'host') begin(values)
    else if (keyword === 'match') begin(null)
    else if (keyword === 'include') block.includes.push(...values)
    else if (keyword === 'hostname') block.hostName ??= values[0] as string
  }
  return blocks
}

/** The hosts that a block calls by a name, where patterns are none, and one that is denied in the same line is not meant. */
export function namedHosts({ patterns, hostName }: ConfigBlock): ConfigHost[] {
  const isMeant = hostLine(patterns ?? [])
  return (patterns ?? [])
    .filter((pattern) => !/[*?!]/.test(pattern) && isMeant(pattern))
    .map((alias) => ({
      alias,
      hostName: hostName?.replace(/%([h%])/g, (_, c) => (c === 'h' ? alias : c)) ?? null,
    }))
}

/** Tells whether a `Host` line holds for a host: one of its patterns does, and none that is denied. */
export function hostLine(patterns: readonly string[]): (host: string) => boolean {
  const isMeant = anyOf(patterns.filter((pattern) => !pattern.startsWith('!')))
  const isDenied = anyOf(
    patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)),
  )
  return (host) => isMeant(host) && !isDenied(host)
}

/** Patterns of one line that are no plain names: more than anybody writes, for each name is compared with each. */
const MAX_GLOBS = 100

/** Names are looked up, for a line may hold thousands: to compare each with each takes seconds. */
function anyOf(patterns: readonly string[]): (host: string) => boolean {
  const names = new Set(patterns)
  const globs = patterns.filter((pattern) => /[*?]/.test(pattern)).slice(0, MAX_GLOBS)
  return (host) => names.has(host) || globs.some((glob) => matchesGlob(glob, host))
}
