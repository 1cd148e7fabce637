import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownName } from '../../../src/common/shown-name.js'
import { AnswerReader } from '../../../src/remote-files/answer.js'
import { countLines, cutText } from '../../../src/remote-files/cut-text.js'
import { GrepStream } from '../../../src/remote-files/grep-stream.js'

/** A stream in pieces of the given lengths, over and over. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? bytes.length
    // What was handed out is overwritten after use, as a connection does.
    const piece = Buffer.from(bytes.subarray(at, at + length))
    yield piece
    piece.fill(0x23)
    at += length
  }
}

const CUTS = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
const EVERYWHERE: [string, number[]][] = [
  ['whole', [1e9]],
  ['byte by byte', [1]],
]

describe('an answer', () => {
  const bytes = Buffer.from('4\0file\0\0a\nb\0\xff\0\x002\0forged\0\0', 'latin1')
  const read = (lengths: number[]) => {
    const passed: Buffer[] = []
    const reader = new AnswerReader((chunk) => passed.push(Buffer.from(chunk)))
    for (const piece of pieces(bytes, lengths)) reader.push(piece)
    return [reader.raw.map((field) => field.toString('latin1')), Buffer.concat(passed).toString('latin1')]
  }
  const expected = [['file', '', 'a\nb', '\xff'], '\x002\0forged\0\0']

  it.each(EVERYWHERE)('is read %s', (_, lengths) => expect(read(lengths)).toEqual(expected))

  it('is read however it is cut', () => {
    fc.assert(
      fc.property(CUTS, (lengths) => {
        expect(read(lengths)).toEqual(expected)
      }),
    )
  })

  it.each(['backup done\n', '0\0', '12\0a\0', 'x\0'])('is none: %j', (text) => {
    const reader = new AnswerReader(() => expect.unreachable())
    reader.push(Buffer.from(text))
    reader.push(Buffer.alloc(100_000))
    reader.push(Buffer.from('1\0late\0'))
    expect(reader.fields).toBeNull()
  })
})

describe('what grep shows', () => {
  const bytes = Buffer.from(
    '\0WORD./a\n1:b\0' +
      '1:one\n2:\0WOR\n' +
      '\0WORDc\0' +
      '\0WORDd\0' +
      `3:${'ä'.repeat(5000)}\n` +
      '4:no end',
  )
  const read = (lengths: number[]) => {
    const seen: string[] = []
    const stream = new GrepStream('WORD', {
      file: (name) => seen.push(`file ${name.toString()}`),
      line: (text, whole) => seen.push(`${whole} ${text}`),
    })
    for (const piece of pieces(bytes, lengths)) stream.push(piece)
    stream.finish()
    return seen
  }
  const expected = [
    ...['file ./a\n1:b', 'true 1:one', 'true 2:\0WOR', 'file c', 'file d'],
    ...[`false 3:${'ä'.repeat(1998)}… (6,004 more bytes)`, 'true 4:no end'],
  ]

  it.each(EVERYWHERE)('is read %s', (_, lengths) => expect(read(lengths)).toEqual(expected))

  it('is read however it is cut', () => {
    fc.assert(
      fc.property(CUTS, (lengths) => {
        expect(read(lengths)).toEqual(expected)
      }),
    )
  })
})

describe('a text', () => {
  it.each<[string, string, number, number, string, string]>([
    ['that fits', 'a\nb', 3, 3, 'a\nb', 'not'],
    ['of nothing', '', 3, 3, '', 'not'],
    ['at a line end', 'a\nbc\nd', 5, 99, 'a\nbc\n', 'at a line end'],
    ['at a line end before the limit', 'a\nbc\nd', 4, 99, 'a\n', 'at a line end'],
    ['by characters', 'a\nbc\nd', 99, 4, 'a\n', 'at a line end'],
    ['inside a line', 'abcdef\ng', 4, 99, 'abcd', 'inside a line'],
    ['not inside a character', 'aöö', 4, 99, 'aö', 'inside a line'],
    ['not inside a pair', 'a😀😀', 99, 4, 'a😀', 'inside a line'],
  ])('is cut %s', (_, text, bytes, units, given, cut) => {
    expect(cutText(Buffer.from(text), bytes, units)).toMatchObject({
      text: given,
      cut,
      bytes: Buffer.byteLength(given),
    })
  })

  it('never grows, and always begins as the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), fc.nat(70), (bytes, most, units) => {
        const { text, cut } = cutText(Buffer.from(bytes), most + 4, units + 2)
        expect(text.length).toBeLessThanOrEqual(units + 2)
        const whole = Buffer.from(bytes).toString()
        expect(cut === 'not' ? text === whole : whole.startsWith(text.replace(/\ufffd+$/, ''))).toBe(true)
      }),
    )
  })

  it.each([
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['\n\n', 2],
  ])('%j has %i lines', (text, count) => {
    expect(countLines(text)).toBe(count)
  })
})

describe('a name', () => {
  it.each([
    ['plain name.txt', 'plain name.txt'],
    ['Grüße 😀', 'Grüße 😀'],
    [`it's "quoted" $HOME`, `it's "quoted" $HOME`],
    ['a\nb', String.raw`$'a\nb'`],
    [`it's\n\\`, String.raw`$'it\'s\n\\'`],
    ["$'x'", String.raw`$'$\'x\''`],
    ['\u200b\u2028', String.raw`$'\342\200\213\342\200\250'`],
    [Buffer.from('caf\xe9\t', 'latin1'), String.raw`$'caf\351\011'`],
  ])('%j is shown as %s', (name, shown) => {
    expect(shownName(Buffer.from(name as string))).toBe(shown)
  })
})
