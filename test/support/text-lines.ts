import type { Size } from '../../src/terminal/sizes.js'
import { TextView } from '../../src/terminal/text-view.js'
import { FULL_SCREEN, withoutBlankEnd } from './xterm-lines.js'

const NOTE = /^\[program: full-screen, (?:\d+ bytes|\d+ KB|[\d.]+ MB); read with format "screen"\]$/

/** What a view gives of a stream at its end, in the form that the reference has. */
export function textLines(pieces: readonly Buffer[], size: Size): string[] {
  const view = new TextView(size, 0, 0)
  for (const piece of pieces) view.feed(piece)
  const lines = view.take(Number.POSITIVE_INFINITY).text.split('\n')
  return withoutBlankEnd(lines.map((line) => (NOTE.test(line) ? FULL_SCREEN : line)))
}
