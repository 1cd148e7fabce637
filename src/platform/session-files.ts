import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from './process-identity.js'

/** A transcript offset, with the sequences for what was unusual about the terminal there. */
interface FreshStart {
  offset: number
  modes: string
}

/** A session's session.json: what a later daemon, or a person, must know of it. */
export interface SessionRecord {
  version: 1
  session_id: string
  session_name: string | null
  target: string
  identity: string
  /** Every host on the way to it, each by its names, for callers who may not reach all. */
  hosts: string[][]
  cols: number
  rows: number
  /** Each size it had, from which transcript offset on. */
  sizes: { from: number; cols: number; rows: number }[]
  /** Where in the transcript programs had the whole screen. */
  full_screens: { from: number; to: number | null; name: string | null }[]
  auto_close: boolean
  /** Whether the shell may be made to report its commands; what it is; and what of that nobody is shown. */
  integration: boolean
  shell: string | null
  hidden: { from: number; to: number | null }[]
  nonces: string[]
  created_at: string
  /** The fields of the end are null while the session runs. */
  ended_at: string | null
  exit_code: number | null
  signal: string | null
  exit_reason: string | null
  gaps: { offset: number; lost_bytes: number }[]
  /** Transcript offsets with the text units before them: how far it was counted, and how far it was read. */
  counted: { offset: number; units: number }
  read: { offset: number; units: number }
  /** Where the screens were blank last, up to `counted`: from there they can be drawn. */
  fresh: { normal: FreshStart; alternate: FreshStart | null }
  tmux_session_name: string | null
  tmux_tmpdir: string | null
  /** The daemon that holds it. */
  owner: ProcessIdentity
}

export const transcriptPath = (directory: string): string => join(directory, 'transcript.log')

/** Makes a new session's directory, 0700. @throws if it exists */
export function createSessionDirectory(root: string, id: string): string {
  const directory = join(root, id)
  mkdirSync(directory, { mode: 0o700 })
  return directory
}

/** Replaces session.json in one step, so that a reader sees the old or the new one whole. */
export function writeRecord(directory: string, record: SessionRecord): void {
  const temporary = join(directory, 'session.json.new')
  writeFileSync(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(temporary, join(directory, 'session.json'))
}

/** Every session that has a readable session.json, with its directory; oldest first. */
export function readRecords(root: string): { directory: string; record: SessionRecord }[] {
  const found: { directory: string; record: SessionRecord }[] = []
  for (const name of listDirectory(root)) {
    const directory = join(root, name)
    const record = /^[a-z0-9]{12}$/.test(name) ? readRecord(directory) : null
    if (record?.session_id === name) found.push({ directory, record })
  }
  return found.sort((a, b) => (a.record.created_at < b.record.created_at ? -1 : 1))
}

/** What records of earlier versions lack. */
const OLDER = {
  integration: false,
  shell: null,
  hidden: [],
  nonces: [],
  sizes: [],
  full_screens: [],
  fresh: { normal: { offset: 0, modes: '' }, alternate: null },
}

function readRecord(directory: string): SessionRecord | null {
  try {
    const record = JSON.parse(readFileSync(join(directory, 'session.json'), 'utf8')) as SessionRecord
    return record.version === 1 ? { ...OLDER, ...record, hosts: record.hosts ?? [[record.target]] } : null
  } catch {
    return null // half a file, or not ours: nothing that could be listed
  }
}

function listDirectory(root: string): string[] {
  try {
    return readdirSync(root)
  } catch {
    return []
  }
}
