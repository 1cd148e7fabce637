import type { Recorder } from './recorder.js'

/** Bytes of a transcript with their place in it. */
export interface Shown {
  offset: number
  bytes: Buffer
}

const NONE = Buffer.alloc(0)

/**
 * The first part of a transcript from `offset` on that is shown, of at most `length` bytes, up to `end`; empty where
 * there is none. All of it came while the terminal had one size.
 */
export function shownFrom(recorder: Recorder, offset: number, length: number, end: number): Shown {
  const from = recorder.hidden.shownFrom(offset)
  if (from >= end) return { offset: Math.max(offset, Math.min(from, end)), bytes: NONE }
  const to = Math.min(end, from + length, recorder.hidden.shownTo(from), recorder.sizes.heldTo(from))
  return { offset: from, bytes: recorder.file.read(from, to - from) }
}

/** The last part before `end` that is shown, of at most `length` bytes; empty where there is none. */
export function shownBefore(recorder: Recorder, end: number, length: number): Shown {
  const to = recorder.hidden.shownBefore(end)
  const from = Math.max(0, to - length, recorder.hidden.shownSince(to))
  return { offset: from, bytes: to > from ? recorder.file.read(from, to - from) : NONE }
}

/** All that is shown of a range, in parts. */
export function* shownParts(
  recorder: Recorder,
  offset: number,
  end: number,
  slice: number,
): Generator<Shown> {
  for (let at = offset; at < end; ) {
    const part = shownFrom(recorder, at, slice, end)
    if (part.bytes.length === 0) return
    yield part
    at = part.offset + part.bytes.length
  }
}
