import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, RECORDED } from '../../support/recorded-streams.js'
import { textLines } from '../../support/text-lines.js'
import { xtermLines } from '../../support/xterm-lines.js'
import { places, waysOfFeeding } from '../streams.js'

describe('recorded streams read as text', () => {
  it.each(RECORDED)('$name: the lines that xterm keeps', async (recorded) => {
    const stream = bytesOf(recorded)
    expect(textLines([stream], recorded)).toEqual(await xtermLines(stream, recorded.cols, recorded.rows))
  })

  it.each(RECORDED)('$name: however it is cut', (recorded) => {
    const stream = bytesOf(recorded)
    const [cuts = []] = fc.sample(places, 1)
    const whole = textLines([stream], recorded)
    for (const [way, pieces] of waysOfFeeding(stream, cuts))
      expect(textLines(pieces, recorded), way).toEqual(whole)
  })
})
