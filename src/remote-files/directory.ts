import { shownName } from '../common/shown-name.js'

/** More entries than this say little to anybody; ssh_glob finds what is looked for. */
export const MAX_ENTRIES = 1000

export interface DirectoryEntry {
  /** The name, as `shownName` has it. */
  path: string
  type: string
}

/** @param bytes type and name of each entry and last their number, each ended by a NUL */
export function directoryEntries(bytes: Buffer): { entries: DirectoryEntry[]; count: number } {
  const fields: Buffer[] = []
  for (let at = 0, end = bytes.indexOf(0); end >= 0; at = end + 1, end = bytes.indexOf(0, at))
    fields.push(bytes.subarray(at, end))
  const count = Number(fields.pop()?.toString('latin1'))
  const pairs = Array.from({ length: Math.floor(fields.length / 2) }, (_, i) => ({
    type: (fields[2 * i] as Buffer).toString('latin1'),
    name: fields[2 * i + 1] as Buffer,
  }))
  pairs.sort((a, b) => a.name.compare(b.name))
  return { entries: pairs.map(({ type, name }) => ({ path: shownName(name), type })), count }
}
