import { watch } from 'node:fs'
import { statePaths } from '../platform/paths.js'
import { isAlive } from '../platform/process-identity.js'
import { transcriptPath } from '../platform/session-files.js'
import { TranscriptFile } from '../platform/transcript-file.js'
import { CommandError, commandLine } from './arguments.js'
import { type FoundRecord, findRecord } from './records.js'

const SLICE_BYTES = 64 * 1024
/** How far back the first lines are looked for, in bytes. */
const LOOK_BACK_BYTES = 1024 * 1024
/** A daemon that died writes nothing more, so nothing would wake us. */
const LOOK_AGAIN_MS = 1000

/** Prints the end of a session's transcript as it is, and goes on with what comes until the session ends. */
export async function tail(args: string[]): Promise<void> {
  const { values, positionals } = commandLine(
    args,
    { lines: { type: 'string', short: 'n' }, 'no-follow': { type: 'boolean' } },
    1,
  )
  const lines = Number(values.lines ?? 40)
  if (!Number.isInteger(lines) || lines < 0) throw new CommandError('-n takes a whole number.', 2)
  const paths = statePaths(process.env)
  const found = findRecord(paths, positionals[0] as string)
  const path = transcriptPath(found.directory)
  let offset = copy(path, startOf(path, lines))
  if (values['no-follow']) return
  process.stdout.on('error', () => process.exit(0)) // the reader of a pipe has gone
  while (isRunning(found)) {
    await changed(found.directory)
    const current = findRecord(paths, found.record.session_id)
    found.record = current.record
    offset = copy(path, offset)
  }
  copy(path, offset)
}

const isRunning = ({ record }: FoundRecord): boolean => record.ended_at === null && isAlive(record.owner)

/** Writes everything from an offset on. @returns the offset reached */
function copy(path: string, from: number): number {
  const file = TranscriptFile.reopen(path)
  let offset = from
  while (offset < file.size) {
    const bytes = file.read(offset, SLICE_BYTES)
    if (bytes.length === 0) break
    process.stdout.write(bytes)
    offset += bytes.length
  }
  return offset
}

function startOf(path: string, lines: number): number {
  const file = TranscriptFile.reopen(path)
  const from = Math.max(0, file.size - LOOK_BACK_BYTES)
  const bytes = file.read(from, LOOK_BACK_BYTES)
  let at = bytes.length - 1
  for (let found = 0; found < lines && at > 0; found++) at = bytes.lastIndexOf('\n', at - 1)
  return lines === 0 ? file.size : from + Math.max(0, at + 1)
}

/** Settles when something in the directory changes, or after a second. */
function changed(directory: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, () => done())
    const timer = setTimeout(() => done(), LOOK_AGAIN_MS)
    const done = (): void => {
      watcher.close()
      clearTimeout(timer)
      resolve()
    }
    watcher.on('error', () => done())
  })
}
