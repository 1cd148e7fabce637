import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isIncomplete } from '../../src/shell/incomplete.js'
import {
  FISH_OPEN,
  FISH_WHOLE,
  POSIX_OPEN,
  POSIX_REFUSED,
  POSIX_WHOLE,
} from '../unit/shell/incomplete-table.js'

/** What a shell makes of a text and Enter: it waits for more, takes it, or refuses it. */
type Answer = 'waits' | 'takes' | 'refuses'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'incomplete-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Has a shell check every text, by one process that starts the others. @returns what each wrote to stderr */
function complaints(check: string, texts: readonly string[]): string[] {
  const place = join(folder, String(Math.random()))
  mkdirSync(place)
  texts.forEach((text, index) => {
    writeFileSync(join(place, `${index}.in`), `${text}\n`)
  })
  const loop = `i=0; while [ $i -lt ${texts.length} ]; do ${check} $i.in 2>$i.out; echo $? >>$i.out; i=$((i+1)); done`
  execFileSync('sh', ['-c', loop], { cwd: place, env: { PATH: process.env.PATH, HOME: place, LC_ALL: 'C' } })
  return texts.map((_, index) => readFileSync(join(place, `${index}.out`), 'utf8'))
}

const BASH_WAITS =
  /unexpected end of file|unexpected EOF while looking for|delimited by end-of-file|unterminated here-document|unexpected token `EOF' in cond/

/** Of several complaints the first says what happened. */
const bashAnswers = (texts: readonly string[]): Answer[] =>
  complaints('bash --norc -n', texts).map((said) => {
    if (said === '0\n') return 'takes'
    return BASH_WAITS.test(said.split('\n')[0] as string) ? 'waits' : 'refuses'
  })

const FISH_WAITS =
  /: (?:Unexpected end of string, (?:quotes|expecting)|Missing end to balance|.*found end of the input)/
const hasFish = spawnSync('fish', ['--version']).status === 0

const fishAnswers = (texts: readonly string[]): Answer[] =>
  complaints('fish --no-config --no-execute', texts).map((said) => {
    if (said === '0\n') return 'takes'
    const complained = said.split('\n').filter((line) => / \(line \d+\): |^fish: /.test(line))
    return complained.every((line) => FISH_WAITS.test(line)) ? 'waits' : 'refuses'
  })

/** The texts to which the shell gives an answer that ours is not. */
const wrong = (
  texts: readonly string[],
  answers: readonly Answer[],
  language: 'posix' | 'fish',
  one: Answer,
): string[] =>
  texts.filter((text, index) => answers[index] === one && isIncomplete(text, language) !== (one === 'waits'))

const joined = (parts: readonly string[], most: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: most }).map((chosen) => chosen.join(''))

const POSIX_PARTS = [
  'echo a',
  ' ',
  ' ',
  '\n',
  '\n',
  '; ',
  ' | ',
  ' && ',
  ' & ',
  "'",
  '"',
  '`',
  '$(',
  ')',
  '(',
  '((',
  '))',
  '$((',
  '${x',
  '${x#',
  '}',
  '{ ',
  '; }',
  ' <<EOF',
  ' <<-"EOF"',
  '\nEOF\n',
  '\nEOF',
  '<<<x',
  '#',
  " # it's",
  '\\',
  "\\'",
  "$'",
  '$"',
  'if a',
  '; then ',
  '; else ',
  '; fi',
  'while a',
  '; do ',
  '; done',
  'for x in a',
  'for ((;;))',
  'case x in ',
  'a) ',
  ';; ',
  ' esac',
  '[[ ',
  ' ]]',
  'a=(',
  'f() ',
  'function f ',
  '<(',
  '$[',
  ']',
  '=~ ',
  '!',
  'time ',
  '>x ',
  '2>&1 ',
  'a[',
  '$$',
  'x=',
]
const FISH_PARTS = [
  'echo a',
  ' ',
  ' ',
  '\n',
  '; ',
  ' | ',
  ' && ',
  ' || ',
  ' & ',
  "'",
  '"',
  '$(',
  '(',
  ')',
  '#',
  " # it's",
  '\\',
  "\\'",
  'if a',
  'if ',
  '; else ',
  'else if b',
  '; end',
  '; end',
  'while a',
  'for x in a',
  'begin',
  'begin; ',
  'switch x',
  '; case a',
  'function f',
  'and ',
  'not ',
  '-h',
  ' --help',
  '>x ',
  '2>&1 ',
  'a=b ',
  '2>| ',
  '&| ',
]

const command: fc.Arbitrary<string> = fc.letrec<{ list: string; command: string; word: string }>((tie) => ({
  word: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'a',
      'if',
      'done',
      '}',
      'x=1',
      "'it\"s'",
      '"it\'s"',
      "don\\'t",
      "$'it\\'s'",
      '$x',
      '${#x}',
      "${x#'}'}",
      '${x:-a}',
      '`a`',
      '$((1<<2))',
      'b#c',
      '"a b"',
      '$$',
      '[[',
      '{a,b}',
    ),
    tie('list').map((list) => `$(${list})`),
    tie('list').map((list) => `"a$(${list}\n)b"`),
    tie('list').map((list) => `<(${list})`),
    tie('word').map((word) => `a${word}b`),
    fc.constantFrom('a', "'}'", '$x', '$(a)', '{').map((word) => `"\${x:-${word}}"`),
  ),
  command: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie('word'), { maxLength: 3 }).map((words) => ['echo', ...words].join(' ')),
    fc.constantFrom(
      ':',
      'x=(1 "2" # )\n3)',
      '((x = 1 << 2))',
      '[[ -f a && ( b == c || d =~ ^(e|f)$ ) ]]',
      '! a',
      'time a',
      'a 2>&1 >b',
      'a &>b',
      'a[1]=2',
    ),
    fc.constantFrom(
      "cat <<EOF\nit's $(\nEOF\n",
      "cat <<-'E F' | b\n\t`\n\tE F\n",
      'cat <<A <<B\nA\nB\n',
      'cat <<\\EOF && c "\n"\n(\nEOF\n',
    ),
    tie('list').map((list) => `( ${list})`),
    tie('list').map((list) => `{ ${list}\n}`),
    fc.tuple(tie('list'), tie('list')).map(([a, b]) => `if ${a}\nthen ${b}\nfi`),
    fc.tuple(tie('list'), tie('list')).map(([a, b]) => `while ${a}\ndo ${b}\ndone`),
    fc.tuple(tie('word'), tie('list')).map(([a, b]) => `for x in ${a}\ndo ${b}\ndone`),
    tie('list').map((list) => `for ((i=0;i<3;i++)); do ${list}\ndone`),
    fc.tuple(tie('word'), tie('list')).map(([a, b]) => `case ${a} in a|"b") ${b}\n;; (c) ;; esac`),
    tie('list').map((list) => `f() {\n${list}\n}`),
  ),
  list: fc
    .array(fc.tuple(tie('command'), fc.constantFrom('\n', '; ', ' & ', ' && a\n', ' | b\n', " # it's\n")), {
      minLength: 1,
      maxLength: 2,
    })
    .map((commands) => commands.map(([one, end]) => (one.endsWith('\n') ? one : one + end)).join('')),
})).list

/** What its end does is told from Enter together with what follows, which a file has not. */
const endsInBackslash = (text: string): boolean => text.endsWith('\\')

const RUNS = 300
/** Texts that make no sense, and that a shell still reads to the end before it would refuse them. */
const READ_ON = 3
const sample = (arbitrary: fc.Arbitrary<string>): string[] =>
  fc
    .sample(arbitrary, { numRuns: RUNS, seed: Number(process.env.SEED ?? 1) })
    .filter((text) => !endsInBackslash(text))

describe('isIncomplete, by what bash says', () => {
  it('has the texts of the table right', () => {
    const but = (texts: readonly string[], answer: Answer): string[] => {
      const answers = bashAnswers(texts)
      return texts.filter((_, index) => answers[index] !== answer)
    }
    expect(but(POSIX_OPEN, 'waits')).toEqual([])
    expect(but(POSIX_WHOLE, 'takes')).toEqual([])
    expect(but(POSIX_REFUSED, 'refuses')).toEqual([])
  })

  it('agrees on parts thrown together', () => {
    const texts = sample(joined(POSIX_PARTS, 7))
    const answers = bashAnswers(texts)
    expect(wrong(texts, answers, 'posix', 'takes')).toEqual([])
    expect(wrong(texts, answers, 'posix', 'waits').length).toBeLessThanOrEqual(READ_ON)
  })

  it('agrees on proper programs, whole and cut anywhere', () => {
    const programs = sample(command)
    const cut = programs.map((text, index) => text.slice(0, (index * 7919) % (text.length + 1)))
    const texts = [...programs.slice(0, RUNS / 2), ...cut.filter((text) => !endsInBackslash(text))]
    const answers = bashAnswers(texts)
    for (const answer of ['takes', 'waits'] as const)
      expect(wrong(texts, answers, 'posix', answer), answer).toEqual([])
    for (const answer of ['waits', 'takes'])
      expect(answers.filter((one) => one === answer).length).toBeGreaterThan(80)
  })
})

describe.skipIf(!hasFish)('isIncomplete, by what fish says', () => {
  it('has the texts of the table right', () => {
    expect(new Set(fishAnswers(FISH_OPEN)), 'open').toEqual(new Set(['waits']))
    expect(new Set(fishAnswers(FISH_WHOLE)), 'whole').toEqual(new Set(['takes']))
  })

  it('agrees on parts thrown together', () => {
    const texts = sample(joined(FISH_PARTS, 7)).slice(0, RUNS / 2)
    const answers = fishAnswers(texts)
    expect(wrong(texts, answers, 'fish', 'takes')).toEqual([])
    expect(wrong(texts, answers, 'fish', 'waits').length).toBeLessThanOrEqual(READ_ON)
  })
})
