import { CHECKPOINT_BYTES, READ_SLICE_BYTES } from '../common/limits.js'
import type { Checkpoint } from '../terminal/checkpoints.js'
import { endOf } from '../terminal/output-capture.js'
import { type Reading, type ReadOptions, ReadPosition } from './read-position.js'
import { type Recorder, unitsOf } from './recorder.js'
import type { Session } from './session.js'
import { shownBefore, shownParts } from './shown.js'

/** The last lines of a transcript, as many of `count` as fit; leaves the session's read position alone. */
export async function readTail(
  session: Session,
  count: number,
  options: Omit<ReadOptions, 'ended'>,
): Promise<Reading> {
  const end = session.state.offset
  const most = options.max * 4
  for (let fed = count; ; fed *= 2) {
    const start = tailStart(session, end, fed, most)
    const reading = await readBetween(session, start, end, options.format)
    const lines = reading.output.split(LINE_ENDS)
    // Where programs write over their lines there are fewer than line feeds.
    if (lines.length < count && start > 0 && end - start < most) continue
    const wanted = lines.slice(-count)
    const output = lastLines(wanted, options.max)
    const isCut = output.length < wanted.reduce((sum, line) => sum + line.length, 0)
    return { ...reading, output, truncated: isCut || (start > 0 && wanted.length < count) }
  }
}

/** Between lines, each with its end. */
export const LINE_ENDS = /(?<=\n)/

/** As many of the last lines as fit; of one that would never fit its end, for a prompt behind it says nothing. */
export function lastLines(lines: readonly string[], max: number): string {
  let from = lines.length
  let room = max
  while (from > 0 && (lines[from - 1] as string).length <= room) room -= (lines[--from] as string).length
  const before = lines[from - 1] ?? ''
  return (before.length > max ? endOf(before, room) : '') + lines.slice(from).join('')
}

/** All between two offsets, in a screen that was filled before. */
async function readBetween(
  { recorder, running }: Session,
  start: number,
  end: number,
  format: ReadOptions['format'],
): Promise<Reading> {
  const { offset, units } = beginningBefore(recorder, start)
  const position = new ReadPosition(recorder, offset, units)
  if (format === 'raw') await position.skipTo(start)
  const all = { format, max: Number.MAX_SAFE_INTEGER, until: end }
  await position.prepare(all)
  const reading = position.take({ ...all, ended: !running })
  return { ...reading, offset: start }
}

/** How far back a checkpoint may be; farther only where an earlier daemon knew them, and reading would take long. */
const FAR_BYTES = 4 * CHECKPOINT_BYTES

/** A place before an offset to begin reading at, so that the screen is filled there: a checkpoint, else a line's beginning. */
function beginningBefore(recorder: Recorder, start: number): Checkpoint {
  const known = recorder.checkpoints.before(start)
  if (start - known.offset <= FAR_BYTES) return known
  const { offset, bytes } = shownBefore(recorder, start, READ_SLICE_BYTES)
  const from = offset + bytes.indexOf(0x0a) + 1
  const { state } = recorder
  const parts = [...shownParts(recorder, from, state.offset, READ_SLICE_BYTES)]
  // Counted from the end, for nobody knows how much stands before.
  const after = unitsOf(Buffer.concat(parts.map((part) => part.bytes)))
  return { offset: from, units: Math.max(0, state.units - after) }
}

/** Offset at which the last `lines` lines begin, looking back no further than `most` bytes. */
function tailStart(session: Session, end: number, lines: number, most: number): number {
  let from = end
  let found = 0
  while (from > 0 && end - from < most) {
    const { offset, bytes } = shownBefore(session.recorder, from, READ_SLICE_BYTES)
    for (let i = bytes.length - 1; i >= 0; i--) {
      // A line feed that ends the transcript ends the last line; it does not begin another.
      if (bytes[i] !== 0x0a || offset + i === end - 1) continue
      if (++found === lines) return offset + i + 1
    }
    from = offset
    if (bytes.length === 0) break
  }
  return from
}
