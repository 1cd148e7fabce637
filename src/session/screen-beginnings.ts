import { fedFirst } from '../terminal/fresh-starts.js'
import type { Recorder } from './recorder.js'
import { shownFrom } from './shown.js'

/** A place of a transcript where the drawing of a screen may begin. */
export interface Beginning {
  offset: number
  /** What a new screen is fed before the stream. */
  first: string
  /** Whether it begins with the alternate screen, so that the normal one is not known. */
  alternate: boolean
  /** Whether what is drawn from here on is what a terminal shows that has seen all. */
  exact: boolean
}

/** A stream is drawn from its beginning up to this length, which takes 0.2 to 0.4 s. */
export const MOST_BYTES = 8 * 1024 * 1024
/** Beyond, and where drawing it would take too long, it is drawn from this many bytes back. */
const NEAR_BYTES: readonly number[] = [1024 * 1024, 64 * 1024, 4096]
/** How far the start of a line is looked for. */
const LINE_BYTES = 4096

/** Where drawing up to `end` may begin, the best first; those that follow are nearer. */
export function beginnings(recorder: Recorder, end: number): Beginning[] {
  const { normal, alternate } = recorder.state.fresh
  const known = [{ offset: normal.offset, first: fedFirst(normal, false), alternate: false, exact: true }]
  if (alternate)
    known.push({ offset: alternate.offset, first: fedFirst(alternate, true), alternate: true, exact: true })
  const newest = (alternate ?? normal).offset
  const on = alternate !== null
  const near = NEAR_BYTES.filter((bytes) => newest < end - bytes).map((bytes) => {
    const offset = lineFrom(recorder, end - bytes, end)
    const first = fedFirst({ offset, modes: '' }, on)
    return { offset, first, alternate: on, exact: false }
  })
  const all = [...known.filter(({ offset }) => offset <= end && end - offset <= MOST_BYTES), ...near]
  // All that is known begins later.
  return all.length > 0 ? all : [startingAt(Math.max(0, end - LINE_BYTES))]
}

const startingAt = (offset: number): Beginning => ({
  offset,
  first: '',
  alternate: false,
  exact: offset === 0,
})

/** The start of a line, so that what is drawn does not begin within a sequence. */
function lineFrom(recorder: Recorder, offset: number, end: number): number {
  const part = shownFrom(recorder, offset, LINE_BYTES, end)
  const lineFeed = part.bytes.indexOf(0x0a)
  return lineFeed < 0 ? part.offset : part.offset + lineFeed + 1
}

/** Whether a screen that was drawn from an offset on is what a terminal shows that has seen all. */
export function isExact({ state }: Recorder, { offset }: Beginning): boolean {
  const { normal, alternate } = state.fresh
  return (alternate ?? normal).offset >= offset
}
