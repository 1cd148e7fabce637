import { userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { readRegularFile } from '../platform/regular-file.js'
import { type ConfigBlock, type ConfigHost, configBlocks, hostLine, namedHosts } from '../ssh/config-hosts.js'
import { allowsHost } from '../ssh/host-policy.js'
import { parseTarget } from '../ssh/target.js'
import type { Caller } from './caller.js'
import { pathsOf, type ReadingRoom } from './config-paths.js'

/** How deep files may include each other: ssh gives up there as well. */
const MAX_DEPTH = 16
/**
 * Files that are read, patterns of such, directories that are searched for them, and bytes of each file: far beyond
 * what people write, so that nothing waits for long.
 */
const MAX_FILES = 200
const MAX_PATTERNS = 200
const MAX_DIRECTORIES = 500
const MAX_FILE_BYTES = 256 * 1024
const SYSTEM = '/etc/ssh'

/** A file that is to be read, and where from. */
interface Source {
  path: string
  depth: number
  /** What relative names in it are relative to. */
  base: string
  /** The home that `~` stands for; null where ssh reads none. */
  home: string | null
  /** Host lines around the places where it is included: what it says holds only where all of them do. */
  within: readonly (readonly string[])[]
}

/**
 * Names of hosts in the ssh configuration of the caller's person and of the machine, in the order in which they stand
 * there, without those its policy cannot allow; fewer once nobody waits for them. It is a suggestion: what a
 * connection may lead to is judged when it is made.
 */
export async function configAliases({ env, policy }: Caller, signal: AbortSignal): Promise<string[]> {
  const home = env.HOME || userInfo().homedir
  const user = join(home, '.ssh')
  const reading = new Reading(signal)
  await reading.read({ path: join(user, 'config'), depth: 0, base: user, home, within: [] })
  await reading.read({ path: join(SYSTEM, 'ssh_config'), depth: 0, base: SYSTEM, home: null, within: [] })
  const hosts = reading.hosts.filter(({ alias, hostName }) =>
    allowsHost(policy, hostName === null ? [alias] : [alias, hostName]),
  )
  return [...new Set(hosts.map(({ alias }) => alias).filter(isTarget))]
}

class Reading {
  readonly hosts: ConfigHost[] = []
  readonly #signal: AbortSignal
  readonly #seen = new Set<string>()
  readonly #room: ReadingRoom = { directories: MAX_DIRECTORIES }
  #patterns = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  async read(source: Source): Promise<void> {
    if (this.#signal.aborted || this.#seen.size >= MAX_FILES) return
    const key = JSON.stringify([source.path, source.within])
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const around = source.within.map(hostLine)
    for (const block of configBlocks(await beginningOf(source.path))) {
      for (const host of namedHosts(block))
        if (around.every((fits) => fits(host.alias))) this.hosts.push(host)
      if (source.depth < MAX_DEPTH) await this.#include(block, source)
    }
  }

  async #include({ patterns, includes }: ConfigBlock, { depth, base, home, within }: Source): Promise<void> {
    const inside = patterns === null ? within : [...within, patterns]
    for (const pattern of includes) {
      if (this.#signal.aborted || this.#seen.size >= MAX_FILES || ++this.#patterns > MAX_PATTERNS) return
      for (const path of await pathsOf(absolute(pattern, base, home), this.#room))
        await this.read({ path, depth: depth + 1, base, home, within: inside })
    }
  }
}

/** As much of a file as is read, without a line that is not read to its end: what it names would be another host. */
async function beginningOf(path: string): Promise<string> {
  const text = (await readRegularFile(path, MAX_FILE_BYTES)) ?? ''
  return Buffer.byteLength(text) < MAX_FILE_BYTES ? text : text.slice(0, text.lastIndexOf('\n') + 1)
}

function absolute(pattern: string, base: string, home: string | null): string {
  if (home !== null && /^~(?:\/|$)/.test(pattern)) return home + pattern.slice(1)
  return isAbsolute(pattern) ? pattern : join(base, pattern)
}

function isTarget(alias: string): boolean {
  try {
    parseTarget(alias)
    return true
  } catch {
    return false
  }
}
