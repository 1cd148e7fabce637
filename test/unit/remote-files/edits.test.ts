import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/remote-files/apply-edits.js'
import { checksumsOf } from '../../../src/remote-files/checksums.js'
import { findBytes } from '../../../src/remote-files/find-bytes.js'
import { octalMode } from '../../../src/remote-files/mode.js'

const edits = (...pairs: [string, string][]) => pairs.map(([oldText, newText]) => ({ oldText, newText }))
const applied = async (text: string, ...pairs: [string, string][]) =>
  (await applyEdits(Buffer.from(text, 'latin1'), edits(...pairs), '"f"')).toString('latin1')

describe('edits', () => {
  it.each<[string, string, [string, string][], string]>([
    ['at the beginning', 'abc', [['a', 'x']], 'xbc'],
    ['at the end', 'abc', [['c', 'xyz']], 'abxyz'],
    ['of everything', 'abc', [['abc', '']], ''],
    ['into nothing new', 'abc', [['b', 'b']], 'abc'],
    [
      'of what the first has made',
      'abc',
      [
        ['b', 'xx'],
        ['xxc', 'd'],
      ],
      'ad',
    ],
    ['with the signs of replacements', 'abc', [['b', '$& $1 $$']], 'a$& $1 $$c'],
    ['around other bytes', '\xff\0a\r\n\xfe', [['a\r', 'b']], '\xff\0b\n\xfe'],
  ])('are made %s', async (_, text, pairs, result) => {
    expect(await applied(text, ...pairs)).toBe(result)
  })

  it.each<[string, [string, string][], RegExp]>([
    ['abc', [['x', 'y']], /Edit 1 of 1.*not found in "f"\./],
    [
      'abc',
      [
        ['a', ''],
        ['a', ''],
      ],
      /Edit 2 of 2.*not found in "f" after/,
    ],
    ['aXbXc', [['X', '']], /found 2 times/],
    ['aaa', [['aa', '']], /found 2 times/],
    ['x'.repeat(3000), [['x', '']], /found 3,000 times/],
    ['abc', [['', 'x']], /empty/],
    ['abc', [['\ud800', 'x']], /half of a UTF-16 pair/],
  ])('are refused: %#', async (text, pairs, words) => {
    await expect(applied(text, ...pairs)).rejects.toThrow(words)
  })
})

it('many edits of a large text let other work come in between', async () => {
  const text = `${'x'.repeat(2_000_000)}${Array.from({ length: 20 }, (_, i) => `<${i}>`).join('')}`
  const pairs = Array.from({ length: 20 }, (_, i): [string, string] => [`<${i}>`, ''])
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  expect(await applied(text, ...pairs)).toHaveLength(2_000_000)
  clearInterval(timer)
  expect(turns).toBeGreaterThan(5)
})

describe('what is looked for', () => {
  it('is found as often as it is there', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 })
    const wanted = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(text, wanted, (text, wanted) => {
        const places = [...text].map((_, at) => at).filter((at) => text.startsWith(wanted, at))
        expect(findBytes(Buffer.from(text), Buffer.from(wanted))).toEqual({
          first: places[0] ?? -1,
          count: places.length,
        })
      }),
    )
  })

  it('is found in time that only grows with the lengths', () => {
    const bytes = Buffer.alloc(8_000_000, 'a')
    expect(findBytes(bytes, Buffer.concat([Buffer.from('b'), bytes.subarray(0, 1_000_000)])).count).toBe(0)
    expect(findBytes(bytes, bytes.subarray(0, 4_000_000)).count).toBe(4_000_001)
  })
})

describe('checksums', () => {
  it.each([Buffer.alloc(0), Buffer.from('abc\n'), Buffer.alloc(100_000, '\xff\0', 'latin1')])(
    'are those of the programs: %#',
    (input) => {
      const said = (program: string) => execFileSync(program, { input, encoding: 'utf8' }).split(' ')[0]
      expect(checksumsOf(input)).toEqual({
        sha256: said('sha256sum'),
        md5: said('md5sum'),
        cksum: said('cksum'),
      })
    },
  )
})

it.each([
  ['-rw-r-----', '0640'],
  ['-rwsr-x--T', '5750'],
  ['-rwSr-Sr-t.', '7645'],
  ['-rwxrwsrwt+', '3777'],
  ['----------', '0000'],
])('the mode %s is %s', (shown, octal) => {
  expect(octalMode(shown)).toBe(octal)
})
