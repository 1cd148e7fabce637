import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Drawn, Screen, WIDTHS } from '../../../src/terminal/screen.js'
import { anyStream, places, waysOfFeeding } from '../streams.js'

const SIZE = { cols: 20, rows: 5 }

async function drawn(pieces: readonly (string | Buffer)[], size = SIZE): Promise<Drawn> {
  const screen = new Screen(size)
  for (const piece of pieces) await screen.feed(Buffer.from(piece))
  const { lines, ...rest } = screen.drawn()
  screen.dispose()
  while (lines.at(-1) === '') lines.pop()
  return { ...rest, lines }
}

/** What programs send to draw; every sequence of it is known to both. */
const ordinary = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        'bc',
        'x'.repeat(25),
        '日',
        '日本',
        '😀',
        'e\u0301',
        '\r',
        '\n',
        '\r\n',
        '\t',
        '\b',
        '\x0e',
        '\x0f',
      ),
      fc.constantFrom(...'78DEHMcno|}~').map((final) => `\x1b${final}`),
      fc.constantFrom('(0', ')0', '(B', '*A', '#8', '%G', '=', '>').map((rest) => `\x1b${rest}`),
      fc
        .tuple(
          fc.nat(25),
          fc.constantFrom(...'@ABCDEFGHILMPSTXZ`adefgmnrt', "'}", "'~", ' @', ' A', '!p', '"q'),
        )
        .map(([count, final]) => `\x1b[${count}${final}`),
      fc
        .tuple(fc.nat(6), fc.nat(22), fc.constantFrom('H', 'r'))
        .map(([a, b, final]) => `\x1b[${a};${b}${final}`),
      fc
        .tuple(fc.nat(3), fc.constantFrom('J', 'K', '?J', '?K'))
        .map(([part, final]) =>
          final.startsWith('?') ? `\x1b[?${part}${final.slice(1)}` : `\x1b[${part}${final}`,
        ),
      fc
        .tuple(
          fc.constantFrom('4', '20', '?1', '?6', '?7', '?25', '?45', '?47', '?1047', '?1048', '?2004'),
          fc.constantFrom('h', 'l'),
        )
        .map(([mode, final]) => `\x1b[${mode}${final}`),
      fc.constantFrom('\x1b[s', '\x1b[u', '\x1b[1;31m', '\x1b]0;t\x07', '\x1bPq#0\x1b\\', '\x1b[?1049l'),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''))

function drawnByXterm(stream: string): Partial<Drawn> {
  const terminal = new xterm.Terminal({ ...SIZE, scrollback: 0, allowProposedApi: true, logLevel: 'off' })
  terminal.unicode.register({ ...WIDTHS })
  terminal.unicode.activeVersion = WIDTHS.version
  terminal.input('')
  terminal.write(stream)
  const { active } = terminal.buffer
  const lines = Array.from(
    { length: SIZE.rows },
    (_, row) => active.getLine(row)?.translateToString().trimEnd() ?? '',
  )
  terminal.dispose()
  while (lines.at(-1) === '') lines.pop()
  return { lines, alternate: active.type === 'alternate' }
}

describe('Screen', () => {
  it.each<[string, string, string[], [row: number, column: number]]>([
    ['nothing', '', [], [1, 1]],
    ['lines', 'one\r\ntwo\r\n', ['one', 'two'], [3, 1]],
    ['blanks at the end of a row', 'one   \r\n two', ['one', ' two'], [2, 5]],
    ['an empty row above', '\r\n\r\nx', ['', '', 'x'], [3, 2]],
    ['a row that is full: the cursor stands in its last column', 'x'.repeat(20), ['x'.repeat(20)], [1, 20]],
    ['a row that is too long', 'x'.repeat(23), ['x'.repeat(20), 'xxx'], [2, 4]],
    ['no wrapping', `\x1b[?7l${'x'.repeat(22)}y`, [`${'x'.repeat(19)}y`], [1, 20]],
    ['more lines than rows', '1\r\n2\r\n3\r\n4\r\n5\r\n6', ['2', '3', '4', '5', '6'], [5, 2]],
    ['a bare line feed', 'ab\ncd', ['ab', '  cd'], [2, 5]],
    ['a place on the screen', '\x1b[3;5Hx\x1b[Hy', ['y', '', '    x'], [1, 2]],
    ['a place beyond the screen', '\x1b[99;99Hx', ['', '', '', '', `${' '.repeat(19)}x`], [5, 20]],
    ['a clear', 'old\x1b[H\x1b[2Jnew', ['new'], [1, 4]],
    ['a clear of what is above the screen only', 'old\x1b[3J', ['old'], [1, 4]],
    ['a reset', 'old\x1b[?25l\x1b[2;3r\x1bcnew', ['new'], [1, 4]],
    ['wide characters', '日本語\rab', ['ab本語'], [1, 3]],
    ['half of a wide character written over', '日本\r a', [' a本'], [1, 3]],
    ['a wide character that does not fit', `${'x'.repeat(19)}日`, ['x'.repeat(19), '日'], [2, 3]],
    ['marks', 'e\u0301\u0323x', ['e\u0301\u0323x'], [1, 3]],
    ['a mark behind a colour', 'e\x1b[31m\u0301x', ['e\u0301x'], [1, 3]],
    ['a mark at the end of a row', `${'x'.repeat(19)}e\u0301y`, [`${'x'.repeat(19)}e\u0301`, 'y'], [2, 2]],
    ['a mark on nothing', '\u0301x', ['x'], [1, 2]],
    ['emoji', '😀👩\u200d💻x', ['😀👩\u200d💻x'], [1, 8]],
    ['line drawing', '\x1b(0lqqk\x1b(B x', ['┌──┐ x'], [1, 7]],
    ['line drawing by shifts', '\x1b)0a\x0eq\x0fq', ['a─q'], [1, 4]],
    ['an unknown character set', '\x1b(%5q', ['q'], [1, 2]],
    ['a scroll region', '1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n\nx', ['1', '', 'x', '4'], [3, 2]],
    ['a line inserted', '1\r\n2\x1b[H\x1b[L', ['', '1', '2'], [1, 1]],
    ['lines deleted', '1\r\n2\r\n3\x1b[H\x1b[2M', ['3'], [1, 1]],
    ['scrolling back', '1\r\n2\x1b[H\x1bMx', ['x', '1', '2'], [1, 2]],
    ['scrolling by its other name', '1\x1b[^', ['', '1'], [1, 2]],
    ['characters inserted and deleted', 'abc\r\x1b[2@\x1b[1;4H\x1b[P', ['  ac'], [1, 4]],
    ['insert mode', 'abc\r\x1b[4hxy\x1b[4lz', ['xyzbc'], [1, 4]],
    ['a repeated character', 'a\x1b[3bb', ['aaaab'], [1, 6]],
    ['a repeated wide character', '日\x1b[2b', ['日日日'], [1, 7]],
    ['nothing to repeat', 'a\r\n\x1b[3b', ['a'], [2, 1]],
    ['tabs', 'a\tb\x1b[3g\r\n\x1b[5G\x1bH\r\tc', ['a       b', '    c'], [2, 6]],
    ['a cursor put aside', 'ab\x1b7\x1b[3;3H\x1b8c\x1b[s\x1b[H\x1b[ud', ['abcd'], [1, 5]],
    [
      'margins, which are another sequence than the cursor put aside',
      'a\x1b[s\x1b[3;3H\x1b[1;5s\x1b[ub',
      ['ab'],
      [1, 3],
    ],
    ['mouse tracking, which is another sequence than scrolling', '1\x1b[1;1;1;1;1T', ['1'], [1, 2]],
    [
      'colours, links, reports, images',
      'a\x1b[1;31mb\x1b]8;;http://x\x07c\x1b[6n\x1b[c\x1bPq#0~\x1b\\d',
      ['abcd'],
      [1, 5],
    ],
    [
      'the window, the keyboard, unknown modes',
      'a\x1b[8;99;99t\x1b[>1u\x1b[?69;1002;2026;99999hb',
      ['ab'],
      [1, 3],
    ],
    ['origin mode', '\x1b[2;4r\x1b[?6h\x1b[1;1Hx\x1b[9;1Hy', ['', 'x', '', 'y'], [4, 2]],
    ['control characters of eight bits', 'a\u0085b\u0084c', ['a', 'b', ' c'], [3, 3]],
    ['control characters that draw nothing', 'a\x00\x07b', ['ab'], [1, 3]],
    ['the alternate screen', 'shell\x1b[?1049h\x1b[Hvim', ['vim'], [1, 4]],
    ['the screen that comes back', 'shell\x1b[?1049h\x1b[Hvim\x1b[?1049l', ['shell'], [1, 6]],
    ['the alternate screen taken twice', 'shell\x1b[?1049h\x1b[Hvim\x1b[?1049h\x1b[Hx', ['x'], [1, 2]],
    ['the alternate screen among other modes', '\x1b[?1;1049;2004h\x1b[Hvim\x1b[?1;47l', [], [1, 4]],
  ])('draws %s', async (_, stream, lines, [row, column]) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(stream), [3, 7, 8]))
      expect(await drawn(pieces), way).toMatchObject({ lines, cursor: { row, column } })
  })

  it.each([
    ['none', 'x', null],
    ['one', '\x1b]0;a title\x07', 'a title'],
    ['one of the window alone', '\x1b]2;日本\x1b\\', '日本'],
    ["the icon's", '\x1b]1;icon\x07', null],
    ['an empty one', '\x1b]0;a\x07\x1b]0;\x07', null],
    ['one with what does not show', '\x1b]0;a\tb\u202ec\x07', 'abc'],
    ['a long one', `\x1b]0;${'😀'.repeat(500)}\x07`, '😀'.repeat(200)],
    ['one put aside', '\x1b]0;shell\x07\x1b[22;0;0t\x1b]0;vim\x07', 'vim'],
    ['one taken back', '\x1b]0;shell\x07\x1b[22;0;0t\x1b]0;vim\x07\x1b[23;0;0t', 'shell'],
    ['one taken back that nobody put aside', '\x1b]0;shell\x07\x1b[23t', 'shell'],
  ])('knows the title: %s', async (_, stream, title) => {
    expect(await drawn([stream])).toMatchObject({ title })
  })

  it.each([
    ['at first', '', true],
    ['hidden', '\x1b[?25l', false],
    ['shown again', '\x1b[?25l\x1b[?12;25h', true],
    ['after a reset', '\x1b[?25l\x1bc', true],
    ['after a soft reset', '\x1b[?25l\x1b[!p', true],
  ])('knows whether the cursor shows: %s', async (_, stream, visible) => {
    expect((await drawn([stream])).cursor).toMatchObject({ visible })
  })

  it('says whether a program has the alternate screen', async () => {
    expect(await drawn(['x'])).toMatchObject({ alternate: false })
    expect(await drawn(['x\x1b[?1049h'])).toMatchObject({ alternate: true })
    expect(await drawn(['x\x1b[?47h\x1b[?47l'])).toMatchObject({ alternate: false })
  })

  it('draws the same however a stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyStream, places, async (stream, cuts) => {
        const whole = await drawn([stream])
        for (const [way, pieces] of waysOfFeeding(stream, cuts))
          expect(await drawn(pieces), way).toEqual(whole)
      }),
      { numRuns: 200 },
    )
  })

  it('takes another size between pieces', async () => {
    const screen = new Screen({ cols: 10, rows: 3 })
    await screen.feed(Buffer.from('\x1b[?1049h\x1b[H0123456789\r\nb\r\nc'))
    screen.resize({ cols: 5, rows: 2 })
    expect(screen.drawn()).toMatchObject({ cols: 5, rows: 2 })
    expect(screen.drawn().lines).toHaveLength(2)
    for (const line of screen.drawn().lines) expect(line.length).toBeLessThanOrEqual(5)
    screen.resize({ cols: 30, rows: 4 })
    await screen.feed(Buffer.from(`\x1b[2J\x1b[4;1H${'x'.repeat(30)}`))
    expect(screen.drawn()).toMatchObject({
      lines: ['', '', '', 'x'.repeat(30)],
      cursor: { row: 4, column: 30 },
    })
  })

  it('has all its rows after a change of size, and none too many', async () => {
    // xterm loses rows where it wraps lines anew, and keeps those of an alternate screen that is off.
    const screen = new Screen({ cols: 9, rows: 3 })
    await screen.feed(Buffer.from('xxxxxxx\x1b[2T'))
    screen.resize({ cols: 2, rows: 3 })
    await screen.feed(Buffer.from("\x1b[1;1Ha\x1b[3;1H\x1b[1'}"))
    expect(screen.drawn().lines).toEqual([' a', '', ' x'])
    screen.resize({ cols: 10, rows: 2 })
    await screen.feed(Buffer.from('\x1b[?47h\x1b[99;99H\x1b[1J\x1b[2;1Hx'))
    expect(screen.drawn().lines).toEqual(['', 'x'])
  })

  it('draws what xterm draws by itself, where nothing is out of the ordinary', async () => {
    await fc.assert(
      fc.asyncProperty(ordinary, async (stream) => {
        expect(await drawn([stream])).toMatchObject(drawnByXterm(stream))
      }),
      { numRuns: 500 },
    )
  })
})
