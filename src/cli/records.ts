import type { StatePaths } from '../platform/paths.js'
import { readRecords, type SessionRecord } from '../platform/session-files.js'
import { CommandError } from './arguments.js'

export interface FoundRecord {
  directory: string
  record: SessionRecord
}

/** Every session that has left its files, oldest first. */
export const recordsOnDisk = (paths: StatePaths): FoundRecord[] =>
  [...new Set([paths.root, paths.transcripts])].flatMap((root) => readRecords(root))

/** A session by id, else the running one of that name, else the newest. @throws CommandError */
export function findRecord(paths: StatePaths, idOrName: string): FoundRecord {
  const records = recordsOnDisk(paths)
  const named = records.filter(({ record }) => record.session_name === idOrName)
  const found =
    records.find(({ record }) => record.session_id === idOrName) ??
    named.findLast(({ record }) => record.ended_at === null) ??
    named.at(-1)
  if (!found) throw new CommandError(`there is no session '${idOrName}'. See 'ssh-mcp list'.`)
  return found
}
