import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { LISTED_MS, READ_SLICE_BYTES } from '../common/limits.js'
import type { StatePaths } from '../platform/paths.js'
import { isAlive } from '../platform/process-identity.js'
import { readRecords, type SessionRecord, transcriptPath } from '../platform/session-files.js'
import { closeViewer } from '../platform/tmux.js'
import { TranscriptFile } from '../platform/transcript-file.js'
import { FullScreens } from '../terminal/full-screens.js'
import { HiddenRanges } from '../terminal/hidden-ranges.js'
import { LiveStream } from '../terminal/live-stream.js'
import { tmuxOf } from './observer.js'
import { Recorder } from './recorder.js'
import type { Registry } from './registry.js'
import { Session } from './session.js'
import { shownParts } from './shown.js'

/**
 * Lists what earlier daemons left behind: sessions that ended not long ago, and those whose daemon died with
 * them, which are `daemon-lost` from now on. Windows of dead sessions are closed. Nothing of a daemon that is
 * alive is touched.
 */
export function reviveSessions(registry: Registry, paths: StatePaths, env: Record<string, string>): void {
  const roots = [...new Set([paths.root, paths.transcripts])]
  for (const { directory, record } of roots.flatMap((root) => readRecords(root))) {
    if (record.ended_at === null && isAlive(record.owner)) continue
    const lost = record.ended_at === null
    if (!lost && Date.now() - Date.parse(record.ended_at ?? '') > LISTED_MS) continue
    if (record.tmux_session_name) void closeOldViewer(record, env)
    const session = revive(directory, lost ? asLost(record) : record)
    if (lost) session.save()
    rmSync(join(paths.controls, record.session_id), { force: true })
    registry.add(session)
  }
}

const asLost = (record: SessionRecord): SessionRecord => ({
  ...record,
  ended_at: new Date().toISOString(),
  exit_reason: 'daemon-lost',
})

function revive(directory: string, record: SessionRecord): Session {
  const file = TranscriptFile.reopen(transcriptPath(directory))
  // What was being hidden when the daemon died stays hidden.
  const hidden = record.hidden.map(({ from, to }) => ({ from, to: to ?? file.size }))
  const live = new LiveStream(record.counted.offset, record.counted.units, record.fresh)
  const recorder = new Recorder({ file, ...NOBODY }, live, new HiddenRanges(hidden))
  const fullScreens = new FullScreens(record.full_screens)
  for (const { offset, bytes } of shownParts(recorder, record.counted.offset, file.size, READ_SLICE_BYTES)) {
    live.skipTo(offset)
    live.feed(bytes)
  }
  for (const { on, offset } of live.takeNews().switches)
    on ? fullScreens.begin(offset, null) : fullScreens.end(offset)
  const full_screens = [...fullScreens.all]
  live.skipTo(file.size)
  return new Session(directory, { ...record, hidden, full_screens, tmux_session_name: null }, file, live)
}

const NOBODY = { onRecorded: () => {}, onBlocked: () => {} }

async function closeOldViewer(record: SessionRecord, env: Record<string, string>): Promise<void> {
  const directory = record.tmux_tmpdir === null ? {} : { TMUX_TMPDIR: record.tmux_tmpdir }
  const tmux = tmuxOf({ ...env, ...directory })
  if (tmux) await closeViewer(tmux, record.tmux_session_name as string, record.session_id)
}
