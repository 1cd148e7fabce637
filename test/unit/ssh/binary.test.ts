import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BinaryReader, FrameSplitter, sshString, uint32 } from '../../../src/ssh/binary.js'
import { places, waysOfFeeding } from '../streams.js'

const MAX = 8192

/** Feeds a splitter from one buffer that is used again and again, as a socket may; frames are kept as copies. */
function split(chunks: readonly Buffer[], max = MAX): Buffer[] {
  const frames: Buffer[] = []
  const splitter = new FrameSplitter(max, (frame) => frames.push(Buffer.from(frame)))
  const shared = Buffer.alloc(Math.max(1, ...chunks.map(({ length }) => length)))
  for (const chunk of chunks) {
    chunk.copy(shared)
    splitter.push(shared.subarray(0, chunk.length))
    shared.fill(0xee)
  }
  return frames
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.integer({ min: 1000, max: 2500 }).map((length) => new Uint8Array(length).fill(length)),
)

describe('uint32', () => {
  it.each([
    [0, '00000000'],
    [1, '00000001'],
    [0x01020304, '01020304'],
    [0x80000000, '80000000'],
    [0xffffffff, 'ffffffff'],
  ])('of %d', (value, hex) => {
    expect(uint32(value).toString('hex')).toBe(hex)
    expect(new BinaryReader(uint32(value)).uint32()).toBe(value)
  })
})

describe('sshString', () => {
  it.each([
    ['nothing', '', '00000000'],
    ['ASCII', 'exec', '0000000465786563'],
    ['a length in bytes, not characters', 'ü€', '00000005c3bce282ac'],
    ['bytes', Buffer.from([0xff, 0]), '00000002ff00'],
  ])('of %s', (_, value, hex) => {
    expect(sshString(value).toString('hex')).toBe(hex)
  })
})

describe('BinaryReader', () => {
  it('reads one after another', () => {
    const reader = new BinaryReader(
      Buffer.from('05 00000007 00000002 6869 00000000 00000003 e282ac'.replaceAll(' ', ''), 'hex'),
    )
    expect([reader.byte(), reader.uint32(), reader.text()]).toEqual([5, 7, 'hi'])
    expect(reader.string()).toEqual(Buffer.alloc(0))
    expect(reader.text()).toBe('€')
  })

  it.each<[string, string, (reader: BinaryReader) => unknown]>([
    ['a byte', '', (reader) => reader.byte()],
    ['a number', '000000', (reader) => reader.uint32()],
    ['the length of a string', '0000', (reader) => reader.string()],
    ['a string', '000000026a', (reader) => reader.string()],
    ['a text', '000000026a', (reader) => reader.text()],
    ['a string of great length', 'ffffffff6a', (reader) => reader.string()],
  ])('throws where the bytes end within %s', (_, hex, read) => {
    expect(() => read(new BinaryReader(Buffer.from(hex, 'hex')))).toThrow(RangeError)
  })

  it('does not read beyond a view into a larger buffer', () => {
    const view = Buffer.from('000000036a6b6c', 'hex').subarray(0, 6)
    expect(() => new BinaryReader(view).string()).toThrow(RangeError)
  })

  it('reads what was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(0xffffffff), fc.string({ unit: 'grapheme' }), bytes)),
        (values) => {
          const written = values.map((value) =>
            typeof value === 'number'
              ? uint32(value)
              : sshString(typeof value === 'string' ? value : Buffer.from(value)),
          )
          const reader = new BinaryReader(Buffer.concat(written))
          const read = values.map((value) => {
            if (typeof value === 'number') return reader.uint32()
            return typeof value === 'string' ? reader.text() : new Uint8Array(reader.string())
          })
          expect(read).toEqual(values)
          expect(() => reader.byte()).toThrow(RangeError)
        },
      ),
    )
  })
})

describe('FrameSplitter', () => {
  it('gives each message at any cut of the stream', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 3 }), places, (messages, cuts) => {
        const frames = messages.map((message) => Buffer.from(message))
        for (const [, chunks] of waysOfFeeding(Buffer.concat(frames.map(sshString)), cuts))
          expect(Buffer.concat(split(chunks).map(sshString))).toEqual(Buffer.concat(frames.map(sshString)))
      }),
      { numRuns: 40 },
    )
  })

  it.each<[string, string[], string[]]>([
    ['nothing', [''], []],
    ['half a length', ['000000'], []],
    ['a length alone', ['00000001'], []],
    ['an empty message', ['00000000'], ['']],
    ['a message and the beginning of one', ['00000001aa000000'], ['aa']],
    ['a length cut in two', ['0000', '0001aa'], ['aa']],
    ['a message cut from its length', ['00000001', 'aa'], ['aa']],
    ['two in one piece after half of one', ['00000002aa', 'bb00000001cc00000000'], ['aabb', 'cc', '']],
    ['empty pieces', ['', '000000', '', '01', '', 'aa', ''], ['aa']],
  ])('takes %s', (_, pieces, frames) => {
    expect(
      split(pieces.map((piece) => Buffer.from(piece, 'hex'))).map((frame) => frame.toString('hex')),
    ).toEqual(frames)
  })

  it('gives a message as soon as its last byte is there', () => {
    const seen: string[] = []
    const splitter = new FrameSplitter(MAX, (frame) => seen.push(frame.toString()))
    const counts = [...Buffer.concat([sshString('ab'), sshString('c')])].map((byte) => {
      splitter.push(Buffer.from([byte]))
      return seen.length
    })
    expect(counts).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2])
  })

  const limited = Buffer.concat([sshString('ok'), sshString(Buffer.alloc(17))])
  it.each(waysOfFeeding(limited, [3, 8]))('throws at a message that is too long, fed %s', (_, chunks) => {
    const seen: string[] = []
    const splitter = new FrameSplitter(16, (frame) => seen.push(frame.toString()))
    expect(() => {
      for (const chunk of chunks) splitter.push(chunk)
    }).toThrow(RangeError)
    expect(seen).toEqual(['ok'])
  })

  it('throws as soon as the length is known, whatever comes behind', () => {
    const splitter = new FrameSplitter(16, () => {})
    splitter.push(Buffer.from([0xff, 0xff, 0xff]))
    expect(() => splitter.push(Buffer.from([0xff]))).toThrow('a message of 4294967295 bytes')
  })

  it('takes a message of the greatest length', () => {
    expect(split([sshString(Buffer.alloc(16, 1))], 16)).toEqual([Buffer.alloc(16, 1)])
  })
})
