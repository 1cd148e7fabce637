import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Piece, PlainText } from '../../../src/terminal/plain-text.js'
import { anyStream, places, plainLines, waysOfFeeding } from '../streams.js'

function read(pieces: readonly Buffer[], cols = 80): { ended: Piece[]; open: Piece } {
  const ended: Piece[] = []
  const plain = new PlainText(cols, 0, 0, (piece) => ended.push(piece))
  for (const piece of pieces) plain.feed(piece)
  return { ended, open: plain.open }
}

function textOf(input: string, cols = 80): string {
  const { ended, open } = read([Buffer.from(input)], cols)
  return [...ended, open].map(({ text, ends }) => text + (ends ? '\n' : '')).join('')
}

const CASES: [string, string, string][] = [
  ['plain lines', 'one\r\ntwo\r\n', 'one\ntwo\n'],
  ['an unfinished line', 'one\r\ntw', 'one\ntw'],
  ['blanks at the end of a line', 'a  \r\n', 'a  \n'],
  ['colours', '\x1b[1;31mred\x1b[0m\r\n', 'red\n'],
  ['a title, and what follows it', '\x1b]0;me@host\x07me@host:~$ ls\r\n', 'me@host:~$ ls\n'],
  ['a control string', '\x1bPq#0\x1b\\a', 'a'],
  ['a character set', '\x1b(Ba', 'a'],
  ['a title that was broken off', '\x1b]0;t\x18a\x1b]0;t\x1ab', 'ab'],
  ['titles and links', '\x1b]0;t\x07a\x1b]8;;http://x\x1b\\b', 'ab'],
  ['a progress bar in its last state', '10%\r50%\r100%\r\n', '100%\n'],
  ['a shorter text over a longer one', 'hello\rHE', 'HEllo'],
  ['a line erased from the cursor on', 'hello\rHE\x1b[K', 'HE'],
  ['a line erased up to the cursor', 'hello\x1b[3D\x1b[1K', '   lo'],
  ['a line erased whole', 'hello\r\x1b[2Kbye', 'bye'],
  ['a backspace', 'helq\bp', 'help'],
  ['a backspace at the start of the line', '\b\ba', 'a'],
  ['what a shell does to rub out a character', 'lss\b \b\r\n', 'ls \n'],
  ['a tab', 'a\tb', 'a       b'],
  ['a line feed alone, which keeps the column', 'ab\ncd', 'ab\n  cd'],
  ['two carriage returns at the line end', 'a\r\r\nb', 'a\nb'],
  ['cursor right and left', 'a\x1b[2Cb\x1b[4Dc', 'c  b'],
  ['a column by number', 'abc\x1b[5Ge\x1b[1Gx', 'xbc e'],
  ['characters deleted', 'abcdef\r\x1b[2P', 'cdef'],
  ['characters erased', 'abcdef\r\x1b[2X', '  cdef'],
  ['blanks inserted', 'abc\r\x1b[2@', '  abc'],
  ['a character repeated', 'a\x1b[3b', 'aaaa'],
  ['the cursor saved and restored', 'ab\x1b7cd\x1b8X', 'abXd'],
  ['wide characters', '日本語\r\n', '日本語\n'],
  ['a wide character written over', '日本語\r\x1b[2Cx', '日x 語'],
  ['half of a wide character written over', '日本\rx', 'x 本'],
  ['a combining mark', 'e\u0301x', 'e\u0301x'],
  ['an emoji of several characters', '👩\u200d💻!', '👩\u200d💻!'],
  ['invalid UTF-8 is told elsewhere; U+FFFD stays', 'a\ufffdb', 'a\ufffdb'],
  ['a bell and a NUL', 'a\x07\0b', 'ab'],
  ['the screen cleared: what stood there stays a line', 'abc\x1b[H\x1b[2Jdef', 'abc\ndef'],
  ['next line', 'ab\x1bEcd', 'ab\ncd'],
  ['index', 'ab\x1bDcd', 'ab\n  cd'],
  ['bracketed paste switched on', '\x1b[?2004h$ ', '$ '],
]

const WRAPPED: [string, number, string, string][] = [
  ['a wrapped line is one line', 5, 'abcdefgh\r\nx', 'abcdefgh\nx'],
  ['a line of exactly the width', 5, 'abcde\r\nx', 'abcde\nx'],
  ['a wide character that does not fit', 5, 'abcd日e', 'abcd日e'],
  ['the cursor goes up to the first row', 5, 'abcdefg\x1b[A\rX', 'Xbcdefg'],
  ['a line feed within the rows only moves down', 5, 'abcdefg\x1b[A\r\n\rX', 'abcdeXg'],
  // bash leaves a blank row below a command that fills its row, and goes back up.
  ['a line feed above a blank row ends the line', 5, 'abcde \r\x1b[A\x1b[4C\x1b[Ke\r\nout', 'abcde\nout'],
  ['everything below erased', 5, 'abcdefg\x1b[A\r\x1b[J', ''],
  ['a backspace in the last column', 5, 'abcde\bX', 'abcXe'],
  ['a carriage return in the last column', 5, 'abcde\rX', 'Xbcde'],
]

describe('PlainText', () => {
  it.each(CASES)('reads %s', (_, input, text) => {
    expect(textOf(input)).toBe(text)
  })

  it.each(WRAPPED)('%s (%d columns)', (_, cols, input, text) => {
    expect(textOf(input, cols)).toBe(text)
  })

  it('gives the same pieces however a stream is cut', () => {
    fc.assert(
      fc.property(anyStream, places, fc.integer({ min: 10, max: 30 }), (stream, cuts, cols) => {
        const whole = read([stream], cols)
        for (const [way, pieces] of waysOfFeeding(stream, cuts))
          expect(read(pieces, cols), way).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  it('reads lines that are not written over as they were sent', () => {
    fc.assert(
      fc.property(plainLines, fc.integer({ min: 10, max: 30 }), ({ stream, text }, cols) => {
        expect(textOf(stream.toString(), cols)).toBe(text)
      }),
    )
  })

  it('says where each line began', () => {
    const { ended, open } = read([Buffer.from('é\r\n\x1b[1mb\x1b[0m\r\n\r\n😀')])
    expect(ended.map(({ offset, units }) => [offset, units])).toEqual([
      [0, 0],
      [4, 3],
      [15, 6],
    ])
    expect([open.offset, open.units]).toEqual([17, 8])
  })

  it.each([
    ['of ASCII', 'a', 1],
    ['of two bytes a character', 'é', 1],
    ['of wide characters', '日', 1],
    ['of pairs', '😀', 2],
  ])('says where the rows of a very long line began: %s', (_, character, units) => {
    const { ended } = read([Buffer.from(character.repeat(1000))], 10)
    const stream = character.repeat(1000)
    const second = ended[1] as Piece
    const before = (ended[0] as Piece).text
    expect(stream.startsWith(before)).toBe(true)
    expect([second.offset, second.units]).toEqual([Buffer.byteLength(before), [...before].length * units])
  })

  it('gives the rows of a very long line before its end comes, so that memory stays bounded', () => {
    const { ended, open } = read([Buffer.from('x'.repeat(100_000))], 100)
    expect(open.text.length).toBeLessThanOrEqual(61 * 100)
    expect(ended.map(({ text }) => text).join('') + open.text).toBe('x'.repeat(100_000))
  })

  it('holds as little of a line that a repeat sequence makes long', () => {
    const { open } = read([Buffer.from(`x${'\x1b[80b'.repeat(1000)}`)])
    expect(open.text.length).toBeLessThanOrEqual(61 * 80)
  })

  it('drops marks piled on one character beyond reason', () => {
    expect(textOf(`e${'\u0301'.repeat(1000)}`).length).toBeLessThan(50)
  })

  it('a line begins between sequences even where its line feed stood within one', () => {
    const stream = Buffer.from('ab\x1b[3\n1mcd')
    const { open } = read([stream])
    expect(textOf(stream.subarray(open.offset).toString()).trim()).toBe('cd')
  })

  it('wraps at the new width after a resize', () => {
    const plain = new PlainText(80, 0, 0, () => {})
    plain.resize(5)
    plain.feed(Buffer.from('abcdefg\x1b[A\rX'))
    expect(plain.open.text).toBe('Xbcdefg')
  })
})
