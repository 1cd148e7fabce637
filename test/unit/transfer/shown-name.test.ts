import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isText, shownName } from '../../../src/transfer/shown-name.js'

const raw = (text: string): string => Buffer.from(text).toString('latin1')

it.each([
  ['a b', 'a b'],
  ['é 😀 "quoted" \'too\' \\', 'é 😀 "quoted" \'too\' \\'],
  ['a\nb\tc', "$'a\\nb\\tc'"],
  ["it's\n", "$'it\\'s\\n'"],
  ['\x1b[31m', "$'\\x1b[31m'"],
  ['\u202egpj.exe', "$'\\xe2\\x80\\xaegpj.exe'"],
  ["$'a'", "$'$\\'a\\''"],
])('%j is shown as %s', (name, shown) => {
  expect(shownName(raw(name))).toBe(shown)
})

it('shows bytes that are no text', () => {
  expect(shownName('a\xffb')).toBe("$'a\\xffb'")
  expect([isText('a\xff'), isText(raw('é'))]).toEqual([false, true])
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
