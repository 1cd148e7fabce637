import { describe, expect, it } from 'vitest'
import { compilePattern, PatternScanner } from '../../../src/terminal/pattern.js'
import { waysOfFeeding } from '../streams.js'

function found(pattern: string, pieces: readonly Buffer[], cols = 80): boolean {
  const scanner = new PatternScanner(compilePattern(pattern), cols)
  for (const piece of pieces) scanner.feed(piece)
  return scanner.found
}

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
})
