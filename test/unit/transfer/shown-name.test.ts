import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shownName } from '../../../src/transfer/shown-name.js'

const raw = (text: string): string => Buffer.from(text).toString('latin1')

it.each([
  ['a b', 'a b'],
  ['é 😀 "quoted" \'too\' \\', 'é 😀 "quoted" \'too\' \\'],
  ['a\nb\tc', "$'a\\nb\\011c'"],
  ["it's\n", "$'it\\'s\\n'"],
  ['\x1b[31m', "$'\\033[31m'"],
  ['\u202egpj.exe', "$'\\342\\200\\256gpj.exe'"],
  ["$'a'", "$'$\\'a\\''"],
])('%j is shown as %s', (name, shown) => {
  expect(shownName(raw(name))).toBe(shown)
})

it('shows bytes that are no text', () => {
  expect(shownName('a\xffb')).toBe("$'a\\377b'")
})

it('is read by a shell as it was', () => {
  const names = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 20, min: 1 }), { numRuns: 200, seed: 1 })
  const marked = names
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .filter((name) => shownName(name).startsWith("$'"))
  const script = marked.map((name) => `printf '%s\\0' ${shownName(name)}`).join('\n')
  const read = execFileSync('bash', ['--norc', '-c', script], { env: { LC_ALL: 'C.UTF-8' } }).toString(
    'latin1',
  )
  expect(read).toBe(marked.map((name) => `${name}\0`).join(''))
})
