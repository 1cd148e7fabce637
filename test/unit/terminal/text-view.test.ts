import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextView } from '../../../src/terminal/text-view.js'
import { anyStream, cutAt, places, plainLines, waysOfFeeding } from '../streams.js'

const ALL = Number.MAX_SAFE_INTEGER

/** Feeds each piece and takes with the limits in turn; then all that is left. */
function takes(pieces: readonly Buffer[], limits: readonly number[], cols = 20): string[] {
  const view = new TextView({ cols: cols, rows: 24 }, 0, 0)
  const taken: string[] = []
  pieces.forEach((piece, index) => {
    view.feed(piece)
    const max = limits[index % limits.length]
    if (max !== undefined) taken.push(view.take(max).text)
  })
  for (let left = view.take(7); ; left = view.take(7)) {
    taken.push(left.text)
    if (!left.truncated) return taken
  }
}

/** What is sent before each take, and what that take gives. */
const STORIES: [string, [string, string][]][] = [
  [
    'a growing line',
    [
      ['ab', 'ab'],
      ['cd', 'cd'],
      ['\r\ne', '\ne'],
    ],
  ],
  [
    'nothing new',
    [
      ['ab', 'ab'],
      ['', ''],
      ['\x1b[m', ''],
    ],
  ],
  [
    'a line end that comes later',
    [
      ['ab', 'ab'],
      ['\r', ''],
      ['\n', '\n'],
      ['x', 'x'],
    ],
  ],
  [
    'a bar that moves on',
    [
      ['10%', '10%'],
      ['\r20%', '\n20%'],
      ['\r30%\r\n', '\n30%\n'],
    ],
  ],
  ['a bar that nobody looked at', [['10%\r20%\r30%\r\n', '30%\n']]],
  [
    'a given line that is erased and written again',
    [
      ['abc', 'abc'],
      ['\r\x1b[K', ''],
      ['xy', '\nxy'],
    ],
  ],
  [
    'a given line that is repainted as it was',
    [
      ['$ ls', '$ ls'],
      ['\r\x1b[K$ ls', ''],
      ['\r\nf\r\n', '\nf\n'],
    ],
  ],
  [
    'a padded line that goes on after all',
    [
      [`ab${' '.repeat(78)}`, 'ab'],
      ['cd', `${' '.repeat(78)}cd`],
      ['\r\n', '\n'],
    ],
  ],
  [
    'a prompt, the echo and the answer',
    [
      ['$ ', '$ '],
      ['pwd', 'pwd'],
      ['\r\n/\r\n$ ', '\n/\n$ '],
    ],
  ],
]

describe('TextView', () => {
  it.each(STORIES)('gives %s', (_, steps) => {
    const view = new TextView({ cols: 80, rows: 24 }, 0, 0)
    const given = steps.map(([sent]) => {
      view.feed(Buffer.from(sent))
      return view.take(ALL).text
    })
    expect(given).toEqual(steps.map(([, text]) => text))
  })

  it('gives the same however the feeding is cut', () => {
    fc.assert(
      fc.property(anyStream, places, (stream, cuts) => {
        const [whole] = [takes([stream], [])]
        for (const [way, pieces] of waysOfFeeding(stream, cuts)) expect(takes(pieces, []), way).toEqual(whole)
      }),
    )
  })

  it('gives every line once however feeding and taking are cut', () => {
    fc.assert(
      fc.property(
        plainLines,
        places,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        ({ stream, text }, cuts, limits) => {
          for (const [way, pieces] of waysOfFeeding(stream, cuts)) {
            expect(takes(pieces, limits).join(''), way).toBe(text)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('gives the rows of a very long line once, whatever was given while it was open', () => {
    const line = 'x'.repeat(5000)
    const stream = Buffer.from(`${line}\r\nend`)
    fc.assert(
      fc.property(places, fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), (cuts, limits) => {
        expect(takes(cutAt(stream, cuts), limits, 10).join('')).toBe(`${line}\nend`)
      }),
      { numRuns: 50 },
    )
  })

  it('keeps to the limit, and leaves no UTF-16 pair in two', () => {
    fc.assert(
      fc.property(plainLines, fc.integer({ min: 2, max: 40 }), ({ stream }, max) => {
        const view = new TextView({ cols: 20, rows: 24 }, 0, 0)
        view.feed(stream)
        for (let taken = view.take(max); ; taken = view.take(max)) {
          expect(taken.text.length).toBeLessThanOrEqual(max)
          expect(taken.text.isWellFormed()).toBe(true)
          if (!taken.truncated) return
          expect(taken.text).not.toBe('')
        }
      }),
    )
  })

  it('gives a character of two units even where there is room for one', () => {
    const view = new TextView({ cols: 80, rows: 24 }, 0, 0)
    view.feed(Buffer.from('😀😀\r\n'))
    expect(view.take(1)).toEqual({ text: '😀', truncated: true })
    expect(view.take(1)).toEqual({ text: '😀', truncated: true })
    expect(view.take(1)).toEqual({ text: '\n', truncated: false })
  })

  it('gives no character of two units beyond the limit, once it has given something', () => {
    const view = new TextView({ cols: 80, rows: 24 }, 0, 0)
    view.feed(Buffer.from('a\r\n😀'))
    expect(view.take(3)).toEqual({ text: 'a\n', truncated: true })
    expect(view.take(3)).toEqual({ text: '😀', truncated: false })
  })

  it('leaves a line that does not fit whole for the next time, unless it is the first', () => {
    const view = new TextView({ cols: 80, rows: 24 }, 0, 0)
    view.feed(Buffer.from('abc\r\ndefgh\r\n'))
    expect(view.take(6)).toEqual({ text: 'abc\n', truncated: true })
    expect(view.take(3)).toEqual({ text: 'def', truncated: true })
    expect(view.take(9)).toEqual({ text: 'gh\n', truncated: false })
  })

  it('has given all units once all is taken, and counts forward only', () => {
    fc.assert(
      fc.property(plainLines, places, fc.integer({ min: 1, max: 40 }), ({ stream }, cuts, max) => {
        const view = new TextView({ cols: 20, rows: 24 }, 0, 0)
        const counts = cutAt(stream, cuts).map((piece) => {
          view.feed(piece)
          view.take(max)
          return view.unitsGiven
        })
        expect(counts).toEqual(counts.toSorted((a, b) => a - b))
        view.take(ALL)
        const all = new TextView({ cols: 20, rows: 24 }, 0, 0)
        all.feed(stream)
        all.skip()
        expect(view.unitsGiven).toBe(all.unitsGiven)
        expect(view.position).toBe(all.position)
      }),
    )
  })

  it.each([
    ['nothing was given', 'one\r\ntwo\r\nth', 0, 0],
    ['a line was given', 'one\r\ntwo\r\nth', 4, 5],
    ['part of a line was given', 'one\r\ntwo\r\nth', 2, 0],
    ['a line was given, with room for no other', 'one\r\ntwo\r\nth', 5, 5],
    ['all was given', 'one\r\ntwo\r\nth', 99, 12],
    ['all was given and the line has ended', 'one\r\n', 99, 5],
  ])('says where a reader of bytes goes on: %s', (_, sent, max, position) => {
    const view = new TextView({ cols: 80, rows: 24 }, 0, 0)
    view.feed(Buffer.from(sent))
    if (max > 0) view.take(max)
    expect(view.position).toBe(position)
  })

  it('begins where it is told to', () => {
    const view = new TextView({ cols: 80, rows: 24 }, 1000, 700)
    expect([view.position, view.unitsBefore, view.unitsGiven, view.fedTo]).toEqual([1000, 700, 700, 1000])
    view.feed(Buffer.from('é\r\nx'))
    expect(view.take(2).text).toBe('é\n')
    expect([view.position, view.unitsBefore, view.unitsGiven, view.fedTo]).toEqual([1004, 703, 703, 1005])
  })

  it('gives the end of an empty line at which it was told to begin', () => {
    const view = new TextView({ cols: 80, rows: 24 }, 0, 0)
    view.feed(Buffer.from('old\r\n'))
    view.skip()
    view.feed(Buffer.from('\r\nnew'))
    expect(view.take(ALL).text).toBe('\nnew')
  })

  it('gives nothing of what was skipped, and goes on after it', () => {
    const view = new TextView({ cols: 80, rows: 24 }, 0, 0)
    view.feed(Buffer.from('old\r\nhalf'))
    view.skip()
    expect(view.take(ALL)).toEqual({ text: '', truncated: false })
    view.feed(Buffer.from(' line\r\n'))
    expect(view.take(ALL).text).toBe(' line\n')
  })
})
