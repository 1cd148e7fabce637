import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { LINE_BYTES } from '../../../src/shell/feed.js'
import { fedText, fishQuoted, posixQuoted } from '../../../src/shell/quoting.js'

describe('text that is fed', () => {
  it.each([
    ['one\ntwo ü\n\tthree\n\n', ['one', 'two ü', '\tthree'], false],
    ['', [''], false],
    ['a\x07b\\c', ['a\\0007b\\0134c'], true],
    ['a\r\nb', ['a\\0015\\0012b'], true],
    ['\x7f', ['\\0177'], true],
  ] as const)('%j', (text, lines, encoded) => {
    expect(fedText(text)).toEqual({ lines, encoded })
  })

  it('has short lines, which printf puts together again', () => {
    const text = `${'ü\\x\x01😀'.repeat(3000)}\n%s\\c`
    const { lines, encoded } = fedText(text)
    expect(encoded).toBe(true)
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(LINE_BYTES)
    const script = 'printf %b "$(tr -d "\\n")"'
    expect(execFileSync('sh', ['-c', script], { input: lines.join('\n'), encoding: 'utf8' })).toBe(text)
  })
})

it('fish takes quotes and backslashes', () => {
  expect(fishQuoted("a'b\\c$d")).toBe("'a\\'b\\\\c$d'")
})

it('a POSIX shell takes anything but quotes', () => {
  const text = `a'b"c\\d$e'`
  expect(execFileSync('sh', ['-c', `printf %s ${posixQuoted(text)}`], { encoding: 'utf8' })).toBe(text)
})
