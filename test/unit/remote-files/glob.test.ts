import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Glob } from '../../../src/remote-files/glob-matcher.js'
import { globPrefilter } from '../../../src/remote-files/glob-prefilter.js'

/** Pattern, what it matches, what it does not. */
const TABLE: [string, string[], string[]][] = [
  ['*.ts', ['a.ts', '.ts', 'src/a.ts', 'a/b/.c.ts'], ['a.tsx', 'a.ts/b', 'ats']],
  ['/*.ts', ['a.ts'], ['src/a.ts']],
  ['./*.ts', ['a.ts'], ['src/a.ts']],
  ['src/*.ts', ['src/a.ts'], ['src/b/a.ts', 'x/src/a.ts', 'src/ts']],
  ['src/**/*.ts', ['src/a.ts', 'src/b/a.ts', 'src/b/c/d.ts'], ['a.ts', 'srcs/a.ts', 'src/a.tsx']],
  ['**/src/*.ts', ['src/a.ts', 'x/y/src/a.ts'], ['xsrc/a.ts', 'src/x/a.ts']],
  ['**', ['a', 'a/b', '.a/.b'], []],
  ['src/**', ['src/a', 'src/a/b'], ['src', 'srca']],
  ['**/**/a', ['a', 'b/a', 'c/b/a'], ['ba']],
  ['a**b', ['ab', 'axb', 'x/ab'], ['a/b']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'ax/b']],
  ['?', ['a', 'ä', '😀', 'x/y'], ['', 'ab']],
  ['[a-cx].md', ['a.md', 'c.md', 'x.md'], ['d.md', '-.md', 'ab.md']],
  ['[!a-c]', ['d', '😀'], ['a', 'b']],
  ['[^a]', ['b'], ['a']],
  ['[]a]', [']', 'a'], ['b']],
  ['[a-]', ['a', '-'], ['b']],
  ['[ä-ü]', ['ö'], ['o']],
  ['a[/]b', ['a[/]b'], ['a/b']],
  ['a[b', ['a[b'], ['ab']],
  ['[!a]b', ['cb'], ['/b', 'x/ab']],
  ['*.{ts,tsx}', ['a.ts', 'b/a.tsx'], ['a.js', 'a.{ts,tsx}']],
  ['{a,b/c}', ['a', 'x/a', 'b/c'], ['x/b/c', 'c']],
  ['{a,{b,c}d}e', ['ae', 'bde', 'cde'], ['be', 'ade']],
  ['{,x}a', ['a', 'xa'], ['ya']],
  ['{a,b', ['{a,b'], ['a']],
  ['a}b', ['a}b'], []],
  ['\\*\\{\\?', ['*{?'], ['a{b']],
  ['a\\', ['a\\'], ['a']],
  ['-x y$(z)', ['-x y$(z)'], []],
  ['a+(b).c|^d', ['a+(b).c|^d'], ['aa']],
  ['*\n*', ['a\nb'], ['ab']],
  ['*', ['a', '.hidden', 'a/b'], []],
]

describe('a glob', () => {
  it.each(TABLE)('%j', (pattern, yes, no) => {
    const glob = new Glob(pattern)
    expect(yes.filter((path) => !glob.matches(path))).toEqual([])
    expect(no.filter((path) => glob.matches(path))).toEqual([])
  })

  const path = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'b', 'ö', '.'), minLength: 1, maxLength: 4 }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  const part = fc.array(fc.constantFrom('a', 'b', 'ö', '.', '*', '?', '[ab]', '[!a]', '{a,b}', '{,*b}'), {
    minLength: 1,
    maxLength: 5,
  })
  const pattern = fc
    .array(fc.oneof(fc.constant(['**']), part), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map((one) => one.join('')).join('/'))
    .filter((pattern) => pattern.split('{').length < 6)

  it('matches what a plain, slow matcher matches', () => {
    fc.assert(
      fc.property(pattern, path, (pattern, parts) => {
        const path = parts.join('/')
        expect([pattern, path, new Glob(pattern).matches(path)]).toEqual([
          pattern,
          path,
          plainly(pattern, path),
        ])
      }),
      { numRuns: 5000 },
    )
  })

  it('is used again and again', () => {
    const glob = new Glob('{*a,b/**}')
    for (const _ of [1, 2])
      for (const path of ['xa', 'b/c', 'c']) expect(glob.matches(path)).toBe(path !== 'c')
  })

  it('takes time that only grows with both lengths', () => {
    const bombs = [
      `${'*a'.repeat(400)}*b`,
      `${'**/'.repeat(300)}x`,
      '?*'.repeat(400),
      `${'{a,*a}'.repeat(6)}c`,
    ]
    for (const pattern of bombs)
      expect(new Glob(pattern).matches('a'.repeat(4000))).toBe(pattern.startsWith('?'))
  })

  it.each([
    '{a,b}'.repeat(40),
    `{${',a'.repeat(200)}}`,
    `{${'a'.repeat(500)},b}${'c'.repeat(700)}`,
    '{'.repeat(600) + '}'.repeat(600),
  ])('refuses what stands for too much', (pattern) => {
    expect(() => new Glob(pattern)).toThrow(/stands for too much/)
  })
})

describe('the pattern for names that grep is given', () => {
  const matched = (pattern: string, paths: string[]): string[] => {
    const input = paths.map((path) => `./${path}\n`).join('')
    const script = 'grep -E -e "$P" || test $? = 1'
    const env = { ...process.env, LC_ALL: 'C', P: globPrefilter(pattern) }
    const output = execFileSync('sh', ['-c', script], {
      input,
      env,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    return output
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(2))
  }

  it.each(TABLE.filter(([pattern]) => !pattern.includes('\n')))(
    'leaves out none of those that match %j',
    (pattern, yes) => {
      const paths = yes.filter((path) => !path.includes('\n'))
      expect(matched(pattern, paths)).toEqual(paths)
    },
  )

  it('leaves out most others', () => {
    const paths = TABLE.flatMap(([, yes, no]) => [...yes, ...no]).filter(
      (path) => path !== '' && !path.includes('\n'),
    )
    expect(matched('src/*.{ts,tsx}', paths).every((path) => path.startsWith('src/'))).toBe(true)
  })
})

/** Character by character, trying everything. */
function plainly(pattern: string, path: string): boolean {
  return expanded(pattern).some((one) => {
    const anchored = one.replace(/^(?:\.?\/)+/, '').replace(/\/+/g, '/')
    return from([...(one.includes('/') ? anchored : `**/${one}`)], [...path], true)
  })
}

function expanded(pattern: string): string[] {
  const [, before = '', inside = '', after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern) ?? []
  if (!/\{/.test(pattern)) return [pattern]
  return inside.split(',').flatMap((part) => expanded(before + part + after))
}

function from(pattern: string[], path: string[], atStart: boolean): boolean {
  const text = pattern.join('')
  if (pattern.length === 0) return path.length === 0
  if (atStart && text === '**') return path.length > 0
  if (atStart && text.startsWith('**/')) {
    if (from(pattern.slice(3), path, true)) return true
    const slash = path.indexOf('/')
    return slash >= 0 && from(pattern, path.slice(slash + 1), true)
  }
  const [first, ...rest] = path
  if (pattern[0] === '*')
    return (
      from(pattern.slice(1), path, false) ||
      (first !== undefined && first !== '/' && from(pattern, rest, false))
    )
  if (first === undefined) return false
  const [one, inside] = /^\[(.*?)\]/.exec(text) ?? []
  if (one !== undefined && inside !== undefined) {
    const found = inside.replace('!', '').includes(first)
    return (
      first !== '/' && found !== inside.startsWith('!') && from(pattern.slice([...one].length), rest, false)
    )
  }
  const fits = pattern[0] === '?' ? first !== '/' : pattern[0] === first
  return fits && from(pattern.slice(1), rest, first === '/')
}
