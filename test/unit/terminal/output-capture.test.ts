import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OutputCapture } from '../../../src/terminal/output-capture.js'
import { TerminalParser } from '../../../src/terminal/parser.js'
import { anyStream, places, waysOfFeeding } from '../streams.js'

interface Captured {
  text: string
  truncated: boolean
}

/** Feeds a capture from one buffer that is used again and again, as a socket may. */
function captured(chunks: readonly Buffer[], max: number): Captured {
  const capture = new OutputCapture(max)
  const shared = Buffer.alloc(Math.max(1, ...chunks.map(({ length }) => length)))
  for (const chunk of chunks) {
    chunk.copy(shared)
    capture.add(shared.subarray(0, chunk.length))
    shared.fill(0x3f)
  }
  return capture.finish()
}

const LEFT_OUT = /\n… ([\d,]+) characters left out …\n/

/** What was kept of a text of which something was left out. */
function parts({ text }: Captured): { first: string; count: number; last: string } {
  const match = LEFT_OUT.exec(text) as RegExpExecArray
  return {
    first: text.slice(0, match.index),
    count: Number((match[1] as string).replaceAll(',', '')),
    last: text.slice(match.index + match[0].length),
  }
}

/** Whether a text ends within an escape sequence. */
function inSequence(text: string): boolean {
  const parser = new TerminalParser({})
  parser.feed(Buffer.from(text))
  return parser.inSequence
}

const letters = (count: number): string => 'abcdefghij'.repeat(Math.ceil(count / 10)).slice(0, count)

describe('OutputCapture', () => {
  describe.each([
    ['nothing', '', 10],
    ['less than is asked for', 'abc\n', 10],
    ['as much as is asked for', letters(10), 10],
    ['characters of several bytes', '日本語のテキスト', 8],
    ['surrogate pairs', '😀😀😀', 6],
    ['a beginning of a character at its end', Buffer.from([0x61, 0xe2, 0x82]), 2],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x61, 0xc3]), 4],
    ['escape sequences', '\x1b[31mred\x1b[m', 11],
    ['half of an escape sequence', 'a\x1b[3', 4],
    ['more bytes than characters', '€'.repeat(10_000), 10_000],
  ])('gives back whole: %s', (_, output, max) => {
    const stream = Buffer.from(output as string)
    it.each(waysOfFeeding(stream, [1, 3, 7]))('fed %s', (_, chunks) => {
      expect(captured(chunks, max)).toEqual({ text: stream.toString('utf8'), truncated: false })
    })
  })

  it.each([
    ['one more than is asked for', letters(11), 10, 'abcde\n… 1 characters left out …\nghija'],
    ['an odd number', letters(30), 5, 'abc\n… 25 characters left out …\nij'],
    ['one character', letters(30), 1, 'a\n… 29 characters left out …\n'],
    ['two', letters(30), 2, 'a\n… 28 characters left out …\nj'],
    ['thousands', letters(1_234_567), 10, 'abcde\n… 1,234,557 characters left out …\ncdefg'],
    ['characters of several bytes', '日本語のテキスト', 4, '日本\n… 4 characters left out …\nスト'],
    ['no half of a pair', '😀😀😀😀', 5, '😀\n… 4 characters left out …\n😀'],
    ['no half of a character', `${'é'.repeat(5)}`, 4, 'éé\n… 1 characters left out …\néé'],
    [
      'no part of a sequence at the first cut',
      `ab\x1b[31mcd${letters(20)}`,
      12,
      'ab\n… 17 characters left out …\nabcdefghij',
    ],
    [
      'no part of a sequence at the second cut',
      `${letters(20)}x\x1b[31mred`,
      12,
      'abcdef\n… 20 characters left out …\nred',
    ],
    [
      'no part of a title at the second cut',
      `${letters(20)}\x1b]0;a title\x07red`,
      20,
      'abcdefghij\n… 22 characters left out …\nred',
    ],
    [
      'a sequence that begins at the second cut',
      `${letters(20)}\x1b[31mred`,
      16,
      'abcdefgh\n… 12 characters left out …\n\x1b[31mred',
    ],
  ])('gives the beginning and the end of what is longer: %s', (_, output, max, text) => {
    const ways = waysOfFeeding(Buffer.from(output), [3, 9, 17])
    for (const [way, chunks] of ways)
      if (way !== 'byte by byte' || output.length < 3000)
        expect(captured(chunks, max)).toEqual({ text, truncated: true })
  })

  it('counts exactly and keeps beginning and end, whatever comes, at any cut', () => {
    const repeated = fc
      .tuple(anyStream, fc.constantFrom(1, 1, 3, 300))
      .map(([part, times]) => Buffer.concat(Array<Buffer>(times).fill(part)))
    fc.assert(
      fc.property(repeated, fc.integer({ min: 1, max: 100 }), places, (stream, max, cuts) => {
        const whole = stream.toString('utf8')
        const result = captured([stream], max)
        const ways = waysOfFeeding(stream, cuts).filter(
          ([way]) => way !== 'byte by byte' || stream.length < 2000,
        )
        for (const [, chunks] of ways)
          expect(
            captured(
              chunks.filter(({ length }) => length > 0),
              max,
            ),
          ).toEqual(result)
        if (!result.truncated) {
          // One whole element is given, however long it is.
          expect(result.text).toBe(whole)
          return
        }
        expect(whole.length).toBeGreaterThan(max)
        const { first, count, last } = parts(result)
        expect(whole.startsWith(first)).toBe(true)
        expect(whole.endsWith(last)).toBe(true)
        expect(count).toBe(whole.length - first.length - last.length)
      }),
      { numRuns: 200 },
    )
  })

  it('counts exactly though an empty piece comes within a broken character', () => {
    const pieces = [
      Buffer.from([0xe2, 0x82]),
      Buffer.alloc(0),
      Buffer.from('a'),
      Buffer.from([0xac, 0x62, 0x63]),
    ]
    expect(captured(pieces, 2)).toEqual(captured([Buffer.concat(pieces)], 2))
  })

  it('cuts between characters and sequences, and keeps little less than was asked for', () => {
    const piece = fc.constantFrom(
      'a',
      'word ',
      'é',
      '日',
      '😀',
      '\n',
      '\x1b[31m',
      '\x1b[0m',
      '\x1b]0;title\x07',
      '\x1bM',
    )
    const output = fc.array(piece, { minLength: 30, maxLength: 200 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(output, fc.integer({ min: 20, max: 60 }), (text, max) => {
        const result = captured([Buffer.from(text)], max)
        if (!result.truncated) return
        const { first, last } = parts(result)
        const before = text.slice(0, text.length - last.length)
        expect([first, last].map((part) => part.isWellFormed())).toEqual([true, true])
        expect([inSequence(first), inSequence(before)]).toEqual([false, false])
        expect(first.length + last.length).toBeLessThanOrEqual(max)
        // Each cut costs at most the longest piece.
        expect(first.length + last.length).toBeGreaterThan(max - 22)
      }),
    )
  })

  it('does not cut a sequence that begins with one character beyond ASCII', () => {
    expect(parts(captured([Buffer.from(`${letters(40)}\u009b31mred`)], 11)).last).toBe('red')
  })

  it('leaves nothing out where the beginning is all there is', () => {
    const title = `\x1b]0;${letters(50)}\x07`
    expect(captured([Buffer.from(title)], 10)).toEqual({ text: title, truncated: false })
  })

  it('cuts a sequence that no program means', () => {
    const { first, last } = parts(captured([Buffer.from(`${letters(20)}\x1b]0;${letters(20_000)}`)], 40))
    expect([first, last]).toEqual([letters(20), letters(20_000).slice(-20)])
  })

  it.each([1, 4096, 65_536, 1024 * 1024])('keeps the same of a long stream in chunks of %d bytes', (size) => {
    const stream = Buffer.from('€ line 😀\x1b[1m\r\n'.repeat(6000))
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
      stream.subarray(i * size, (i + 1) * size),
    )
    expect(captured(chunks, 1000)).toEqual(captured([stream], 1000))
  })

  it('ends with the last of it, wherever the stream ends', () => {
    const lines = Array.from({ length: 8000 }, (_, i) => `${i}\n`).join('')
    const sizes = fc.array(fc.integer({ min: 1, max: 6000 }), { minLength: 5, maxLength: 40 })
    fc.assert(
      fc.property(sizes, (sizes) => {
        const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0))
        const text = lines.slice(0, ends.at(-1))
        const chunks = ends.map((end, i) => Buffer.from(text.slice(ends[i - 1] ?? 0, end)))
        expect(parts(captured([Buffer.from('x'.repeat(40)), ...chunks], 40)).last).toBe(
          text.slice(-20).padStart(20, 'x'),
        )
      }),
    )
  })

  it('keeps what came last at every moment', () => {
    const capture = new OutputCapture(40)
    const wrong: number[] = []
    for (let i = 10_000; i < 16_000; i++) {
      for (const part of [`${i}`.slice(0, 3), `${i}\n`.slice(3)]) capture.add(Buffer.from(part))
      // By then the middle was dropped a few times.
      if (i > 13_000 && capture.newestLine !== String(i)) wrong.push(i)
    }
    expect(wrong).toEqual([])
  })

  it('takes 200 MB in little memory and time', () => {
    const chunk = Buffer.from('0123456789abcde\n'.repeat(4096))
    const capture = new OutputCapture(16_000)
    const [before, start] = [process.memoryUsage().arrayBuffers, performance.now()]
    for (let i = 0; i < 3200; i++) capture.add(chunk)
    expect(performance.now() - start).toBeLessThan(3000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
    const { count } = parts(capture.finish())
    expect(count).toBe(3200 * chunk.length - 16_000)
  })

  it('takes many small pieces in little memory', () => {
    const capture = new OutputCapture(1000)
    const before = process.memoryUsage()
    for (let i = 0; i < 300_000; i++) capture.add(Buffer.from('é'))
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    expect(arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024)
    expect(heapUsed - before.heapUsed).toBeLessThan(128 * 1024 * 1024)
    expect(parts(capture.finish()).count).toBe(299_000)
  })
})

describe('newestLine', () => {
  const newest = (...chunks: string[]): string | null => {
    const capture = new OutputCapture(100)
    for (const chunk of chunks) capture.add(Buffer.from(chunk))
    return capture.newestLine
  }

  it.each<[string, string[], string | null]>([
    ['is none at first', [], null],
    ['is none of blanks', ['  \n\t\r\n'], null],
    ['is the last', ['one\ntwo'], 'two'],
    ['looks over an empty end', ['one\ntwo\n\n  \n'], 'two'],
    ['is put together from pieces', ['on', 'e\ntw', 'o'], 'two'],
    ['is what a carriage return began', ['10%\r20%\r'], '20%'],
    ['is the end of one that is too long', [`a${'b'.repeat(500)}`], 'b'.repeat(200)],
    ['is found in the end of much output', ['x\n'.repeat(100_000), 'newest\n'], 'newest'],
    ['is found though much output is one line', ['x\n'.repeat(10_000), 'y'.repeat(100_000)], 'y'.repeat(200)],
  ])('%s', (_, chunks, line) => {
    expect(newest(...chunks)).toBe(line)
  })
})
