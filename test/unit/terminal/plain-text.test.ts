import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FullScreens } from '../../../src/terminal/full-screens.js'
import { PlainText } from '../../../src/terminal/plain-text.js'
import { anyStream, places, plainLines, waysOfFeeding } from '../streams.js'

/** A row that is gone, or a line on the screen: its text, whether its line ends there, and where it began. */
interface Part {
  text: string
  ends: boolean
  offset: number
  units: number
}

function read(pieces: readonly Buffer[], cols = 80, rows = 24): { gone: Part[]; lines: Part[] } {
  const gone: Part[] = []
  const plain = new PlainText(
    { size: { cols, rows } },
    {
      final: ({ text, offset, units }, next) => gone.push({ text, ends: !next, offset, units }),
    },
  )
  for (const piece of pieces) plain.feed(piece)
  const lines = [...plain.lines()].map(({ head: { offset, units }, text, ended }) => {
    return { text, ends: ended, offset, units }
  })
  return { gone, lines }
}

function textOf(input: string, cols = 80, rows = 24): string {
  const { gone, lines } = read([Buffer.from(input)], cols, rows)
  return [...gone, ...lines].map(({ text, ends }) => text + (ends ? '\n' : '')).join('')
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
  ['a line feed onto a row that went on with a line makes it a line', 5, 'abcdefg\x1b[A\r\n\rX', 'abcde\nXg'],
  // bash leaves a blank row below a command that fills its row, and goes back up.
  ['a line feed above a blank row ends the line', 5, 'abcde \r\x1b[A\x1b[4C\x1b[Ke\r\nout', 'abcde\nout'],
  ['everything below erased', 5, 'abcdefg\x1b[A\r\x1b[J', ''],
  ['a row that is erased and goes on with the line, as zsh writes it', 5, 'abcdef\r\x1b[Kfgh', 'abcdefgh'],
  ['a row below one that was erased, as zsh searches', 5, 'abcdef\x1b[A\rxy\x1b[K\x1b[B\rz', 'xy\nz'],
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
    const { lines } = read([Buffer.from('é\r\n\x1b[1mb\x1b[0m\r\n\r\n😀')])
    expect(lines.map(({ offset, units }) => [offset, units])).toEqual([
      [0, 0],
      [4, 3],
      [15, 6],
      [17, 8],
    ])
  })

  it.each([
    ['of ASCII', 'a', 1],
    ['of two bytes a character', 'é', 1],
    ['of wide characters', '日', 1],
    ['of pairs', '😀', 2],
  ])('says where the rows of a very long line began: %s', (_, character, units) => {
    const { gone } = read([Buffer.from(character.repeat(1000))], 10)
    const stream = character.repeat(1000)
    const second = gone[1] as Part
    const before = (gone[0] as Part).text
    expect(stream.startsWith(before)).toBe(true)
    expect([second.offset, second.units]).toEqual([Buffer.byteLength(before), [...before].length * units])
  })

  it('gives the rows of a very long line before its end comes, so that memory stays bounded', () => {
    const { gone, lines } = read([Buffer.from('x'.repeat(100_000))], 100, 60)
    const open = lines[0]?.text ?? ''
    expect(open.length).toBeLessThanOrEqual(60 * 100)
    expect(gone.map(({ text }) => text).join('') + open).toBe('x'.repeat(100_000))
  })

  it('holds as little of a line that a repeat sequence makes long', () => {
    const { lines } = read([Buffer.from(`x${'\x1b[80b'.repeat(1000)}`)])
    expect(lines.map(({ text }) => text).join('').length).toBeLessThanOrEqual(24 * 80)
  })

  it('drops marks piled on one character beyond reason', () => {
    expect(textOf(`e${'\u0301'.repeat(1000)}`).length).toBeLessThan(50)
  })

  it('a line begins between sequences even where its line feed stood within one', () => {
    const stream = Buffer.from('ab\x1b[3\n1mcd')
    const { lines } = read([stream])
    expect(textOf(stream.subarray(lines[1]?.offset).toString()).trim()).toBe('cd')
  })
})

/** A terminal of 10 columns and 4 rows. */
const SCREENS: [string, string, string][] = [
  ['a redraw of three lines', 'a 1\r\nb 1\r\nc 1\r\n\x1b[3A\x1b[2Ka 2\r\x1b[3B', 'a 2\nb 1\nc 1\n'],
  ['lines that scrolled off', '1\r\n2\r\n3\r\n4\r\n5', '1\n2\n3\n4\n5'],
  ['no farther up than the screen', '1\r\n2\r\n3\r\n4\r\n5\x1b[9A\rX', '1\nX\n3\n4\n5'],
  ['all erased below', 'a\r\nb\r\nc\x1b[2A\r\x1b[JX', 'X'],
  [
    'a bar in a row of its own',
    '1\r\n\x1b[1;3r\x1b[2;1H\x1b7\x1b[4;1Hbar\x1b8a\r\nb\r\nc',
    '1\na\nb\nc\nbar',
  ],
  ['a bar that is erased', 'a\x1b7\x1b[4;1Hbar\x1b8\x1b[J', 'a'],
  [
    'a bar that is erased as apt does it, by way of new margins',
    'a\r\n\x1b[1;3r\x1b[2;1H\x1b7\x1b[4;1Hbar\x1b8b\r\n\x1b7\x1b[0;4r\x1b8\x1b[1A\x1b[Jc',
    'a\nc',
  ],
  ['room that a program makes below its prompt', 'In [1]: \r\n\r\n\r\n\x1b[3A\x1b[8C', 'In [1]: '],
  ['rows that were only jumped over', 'a\x1b[3;1Hb', 'a\nb'],
  ['a line inserted', 'a\r\nb\x1b[A\x1b[Lx', 'x\na\nb'],
  ['a line deleted', 'a\r\nb\r\nc\x1b[2A\x1b[M', 'b\nc'],
  ['the top scrolled down', 'a\r\nb\x1b[H\x1bMx', 'x\na\nb'],
  ['the screen cleared', 'a\r\nb\r\n\x1b[H\x1b[2J\x1b[3Jc', 'a\nb\nc'],
  ['the screen cleared from the first place on', 'a\r\nb\r\n\x1b[H\x1b[Jc', 'a\nb\nc'],
  ['a redraw in the first row, which clears nothing', 'abc\r\x1b[Jx', 'x'],
  ['a full reset', 'a\r\nb\x1bcc', 'a\nb\nc'],
  ['a box of line drawing', '\x1b(0lqk\x1b(B\r\n\x0elqk', '┌─┐\nlqk'],
  ['line drawing shifted to', '\x1b)0a\x0elqk\x0fb', 'a┌─┐b'],
  ['characters pushed on', 'abc\r\x1b[4hX\x1b[4lY', 'XYbc'],
  ['no wrapping', '\x1b[?7labcdefghijklm', 'abcdefghim'],
  ['a tab stop of its own', '\x1b[3g\x1b[5G\x1bH\ra\tb', 'a   b'],
  ['what a fresh line is made with', 'foo%       \r\x1b[J$ ', 'foo%\n$ '],
  ['rows from the scrolling part', '\x1b[2;3r\x1b[?6h\x1b[1;1Ha\x1b[?6l\x1b[1;1Hb', 'b\na'],
]

const NOTE = '[program: full-screen, 6 bytes; read with format "screen"]'

const FULL_SCREEN: [string, string, string][] = [
  [
    'a program on the alternate screen',
    '$ vi\r\n\x1b[?1049hab\x1b[Hcd\x1b[?1049l$ ',
    `$ vi\n${NOTE.replace('6', '15')}\n$ `,
  ],
  ['one that is still there', '$ vi\r\n\x1b[?1049h~\r\n~\r\n', `$ vi\n${NOTE}\n`],
  ['a switch that shows nothing', 'a\x1b[?1049h\x1b[?25l\x1b[?1049lb', 'ab'],
  [
    'one that was killed, so that the shell goes on with its screen',
    '$ vi\r\n\x1b[?1049h~\r\n~\r\n\x1b]133;A;n=x\x07$ ls\r\nfile\r\n',
    `$ vi\n${NOTE.replace('6', '18')}\n$ ls\nfile\n`,
  ],
  ['one in the middle of a line', 'a\x1b[?47hx\x1b[?47lb', `${NOTE.replace('6', '7')}\nab`],
]

describe('PlainText without padding', () => {
  const padded = `foo${' '.repeat(17)}`

  it.each([
    ['drops blanks up to the margin', `${padded}\r\nx`, 'foo\nx'],
    ['drops them on the line that is open', padded, 'foo'],
    ['drops them where the last column is left free', `${padded.slice(1)}\r\nx`, 'oo\nx'],
    ['keeps those that do not reach it', `foo${' '.repeat(12)}\r\nx`, `foo${' '.repeat(12)}\nx`],
    ['keeps a few', `${'x'.repeat(15)}     \r\nx`, `${'x'.repeat(15)}     \nx`],
    ['keeps those within a line', `${padded}bar\r\nx`, `${padded}bar\nx`],
    ['drops them on rows that are gone', `${padded}\r\n`.repeat(9), 'foo\n'.repeat(9)],
  ])('%s', (_, input, text) => {
    expect(textOf(input, 20, 4)).toBe(text)
  })
})

describe('PlainText on a screen', () => {
  it.each(SCREENS)('reads %s', (_, input, text) => {
    expect(textOf(input, 10, 4)).toBe(text)
  })

  it.each(FULL_SCREEN)('says in a line: %s', (_, input, text) => {
    expect(textOf(input, 60, 4)).toBe(text)
  })

  it('knows a full-screen program by its name', () => {
    const known = new FullScreens([{ from: 108, to: null, name: 'vim' }])
    const plain = new PlainText(
      { size: { cols: 80, rows: 24 }, start: { offset: 100, units: 0 }, fullScreens: known },
      { final: () => {} },
    )
    plain.feed(Buffer.from('\x1b[?1049h'))
    plain.feed(Buffer.from('x'.repeat(47_500)))
    expect([...plain.lines()][0]).toMatchObject({
      text: '[vim: full-screen, 48 KB; read with format "screen"]',
    })
  })
})

it('begins in the middle of what a full-screen program prints', () => {
  const known = new FullScreens([{ from: 100, to: 1108, name: 'htop' }])
  const plain = new PlainText(
    { size: { cols: 80, rows: 24 }, start: { offset: 1000, units: 0 }, fullScreens: known },
    { final: () => {} },
  )
  plain.feed(Buffer.from(`${'x'.repeat(100)}\x1b[?1049l$ `))
  expect([...plain.lines()].map(({ text }) => text)).toEqual([
    '[htop: full-screen, 2 KB; read with format "screen"]',
    '$ ',
  ])
})

describe('PlainText that is resized', () => {
  const resized = (before: string, cols: number, rows: number, after: string): string => {
    const gone: string[] = []
    const plain = new PlainText(
      { size: { cols: 10, rows: 4 } },
      {
        final: ({ text }, next) => gone.push(text + (next ? '' : '\n')),
      },
    )
    plain.feed(Buffer.from(before))
    plain.resize({ cols, rows })
    plain.feed(Buffer.from(after))
    return gone.join('') + [...plain.lines()].map(({ text, ended }) => text + (ended ? '\n' : '')).join('')
  }

  it.each([
    ['wraps at the new width', '', 5, 4, 'abcdefg\x1b[A\rX', 'Xbcdefg'],
    ['keeps lines that are wrapped anew', 'abcdefghijkl\r\nx', 5, 4, 'y', 'abcdefghijkl\nxy'],
    ['keeps the cursor where it was in its line', 'abcdefgh\x1b[2D', 5, 4, 'X', 'abcdefXh'],
    ['joins what was wrapped', 'abcdefghijkl', 40, 4, 'm', 'abcdefghijklm'],
    ['keeps wide characters', '日本語日本', 4, 4, '!', '日本語日本!'],
    ['hands out what a lower screen has no room for', 'a\r\nb\r\nc\r\nd', 10, 2, '\x1b[9A\rX', 'a\nb\nX\nd'],
    ['drops empty rows below the cursor first', 'a\r\n\r\n\r\n\x1b[9A', 10, 2, 'X', 'X'],
    ['scrolls in the new height', 'a\r\nb', 10, 8, '\r\nc\r\nd\r\ne\x1b[9A\rX', 'X\nb\nc\nd\ne'],
  ])('%s', (_, before, cols, rows, after, text) => {
    expect(resized(before, cols, rows, after)).toBe(text)
  })
})
