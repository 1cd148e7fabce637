import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern, PatternScanner } from '../../../src/terminal/pattern.js'
import { unrolledSteps } from '../../../src/terminal/pattern-size.js'
import { PlainText } from '../../../src/terminal/plain-text.js'
import { cutAt, places, plainLines, waysOfFeeding } from '../streams.js'

/** Fed in these pieces, the open line looked through after every `every`th and at the end. */
function scanned(pattern: string, pieces: readonly Buffer[], cols = 80, every = Infinity): PatternScanner {
  const scanner = new PatternScanner(compilePattern(pattern), { cols: cols, rows: 24 })
  pieces.forEach((piece, index) => {
    scanner.feed(piece)
    if ((index + 1) % every === 0) scanner.look()
  })
  scanner.look()
  return scanner
}

const found = (pattern: string, pieces: readonly Buffer[], cols = 80): boolean =>
  scanned(pattern, pieces, cols).found

const bytewise = (text: string): Buffer[] => [...Buffer.from(text)].map((byte) => Buffer.from([byte]))

const CASES: [string, string, string, boolean][] = [
  ['a word', 'done', 'all done\r\n', true],
  ['a word that is not there', 'done', 'all well\r\n', false],
  ['a word on the open line', 'word: $', 'password: ', true],
  ['a word with colours in it', 'done', 'd\x1b[31mon\x1b[0me', true],
  ['the start of a line', '^ready', 'x\r\nready\r\n', true],
  ['not across lines', 'one.*two', 'one\r\ntwo\r\n', false],
  ['a word that was wrapped', 'abcdef', `${'x'.repeat(77)}abcdef`, true],
  ['a word in a title, which is no text', 'secret', '\x1b]0;secret\x07', false],
  ['a word beyond ASCII', 'fertig… ✓', 'fertig… ✓\r\n', true],
  ['any letter of a script', '\\p{Greek}', 'λ', true],
  ['the last state of a bar', '100%', '10%\r100%\r\n', true],
  ['the end of a line, not of a piece', 'o$', 'foo bar', false],
  ['an empty line', '^$', 'x\r\n\r\ny', true],
  ['the start of a long line only', '^x{3}y', `${'x'.repeat(20_000)}y`, false],
  ['the end of a long line only', 'x$', `${'x'.repeat(20_000)}y`, false],
  ['a boundary of words, not of a call', 'x\\b', `${'x'.repeat(20_000)}_`, false],
  ['the end of a long line', 'xy$', `${'x'.repeat(20_000)}y`, true],
  [
    'a long match in a long line',
    'y.{100}z',
    `${'x'.repeat(9000)}y${'x'.repeat(100)}z${'x'.repeat(9000)}`,
    true,
  ],
  ['whole pairs only', '[^😀]', '😀'.repeat(20_000), false],
]

describe('PatternScanner', () => {
  it.each(CASES)('looks for %s', (_, pattern, output, expected) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(output), [2, 5])) {
      expect(found(pattern, pieces), way).toBe(expected)
    }
  })

  it.each([
    ['early in the line', 75],
    ['where a screen is full', 80 * 60 - 3],
    ['at its end', 9990],
  ])('finds a word in a very long line that comes at once: %s', (_, at) => {
    const line = `${'x'.repeat(at)}needle${'x'.repeat(10_000 - at)}`
    expect(found('needle', [Buffer.from(line)])).toBe(true)
    expect(found('needle', [Buffer.from(`${line}\r\n`)])).toBe(true)
  })

  it.each(['(a+)+$', '(a|aa)+$', '(a*)*b', '(.*)*x', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    'is fast with %s, which would hang a backtracking engine',
    { timeout: 5000 },
    (pattern) => {
      expect(found(pattern, [Buffer.from(`${'a'.repeat(4000)}!\r\n`)], 1000)).toBe(false)
    },
  )

  it('once found stays found', () => {
    expect(found('a', [Buffer.from('a\r\n'), Buffer.from('b\r\n')])).toBe(true)
  })

  it('looks at an open line only when it is told to, and an ended one at once', () => {
    const scanner = new PatternScanner(compilePattern('b'), { cols: 80, rows: 24 })
    expect([scanner.due, scanner.look()]).toEqual([false, false])
    scanner.feed(Buffer.from('ab'))
    expect([scanner.due, scanner.found, scanner.looked]).toEqual([true, false, 0])
    expect([scanner.look(), scanner.due]).toEqual([true, false])
    const ended = new PatternScanner(compilePattern('b'), { cols: 80, rows: 24 })
    ended.feed(Buffer.from('ab\n'))
    expect(ended.found).toBe(true)
  })

  it('finds what was written into the middle of an open line that it has looked through', () => {
    const scanner = new PatternScanner(compilePattern('100%'), { cols: 200, rows: 24 })
    scanner.feed(Buffer.from(` 99% ${'#'.repeat(150)}`))
    expect(scanner.look()).toBe(false)
    scanner.feed(Buffer.from('\r100%'))
    expect(scanner.look()).toBe(true)
  })

  const patterns = fc.constantFrom(
    ...['a', 'ab$', '^b', 'a.*b', '日.?日', '\\bab\\b', 'é|ß{2}', '^$', '(a b|b a){2}', '[^ab]{3}b'],
  )

  it('finds the same however the stream is cut, and what a search through every line finds', () => {
    fc.assert(
      fc.property(
        plainLines,
        patterns,
        places,
        fc.integer({ min: 5, max: 80 }),
        ({ stream }, pattern, cuts, cols) => {
          const lines: string[] = []
          const plain = new PlainText({ size: { cols, rows: 1000 } }, { final: () => {} })
          plain.feed(stream)
          for (const { text } of plain.lines()) lines.push(text)
          const engine = compilePattern(pattern)
          const expected = stream.length > 0 && lines.some((line) => engine.matcher(line).find(0))
          expect(found(pattern, [stream], cols)).toBe(expected)
          expect(found(pattern, cutAt(stream, cuts), cols)).toBe(expected)
          expect(found(pattern, bytewise(stream.toString()), cols)).toBe(expected)
        },
      ),
    )
  })

  it('finds the same where it is told to look in between, but for what must stand at the end of a line', () => {
    const lasting = fc.constantFrom('a{3}', '日.?日', 'é|ß{2}', '(a b|b a){2}', '[^ab]{3}b', 'a.*b.*é')
    fc.assert(
      fc.property(plainLines, lasting, fc.integer({ min: 1, max: 9 }), ({ stream }, pattern, every) => {
        expect(scanned(pattern, bytewise(stream.toString()), 80, every).found).toBe(found(pattern, [stream]))
      }),
    )
  })

  it.each(['needle', '(?i)needle', 'ne{2,5}dle', 'ne*dle', '^.*needle$', '(?:[a-z]{3}){70}!'])(
    'with %s looks at each character a few times only, byte by byte too',
    (pattern) => {
      const short = `${'lorem ipsum dolor sit amet '.repeat(3)}\r\n`.repeat(200)
      for (const text of [short, 'x'.repeat(40_000), `${'x'.repeat(15_000)}\n`.repeat(3)]) {
        expect(scanned(pattern, [Buffer.from(text)]).looked).toBeLessThanOrEqual(3 * text.length)
        expect(scanned(pattern, bytewise(text)).looked).toBeLessThanOrEqual(3 * text.length)
      }
      // A line that grows by 50 characters between two looks, as at 5,000 characters a second.
      expect(scanned(pattern, bytewise(short), 80, 50).looked).toBeLessThan(8 * short.length)
    },
  )

  it.each(['needle', '(?i)needle', 'ne{2,5}dle', 'password|passphrase'])(
    'with %s, which has an end, looks little further back than it is long',
    (pattern) => {
      const text = 'x'.repeat(4000)
      expect(scanned(pattern, bytewise(text), 80, 10).looked).toBeLessThan(8 * text.length)
    },
  )

  it('asks for a rest only after a look that may have taken more than a few milliseconds', () => {
    const redrawn = Buffer.from('x'.repeat(4000))
    expect(scanned('needle', [redrawn]).restMs).toBeLessThanOrEqual(10)
    expect(scanned('(?i)password: |[#$] $', [redrawn]).restMs).toBeLessThanOrEqual(10)
    expect(scanned(`(?i)${'a?'.repeat(120)}z`, [redrawn]).restMs).toBeGreaterThan(50)
  })

  it('looks at a line that is told to look at but has not changed no second time', () => {
    const scanner = scanned('needle', [Buffer.from('x'.repeat(500))])
    const { looked } = scanner
    scanner.feed(Buffer.from('\x1b[0m'))
    scanner.look()
    scanner.feed(Buffer.from('\r\n'))
    expect(scanner.looked).toBe(looked)
  })
})

describe('compilePattern', () => {
  it.each(['(', '[a', '*', '(?=a)', '(?<!a)b', '\\1'])('refuses %j with a sentence', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(
      /^pattern is not a regular expression that can be used here: /,
    )
  })

  it('refuses a pattern of unreasonable length', () => {
    expect(() => compilePattern('a'.repeat(1001))).toThrow(/over 1000 characters/)
    expect(() => compilePattern('a'.repeat(1000))).not.toThrow()
  })

  // What the engine would unroll to a great program, some of it before it could be asked how great.
  it.each([
    ['a{1000}', /it has 1002 steps, and at most 256/],
    ['(a{30}){30}', /962 steps/],
    ['(?:a?){500}b', /1003 steps/],
    ['((a?){10}){90}b$', /3784 steps/],
    ['(?s).*.{900}\\z', /905 steps/],
    [`(?i)${'a?'.repeat(300)}z`, /603 steps/],
    ['(\\pL\\PL|\\p{Greek}){300}', /1802 steps/],
    ['()'.repeat(490), /steps/],
    ['(.*){900}x', /3603 steps/],
    [`(?:${'a'.repeat(990)}){1000}`, /about 99\d{4} steps/],
    [`(?:${'a?'.repeat(490)}){1000}`, /about 98\d{4} steps/],
    [`(?:${'\\)a'.repeat(300)}){1000}`, /about \d{6} steps/],
    [`(?:[](]${'[[:alpha:](]'.repeat(50)}){999}`, /about \d{5} steps/],
    [`(?:\\Q(${'a'.repeat(900)}\\E){1000}`, /about \d{6} steps/],
    ['(a{1000}){1000}', /steps|repeat/],
    ['((((a{100}){100}){100}){100})', /steps|repeat/],
    [Array.from({ length: 200 }, (_, index) => `${index}x`).join('|'), /steps/],
  ])('refuses %.40j, which is too much work for every character', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message)
  })

  it.each([
    '(.*)(.*)(.*)x',
    '(a|b)*a(a|b){30}c',
    '(?i)(?:password|passphrase|verification code|one.time (?:code|password)).{0,40}:\\s*$',
    '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z',
    '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    '^\\S+@\\S+:.*[$#] $',
    '(\\d{1,3}\\.){3}\\d{1,3}',
    '.{0,80}done',
  ])('takes %j', (pattern) => {
    expect(compilePattern(pattern).programSize()).toBeLessThan(200)
  })
})

describe('unrolledSteps', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['a{3}b', 4],
    ['(ab){10}', 40],
    ['((a{2}){3}){4}', 56],
    ['a{2,}b{1,7}', 9],
    ['[a{9}]{2}', 2],
    ['\\{9}', 3],
    ['\\pL{5}\\p{Greek}{5}', 11],
    ['a)b{2}', 5],
    ['((a', 1],
    ['a{0}', 1],
  ])('%j: %i', (pattern, steps) => {
    expect(unrolledSteps(pattern)).toBe(steps)
  })
})
