import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Screen } from '../../../src/terminal/screen.js'
import { ScreenFilter } from '../../../src/terminal/screen-filter.js'
import { anyStream } from '../streams.js'

const SIZE = { cols: 80, rows: 24 }
const KB = 1024

/** Any sequence with any number, also such as no program sends. */
const number = fc.oneof(fc.nat(100), fc.constantFrom(999_999_999, 2_147_483_647, 99_999_999_999))
const character = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code))
const sequence = fc
  .tuple(
    fc.constantFrom('', '', '?', '>', '<', '='),
    fc.array(number, { maxLength: 4 }),
    fc.constantFrom('', '', ' ', '!', '"', '$', "'", '%'),
    character(0x40, 0x7e),
  )
  .map(([prefix, params, intermediate, final]) => `\x1b[${prefix}${params.join(';')}${intermediate}${final}`)
const mode = fc
  .tuple(
    fc.constantFrom('', '?'),
    fc.oneof(fc.nat(70), fc.integer({ min: 1000, max: 2100 }), number),
    fc.constantFrom('h', 'l'),
  )
  .map(([prefix, which, final]) => `\x1b[${prefix}${which}${final}`)
const control = fc.tuple(character(0x20, 0x2f), character(0x30, 0x7e)).map(([one, two]) => `\x1b${one}${two}`)
const string = fc
  .tuple(
    fc.constantFrom('\x1b]', '\x1bP', '\x1b_', '\x1b^', '\x1bX', '\x9d', '\x90'),
    number,
    fc.string(),
    fc.constantFrom('\x07', '\x1b\\', '', '\x18'),
  )
  .map(([start, code, text, end]) => `${start}${code};${text}${end}`)
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('日', '\u0301', '😀', '\u0301'.repeat(40), '\n', '\r', '\t'),
)
const hostile = fc
  .array(fc.oneof(sequence, sequence, mode, control, string, text), { maxLength: 30 })
  .map((parts) => Buffer.from(parts.join('')))

/** All that may come to xterm: text, some control characters, and sequences that draw, with numbers of at most four digits. */
const HARMLESS =
  /^(?:[^\x00-\x1f\x7f-\x9f]|[\x08-\x0f]|\x1b[78DEHMcno|}~]|\x1b[()*+\-.][0-9A-HKQRYZ=]|\x1b%[@G]|\x1b#8|\x1b\[\??\d{0,4}(?:;\d{0,4})?[ !"']?[@-~])*$/

describe('ScreenFilter', () => {
  it('passes on nothing but what is harmless', () => {
    fc.assert(
      fc.property(
        fc.oneof(hostile, anyStream),
        fc.constantFrom(SIZE, { cols: 10, rows: 2 }),
        (stream, size) => {
          const filter = new ScreenFilter(size)
          filter.feed(stream)
          const { work } = filter
          const passed = filter.take()
          expect(passed).toMatch(HARMLESS)
          const most = Math.max(size.cols, size.rows, 4)
          for (const [, first, second = '0'] of passed.matchAll(/\x1b\[(\d+)(?:;(\d+))?[^hl]/g)) {
            expect(Number(first)).toBeLessThanOrEqual(most)
            expect(Number(second)).toBeLessThanOrEqual(most)
          }
          expect(passed).not.toMatch(/[\p{Mn}\p{Me}]{9}/u)
          expect(passed.length).toBeLessThanOrEqual(stream.length * size.cols)
          expect(work).toBeGreaterThanOrEqual(passed.length / 2)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('counts more for what is more work', () => {
    const workOf = (stream: string): number => {
      const filter = new ScreenFilter(SIZE)
      filter.feed(Buffer.from(stream))
      return filter.work
    }
    expect(workOf('x')).toBeLessThan(5)
    expect(workOf('\x1b[2J')).toBeGreaterThan(SIZE.cols * SIZE.rows)
    expect(workOf('\x1b[999S')).toBeGreaterThan(SIZE.cols * SIZE.rows)
    expect(workOf('\x1b[4hx')).toBeGreaterThan(SIZE.cols)
    expect(workOf('x\x1b[999b')).toBeGreaterThan(SIZE.cols)
  })
})

/** Ends of one kind of sequence each, with a count that no screen has; what a terminal does that believes it takes hours. */
const COUNTED = [...'@ABCDEFGHIJKLMPQRSTUVWXYZ^`abcdefgijkmnopqrstuvwxyz{|}~'].flatMap((final) => [
  `a\x1b[999999999${final}`,
  `a\x1b[2147483647;2147483647${final}`,
  ...[' ', '"', "'", '$', '*', '!', '&'].map((intermediate) => `a\x1b[999999999${intermediate}${final}`),
])

const FLOODS: [string, string][] = [
  ['resets', 'a\x1bc'],
  ['clears', 'a\x1b[2J'],
  ['alternate screens', 'a\x1b[?1049h\x1b[?1049l'],
  ['scrolling', 'a\x1b[999S\x1b[999T'],
  ['lines inserted and deleted', '\x1b[Ha\x1b[999L\x1b[999M'],
  ['columns inserted', "a\x1b[999'}"],
  ['screens full of E', 'a\x1b#8'],
  ['insert mode', '\x1b[4h\rxxxxxxxxxxxxxxxx'],
  ['repeated characters', 'a\x1b[999999999b'],
  ['marks on one character', '\u0301'],
  ['marks on all', 'a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309'],
  ['titles', '\x1b]0;a title of some length\x07'],
  ['titles put aside', '\x1b]0;a title\x07\x1b[22t'],
  ['links', '\x1b]8;id=1;http://example.org/a\x07a\x1b]8;;\x07'],
  ['colours of the palette', '\x1b]4;1;#112233\x07\x1b]10;?\x07\x1b]11;?\x07'],
  ['keyboards put aside', '\x1b[>1u\x1b[>5;2u'],
  ['questions', '\x1b[6n\x1b[c\x1b[>c\x1bP$qm\x1b\\'],
  ['tab stops', ' \x1bH'],
  ['sizes', '\x1b[8;9999;9999t\x1b[?3h'],
  ['attributes', '\x1b[4:3;58;2;1;2;3ma'],
  ['cursors put aside', '\x1b7\x1b[s\x1b[?1048h'],
  ['images', '\x1bPq#0;2;0;0;0#0~~@@vv@@~~$-\x1b\\'],
]

describe('a screen that is meant harm', () => {
  const heldAfter = async (stream: string): Promise<{ screen: Screen; work: number }> => {
    const screen = new Screen(SIZE)
    const { work } = await screen.feed(Buffer.from(stream))
    const { lines, title } = screen.drawn()
    // Eight marks on each character of every column.
    expect(lines.join('').length).toBeLessThan(SIZE.cols * SIZE.rows * 18)
    expect(title?.length ?? 0).toBeLessThanOrEqual(400)
    return { screen, work }
  }

  it('draws every sequence with a huge count in no time', async () => {
    const { screen } = await heldAfter(COUNTED.join(''))
    screen.dispose()
  })

  it.each(FLOODS)('bears a flood of %s', async (_, unit) => {
    const { screen, work } = await heldAfter(unit.repeat((32 * KB) / Buffer.byteLength(unit)))
    expect(work).toBeGreaterThan(32 * KB - Buffer.byteLength(unit))
    screen.dispose()
  })

  it.each([
    ['a title', '\x1b]0;'],
    ['a device control string', '\x1bPq'],
    ['an application command', '\x1b_'],
    ['a privacy message', '\x1b^'],
    ['an 8-bit string', '\u009d'],
    ['parameters', '\x1b['],
  ])('keeps nothing of %s without an end', async (_, start) => {
    const screen = new Screen(SIZE)
    await screen.feed(Buffer.from(start))
    const before = process.memoryUsage()
    for (let i = 0; i < 64; i++) await screen.feed(Buffer.alloc(64 * KB, '1;'))
    const after = process.memoryUsage()
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(64 * KB * KB)
    await screen.feed(Buffer.from('\x18x'))
    expect(screen.drawn().lines[0]).toBe('x')
    screen.dispose()
  })

  it('stumbles over nothing, at whatever sizes', async () => {
    const size = fc.record({ cols: fc.integer({ min: 2, max: 30 }), rows: fc.integer({ min: 1, max: 10 }) })
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.array(fc.tuple(hostile, fc.option(size)), { maxLength: 6 }),
        async (first, steps) => {
          const screen = new Screen(first)
          for (const [stream, next] of steps) {
            await screen.feed(stream)
            if (next) screen.resize(next)
            const { cols, rows, lines, cursor } = screen.drawn()
            expect(lines).toHaveLength(rows)
            expect(cursor.row).toBeLessThanOrEqual(rows)
            expect(cursor.column).toBeLessThanOrEqual(cols)
          }
          screen.dispose()
        },
      ),
      { numRuns: 300 },
    )
  })

  it('gives way after so much work, wherever that is', async () => {
    const screen = new Screen(SIZE)
    const flood = Buffer.from('a\x1b[2J'.repeat(10_000))
    const { taken, work } = await screen.feed(flood, 100_000)
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(1000)
    expect(work).toBeLessThan(200_000)
    screen.dispose()
  })
})
