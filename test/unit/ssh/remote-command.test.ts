import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ShellStart, shellCommand } from '../../../src/ssh/remote-command.js'

/** The shells a remote user may have, as far as they are here. */
const SHELLS = [
  '/bin/sh',
  '/bin/dash',
  '/bin/bash',
  '/bin/zsh',
  '/usr/bin/fish',
  '/bin/tcsh',
  '/bin/mksh',
].filter(existsSync)

const NASTY: [string, string][] = [
  ['a word', 'word'],
  ['nothing', ''],
  ['blanks', '  two  blanks  '],
  ['a single quote', "it's"],
  ['single quotes only', "'''"],
  ['double quotes', 'say "hi"'],
  ['a backslash', 'a\\b'],
  ['a backslash at the end', 'a\\'],
  ['what printf would expand', '\\n\\101%s%d%%'],
  ['percent signs and a quote', "100%'s %s"],
  ['a line break', 'one\ntwo'],
  ['line breaks at the end', 'one\n\n'],
  ['a carriage return', 'one\rtwo'],
  ['a tab', 'one\ttwo'],
  ['a history expansion', 'wow! !! !$'],
  ['a variable', '$HOME \x24{HOME}'],
  ['a substitution', '$(id) `id`'],
  ['operators', 'a; b && c | d > e < f & g # h'],
  ['a pattern', '* ? [a-z] {a,b} ~'],
  ['letters beyond ASCII', 'Grüße, 世界 😀'],
  ['a control character', 'a\x01\x1b[31mb'],
  ['what looks like an option', '-n'],
]

let home: string
let program: string

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'remote-')))
  program = join(home, 'print')
  // Prints its directory, its argument and the variables, each ended by a NUL.
  writeFileSync(program, '#!/bin/sh\nprintf \'%s\\0\' "$PWD" "$#$1" "$A" "$B"\n', { mode: 0o755 })
  for (const [, name] of NASTY) if (name) mkdirSync(join(home, 'sub', name), { recursive: true })
  mkdirSync(join(home, '-dash'))
  mkdirSync(join(home, '-'))
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

function run(shell: string, start: Partial<ShellStart>, env: Record<string, string> = {}) {
  const command = shellCommand({ cwd: null, env: {}, shell: program, ...start }) as string
  const output = execFileSync(shell, ['-c', command], {
    cwd: home,
    env: { PATH: '/usr/bin:/bin', HOME: home, SHELL: program, ...env },
    encoding: 'utf8',
  })
  const [cwd, args, a, b] = output.split('\0')
  return { cwd, args, a, b }
}

describe.each(SHELLS)('shellCommand, run by %s', (shell) => {
  it.each(NASTY)('hands over a value exactly: %s', (_, value) => {
    expect(run(shell, { env: { A: value, B: `x${value}x` } })).toMatchObject({ a: value, b: `x${value}x` })
  })

  it.each(NASTY.filter(([, name]) => name))('starts in a directory named with %s', (_, name) => {
    const cwd = join(home, 'sub', name)
    expect(run(shell, { cwd, env: { A: 'a' } })).toMatchObject({ cwd, a: 'a' })
  })

  it.each([
    ['the home directory', '~', ''],
    ['a directory under it', "~/sub/it's", "/sub/it's"],
    ['a relative one', 'sub', '/sub'],
    ['one that looks like an option', '-dash', '/-dash'],
    ['one that means the last directory to cd', '-', '/-'],
  ])('starts in %s', (_, cwd, expected) => {
    expect(run(shell, { cwd }).cwd).toBe(home + expected)
  })

  it('starts nothing where the directory does not exist', () => {
    const command = shellCommand({ cwd: '/does/not/exist', env: {}, shell: program }) as string
    const { status, stdout } = spawnSync(shell, ['-c', command], { encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).not.toBe(0)
  })

  it('takes the user’s own shell, as a login shell, where none is named', () => {
    expect(run(shell, { shell: null, env: { A: 'a' } })).toMatchObject({ args: '1-l', a: 'a' })
  })

  it('starts a program that is no shell as it is', () => {
    expect(run(shell, {}).args).toBe('0')
  })

  it('starts a shell that is named as a login shell, whatever its path', () => {
    const named = join(home, "sub/it's", 'bash')
    writeFileSync(named, '#!/bin/sh\nprintf \'%s\\0\' "$PWD" "$#$1"\n', { mode: 0o755 })
    expect(run(shell, { shell: named }).args).toBe('1-l')
  })
})

describe('shellCommand', () => {
  it('is not needed where nothing is asked for', () => {
    expect(shellCommand({ cwd: null, env: {}, shell: null })).toBeNull()
  })

  it.each(NASTY)('is one line of printable ASCII for %s', (_, value) => {
    const command = shellCommand({ cwd: value, env: { A: value }, shell: null })
    expect(command).toMatch(/^[ -~]*$/)
  })

  it.each(NASTY)('holds between its outer quotes nothing that shells read differently: %s', (_, value) => {
    const [, word = ''] =
      /^exec sh -c '(.*)'$/.exec(shellCommand({ cwd: null, env: { A: value }, shell: null }) ?? '') ?? []
    expect(word).not.toBe('')
    // A backslash before a digit is the same in sh, fish and csh.
    expect(word).not.toMatch(/['!]|\\(?!\d{3})/)
  })
})
