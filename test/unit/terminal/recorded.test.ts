import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextView } from '../../../src/terminal/text-view.js'
import { bytesOf, RECORDED, type RecordedStream } from '../../support/recorded-streams.js'
import { FULL_SCREEN, withoutBlankEnd, xtermLines } from '../../support/xterm-lines.js'
import { places, waysOfFeeding } from '../streams.js'

const NOTE =
  /^\[(?:full-screen program: |.+: full-screen, )(?:\d+ bytes|\d+ KB|[\d.]+ MB); read with format "screen"\]$/

/** What a view gives of a stream at its end, as the reference has it. */
function linesOf(pieces: readonly Buffer[], { cols, rows }: RecordedStream): string[] {
  const view = new TextView({ cols, rows }, 0, 0)
  for (const piece of pieces) view.feed(piece)
  const lines = view
    .take(Number.POSITIVE_INFINITY)
    .text.split('\n')
    .map((line) => (NOTE.test(line) ? FULL_SCREEN : line))
  return withoutBlankEnd(lines)
}

describe('recorded streams read as text', () => {
  it.each(RECORDED)('$name: the lines that xterm keeps', async (recorded) => {
    const stream = bytesOf(recorded)
    const expected = await xtermLines(stream, recorded.cols, recorded.rows)
    expect(linesOf([stream], recorded)).toEqual(expected)
  })

  it.each(RECORDED)('$name: however it is cut', (recorded) => {
    const stream = bytesOf(recorded)
    const [cuts = []] = fc.sample(places, 1)
    const whole = linesOf([stream], recorded)
    for (const [way, pieces] of waysOfFeeding(stream, cuts))
      expect(linesOf(pieces, recorded), way).toEqual(whole)
  })
})
