import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LiveStream } from '../../../src/terminal/live-stream.js'
import type { Query, Question } from '../../../src/terminal/queries.js'
import { anyStream, places, waysOfFeeding } from '../streams.js'

function found(pieces: readonly Buffer[], from = 0): Query[] {
  const live = new LiveStream(from)
  return pieces.flatMap((piece) => {
    live.feed(piece)
    return live.takeNews().queries
  })
}

const ATTRIBUTES: Question = { ask: 'attributes' }
const colour = (which: string, bell = true): Question => ({ ask: 'colour', which, bell })

describe('queries in a stream', () => {
  it.each<[string, string, Question[]]>([
    ['DA1', '\x1b[c', [ATTRIBUTES]],
    ['DA1 with its number', '\x1b[0c', [ATTRIBUTES]],
    ['DECID', '\x1bZ', [ATTRIBUTES]],
    ['DA2', '\x1b[>c', [{ ask: 'version' }]],
    ['DA2 with its number', '\x1b[>0c', [{ ask: 'version' }]],
    ['DSR', '\x1b[5n', [{ ask: 'status' }]],
    ['CPR', '\x1b[6n', [{ ask: 'cursor', extended: false }]],
    ['DECXCPR', '\x1b[?6n', [{ ask: 'cursor', extended: true }]],
    ['the size of the text', '\x1b[18t', [{ ask: 'text-size' }]],
    ['the size of the screen', '\x1b[19t', [{ ask: 'screen-size' }]],
    ['the text colour', '\x1b]10;?\x07', [colour('10')]],
    ['the background', '\x1b]11;?\x1b\\', [colour('11', false)]],
    ['the background, ended by an 8-bit ST', '\x1b]11;?\u009c', [colour('11', false)]],
    ['all three', '\x1b]10;?;?;?;?\x07', [colour('10'), colour('11'), colour('12')]],
    ['the second while the first is set', '\x1b]10;red;?\x07', [colour('11')]],
    ['a colour of the palette', '\x1b]4;17;?\x07', [colour('4;17')]],
    ['several, and one that is set', '\x1b]4;1;?;2;red;3;?\x07', [colour('4;1'), colour('4;3')]],
    ['within a sequence, a control character', '\x1b[\r6n', [{ ask: 'cursor', extended: false }]],
    ['the 8-bit form', '\u009bc', [ATTRIBUTES]],
    ['some at once, in order', 'a\x1b[6n\x1b[c', [{ ask: 'cursor', extended: false }, ATTRIBUTES]],
    // What nobody answers, or what is no question.
    ['an answer to DA1', '\x1b[?62;22c', []],
    ['an answer to CPR', '\x1b[5;1R', []],
    ['DA1 with a strange number', '\x1b[1c', []],
    ['DA1 with too many', '\x1b[0;0c', []],
    ['DA3', '\x1b[=c', []],
    ['XTVERSION', '\x1b[>q\x1b[>0q', []],
    ['DECRQM', '\x1b[?2026$p\x1b[4$p', []],
    ['DECRQSS and XTGETTCAP', '\x1bP$qm\x1b\\\x1bP+q544e\x1b\\', []],
    ['the keyboard protocol', '\x1b[?u', []],
    ['pixels, titles, a position', '\x1b[14t\x1b[16t\x1b[20t\x1b[21t\x1b[13t', []],
    ['DECREQTPARM', '\x1b[x\x1b[1x', []],
    ['the printer', '\x1b[?15n', []],
    ['the clipboard', '\x1b]52;c;?\x07', []],
    ['other colours', '\x1b]4;256;?\x07\x1b]4;x;?\x07\x1b]13;?\x07\x1b]5;0;?\x07\x1b]4;?\x07', []],
    ['a colour that is set', '\x1b]11;#ffffff\x07', []],
    ['a title with a question mark', '\x1b]0;4;1;?\x07', []],
    ['text in a control string', '\x1bPtmux;\x1b\x1b[c\x1b\\', [ATTRIBUTES]],
    ['what a string holds', '\x1b]0;[c\x07', []],
    ['what was broken off', '\x1b[\x18c\x1b[6\x1an', []],
    ['an intermediate byte', "\x1b['c\x1b #Z", []],
  ])('%s', (_, stream, questions) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(stream), [3, 5]))
      expect(
        found(pieces).map(({ question }) => question),
        way,
      ).toEqual(questions)
  })

  it('stand at their offsets, with what was printed before them', () => {
    const stream = 'ab\x1b[?2004h> \x1b[6n\r\n\x1b[?2004l\x1b[c'
    expect(found([Buffer.from(stream)], 100)).toMatchObject([
      { end: 116, units: 4, editors: 1, edited: true },
      { end: 129, units: 6, editors: 1, edited: false },
    ])
  })

  it('are the same however the stream is cut', () => {
    fc.assert(
      fc.property(anyStream, anyStream, places, (before, after, cuts) => {
        const stream = Buffer.concat([
          before,
          Buffer.from('\x1b[6n\x1b]11;?\x07'),
          after,
          Buffer.from('\x1b[c'),
        ])
        const whole = found([stream])
        for (const [way, pieces] of waysOfFeeding(stream, cuts)) expect(found(pieces), way).toEqual(whole)
      }),
      { numRuns: 200 },
    )
  })

  it('are not kept without end where nobody takes them', () => {
    const live = new LiveStream()
    for (let i = 0; i < 10; i++) live.feed(Buffer.from('\x1b[c'.repeat(1000)))
    live.feed(Buffer.from('\x1b[6n'))
    const queries = live.takeNews().queries
    expect(queries.length).toBeLessThanOrEqual(300)
    expect(queries.at(-1)?.question.ask).toBe('cursor')
    expect(live.takeNews().queries).toEqual([])
  })
})
