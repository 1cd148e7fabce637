import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from '../../../src/wire/lines.js'
import { places, waysOfFeeding } from '../streams.js'

const TOO_LONG = Symbol('too long')

function split(pieces: readonly Buffer[], max: number): (string | symbol)[] {
  const seen: (string | symbol)[] = []
  const splitter = new LineSplitter(
    max,
    (line) => seen.push(line),
    () => seen.push(TOO_LONG),
  )
  for (const piece of pieces) splitter.push(piece)
  return seen
}

const CASES: [string, string, (string | symbol)[]][] = [
  ['lines', 'a\nbc\n', ['a', 'bc']],
  ['a line that is not ended', 'a\nbc', ['a']],
  ['empty lines', '\n\na\n', ['', '', 'a']],
  ['line ends of two characters', 'a\r\nb\r\n', ['a', 'b']],
  ['a carriage return within a line', 'a\rb\n', ['a\rb']],
  ['characters beyond ASCII', 'é😀\nü\n', ['é😀', 'ü']],
  ['a line of the longest size', '12345678\nx\n', ['12345678', 'x']],
  ['a longer one, which is dropped and told of once', '123456789\nx\n', [TOO_LONG, 'x']],
  ['one that is longer by far', `${'1'.repeat(100)}\nx\n`, [TOO_LONG, 'x']],
  ['two that are too long', '123456789\n123456789\nx\n', [TOO_LONG, TOO_LONG, 'x']],
  ['one that is too long and not ended', '123456789', [TOO_LONG]],
]

describe('LineSplitter', () => {
  it.each(CASES)('splits %s', (_, input, lines) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(input), [2, 5, 9])) {
      expect(split(pieces, 8), way).toEqual(lines)
    }
  })

  it('splits the same however the bytes are cut', () => {
    const input = fc
      .array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r', 'abc'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(input, places, fc.integer({ min: 1, max: 12 }), (text, cuts, max) => {
        const whole = split([Buffer.from(text)], max)
        for (const [way, pieces] of waysOfFeeding(Buffer.from(text), cuts)) {
          expect(split(pieces, max), way).toEqual(whole)
        }
      }),
    )
  })
})
