import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BROKEN, INCOMPLETE, Utf8Decoder } from '../../../src/terminal/utf8.js'

/** Decodes as the parser does: ASCII passes by the decoder unless a character is pending. */
function decoded(bytes: Uint8Array): string {
  const decoder = new Utf8Decoder()
  let text = ''
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte < 0x80 && !decoder.pending) {
      text += String.fromCharCode(byte)
      continue
    }
    const point = decoder.next(byte)
    if (point === INCOMPLETE) continue
    text += point === BROKEN ? '\ufffd' : String.fromCodePoint(point)
    if (point === BROKEN) i--
  }
  return decoder.pending ? `${text}\ufffd` : text
}

/** The first and last byte of every class that table 3-7 of Unicode tells apart. */
const EDGES = [
  0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1,
  0xf4, 0xf5, 0xff,
]

describe('Utf8Decoder', () => {
  it('decodes every sequence of up to four edge bytes as Buffer.toString does', () => {
    const wrong: string[] = []
    const extend = (bytes: number[]): void => {
      const buffer = Buffer.from(bytes)
      if (decoded(buffer) !== buffer.toString('utf8')) wrong.push(buffer.toString('hex'))
      if (bytes.length < 4) for (const byte of EDGES) extend([...bytes, byte])
    }
    extend([])
    expect(wrong).toEqual([])
  })

  it('decodes any bytes as Buffer.toString does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(decoded(bytes)).toBe(Buffer.from(bytes).toString('utf8'))
      }),
    )
  })

  it('decodes any text to itself', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decoded(Buffer.from(text))).toBe(text)
      }),
    )
  })

  it('says that a character is pending until its last byte', () => {
    const decoder = new Utf8Decoder()
    const pending = [...Buffer.from('😀')].map((byte) => {
      decoder.next(byte)
      return decoder.pending
    })
    expect(pending).toEqual([true, true, true, false])
  })
})
