import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_SEQUENCE_BYTES } from '../../../src/common/limits.js'
import { TerminalParser } from '../../../src/terminal/parser.js'
import { rawCut } from '../../../src/terminal/raw-cut.js'
import { anyStream, cutAt, places, properStream } from '../streams.js'

/** Where a stream may be cut: between characters and sequences. */
function boundaries(stream: Buffer): Set<number> {
  const found = new Set([0])
  // What is broken off ends before the byte that shows it, so its end is only told of.
  const parser = new TerminalParser({ boundary: (offset) => found.add(offset) })
  for (const byte of stream) {
    parser.feed(Buffer.from([byte]))
    found.add(parser.pendingFrom)
  }
  return found
}

/** Reads a stream that arrives in pieces, each time what is there, until nothing comes. @returns the parts */
function parts(arriving: readonly Buffer[], max: number): Buffer[] {
  const found: Buffer[] = []
  let waiting = Buffer.alloc(0)
  const takeAll = (last: boolean): void => {
    for (let cut = rawCut(waiting, max, last); cut > 0; cut = rawCut(waiting, max, last)) {
      found.push(waiting.subarray(0, cut))
      waiting = waiting.subarray(cut)
    }
  }
  for (const piece of arriving) {
    waiting = Buffer.concat([waiting, piece])
    takeAll(false)
  }
  takeAll(true)
  expect(waiting.toString('latin1'), 'left for ever').toBe('')
  return found
}

const unitsOf = (part: Buffer): number => part.toString('utf8').length

const CUTS: [string, Buffer, number, boolean, number][] = [
  ['text that fits', Buffer.from('abc'), 3, false, 3],
  ['text that does not', Buffer.from('abc'), 2, false, 2],
  ['a character whole', Buffer.from('aéb'), 2, false, 3],
  ['a pair whole, though there is room for half', Buffer.from('a😀'), 2, false, 1],
  ['a pair that comes first, whatever the room', Buffer.from('😀a'), 1, false, 4],
  ['a sequence whole', Buffer.from('ab\x1b[31mc'), 5, false, 2],
  ['a sequence that comes first, whatever the room', Buffer.from('\x1b[31mc'), 1, false, 5],
  ['not what is incomplete', Buffer.from('ab\x1b[3'), 99, false, 2],
  ['half of a character at the very end', Buffer.from([0x61, 0xc3]), 99, true, 2],
  ['half of a character that may be completed', Buffer.from([0x61, 0xc3]), 99, false, 1],
  ['what is incomplete at the very end', Buffer.from('ab\x1b[3'), 99, true, 5],
  ['a sequence that was broken off, at the very end', Buffer.from('ab\x1b[3\x18'), 99, true, 6],
  ['a sequence that was broken off, before text', Buffer.from('ab\x1b[31\x18cd'), 4, false, 2],
  ['invalid bytes, a unit each', Buffer.from([0xff, 0xfe, 0xfd]), 2, false, 2],
  ['nothing of nothing', Buffer.alloc(0), 9, true, 0],
]

describe('rawCut', () => {
  it.each(CUTS)('hands out %s', (_, bytes, max, last, cut) => {
    expect(rawCut(bytes, max, last)).toBe(cut)
  })

  it('loses and doubles nothing, and always gets on', () => {
    fc.assert(
      fc.property(anyStream, places, fc.integer({ min: 1, max: 60 }), (stream, cuts, max) => {
        const found = parts(cutAt(stream, cuts), max)
        expect(Buffer.concat(found).equals(stream)).toBe(true)
        expect(found.map((part) => part.toString('utf8')).join('')).toBe(stream.toString('utf8'))
      }),
      { numRuns: 300 },
    )
  })

  it('may cut between two escapes that follow a string, as a reader does who begins there', () => {
    const places = [...boundaries(Buffer.from('\x1bP\x1b\x1b]0;a title\x07'))]
    expect(places).toContain(2)
    expect(places).toContain(3)
  })

  it('cuts between characters and sequences only', () => {
    fc.assert(
      fc.property(anyStream, fc.integer({ min: 1, max: 60 }), (stream, max) => {
        const allowed = boundaries(stream)
        const incomplete = Math.max(...allowed)
        let at = 0
        for (const part of parts([stream], max)) {
          at += part.length
          if (at < incomplete) expect(allowed).toContain(at)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('keeps to the limit unless one character or sequence is longer', () => {
    fc.assert(
      fc.property(properStream, fc.integer({ min: 1, max: 60 }), (stream, max) => {
        let at = 0
        const allowed = [...boundaries(stream)].sort((a, b) => a - b)
        for (const part of parts([stream], max)) {
          const first = allowed.find((place) => place > at) ?? stream.length
          if (at + part.length > first) expect(unitsOf(part)).toBeLessThanOrEqual(max)
          at += part.length
        }
      }),
    )
  })

  it.each([
    ['complete', '\x1b\\'],
    ['not complete yet', ''],
  ])('does not cut a string of the longest size that is kept whole: %s', (_, end) => {
    const body = 'x'.repeat(MAX_SEQUENCE_BYTES - 2 - end.length)
    const bytes = Buffer.from(`ab\x1bP${body}${end}`)
    expect(rawCut(bytes, 100, false)).toBe(2)
  })

  it.each([
    ['complete', '\x1b\\'],
    ['not complete yet', ''],
  ])('cuts a longer one anywhere but in a character: %s', (_, end) => {
    const stream = Buffer.from(`\x1bPx${'é😀'.repeat(2000)}${end}`)
    for (const length of [stream.length, stream.length - 1, stream.length - 2, stream.length - 3]) {
      const bytes = stream.subarray(0, length)
      for (const max of [1, 2, 3, 100, 101, 5000, 100_000]) {
        const cut = rawCut(bytes, max, false)
        const rest = stream.subarray(cut).toString('utf8')
        expect(cut).toBeGreaterThan(0)
        expect(stream.subarray(0, cut).toString('utf8') + rest, `${length} ${max}`).toBe(
          stream.toString('utf8'),
        )
      }
    }
  })

  it('cuts a long string of invalid bytes in a time that a reply can wait for', { timeout: 2000 }, () => {
    const bytes = Buffer.concat([Buffer.from('\x1bP'), Buffer.alloc(60_000, 0xff)])
    expect(rawCut(bytes, 20_000, false)).toBe(20_000)
  })
})
