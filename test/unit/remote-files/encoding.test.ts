import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathLine, textLine } from '../../../src/remote-files/encoding.js'
import { PRELUDE } from '../../../src/remote-files/prelude.js'

/** What the shell makes of lines of input. */
function taken(shell: string[], lines: string, script: string): Buffer {
  const [program = '', ...args] = shell
  return execFileSync(program, [...args, '-c', PRELUDE + script], {
    input: lines,
    env: { HOME: '/h o', PATH: process.env.PATH },
  })
}

describe.each([[['sh']], [['bash']], [['busybox', 'sh']]])('input for %s', (shell) => {
  it('arrives byte for byte, and what follows it too', () => {
    const text = fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)))
    fc.assert(
      fc.property(text, text, (one, two) => {
        const input = `${textLine(one)}${textLine(two)}`
        const output = taken(shell, `${input}rest\n`, `next; printf %s "$v"; next; printf %s "$v"; cat`)
        expect(output.equals(Buffer.concat([one, two, Buffer.from('rest\n')]))).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['~', '/h o'],
    ['~/', '/h o/'],
    ['~/a b\n', '/h o/a b\n'],
    ['~root/x', '~root/x'],
    ['./~', './~'],
    ['-n', './-n'],
    ['a~', 'a~'],
    ['\n\n', '\n\n'],
    ['\\0101', '\\0101'],
  ])('has the path %j', (path, meant) => {
    expect(taken(shell, pathLine(path), 'path; printf %s "$p"').toString()).toBe(meant)
  })
})

describe('a path', () => {
  it.each(['', 'a\0b', '\ud800'])('cannot be %j', (path) => {
    expect(() => pathLine(path)).toThrow()
  })
})
