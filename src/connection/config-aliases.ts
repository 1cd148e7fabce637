import { userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { readRegularFile } from '../platform/regular-file.js'
import { type ConfigHost, configBlocks, isMeant, namedHosts } from '../ssh/config-hosts.js'
import { allowsHost } from '../ssh/host-policy.js'
import { parseTarget } from '../ssh/target.js'
import type { Caller } from './caller.js'
import { pathsOf } from './config-paths.js'

/** How deep files may include each other: ssh gives up there as well. */
const MAX_DEPTH = 16
/** Files that are read, and bytes of each: far beyond what people write, so that nothing waits for long. */
const MAX_FILES = 200
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
 * there, without those its policy cannot allow. It is a suggestion: what a connection may lead to is judged when it is made.
 */
export async function configAliases({ env, policy }: Caller): Promise<string[]> {
  const home = env.HOME || userInfo().homedir
  const user = join(home, '.ssh')
  const reading = new Reading()
  await reading.read({ path: join(user, 'config'), depth: 0, base: user, home, within: [] })
  await reading.read({ path: join(SYSTEM, 'ssh_config'), depth: 0, base: SYSTEM, home: null, within: [] })
  const hosts = reading.hosts.filter(({ alias, hostName }) =>
    allowsHost(policy, hostName === null ? [alias] : [alias, hostName]),
  )
  return [...new Set(hosts.map(({ alias }) => alias).filter(isTarget))]
}

class Reading {
  readonly hosts: ConfigHost[] = []
  readonly #seen = new Set<string>()

  async read({ path, depth, base, home, within }: Source): Promise<void> {
    const key = JSON.stringify([path, within])
    if (this.#seen.has(key) || this.#seen.size >= MAX_FILES) return
    this.#seen.add(key)
    const text = await readRegularFile(path, MAX_FILE_BYTES)
    for (const block of configBlocks(text ?? '')) {
      const named = namedHosts(block).filter(({ alias }) => within.every((host) => isMeant(alias, host)))
      this.hosts.push(...named)
      if (depth >= MAX_DEPTH) continue
      const inside = block.patterns === null ? within : [...within, block.patterns]
      for (const pattern of block.includes) {
        for (const included of await pathsOf(absolute(pattern, base, home)))
          await this.read({ path: included, depth: depth + 1, base, home, within: inside })
      }
    }
  }
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
