import { describe, expect, it } from 'vitest'
import { armingExchange, readySign } from '../../../src/shell/arming.js'
import type { ShellKind } from '../../../src/shell/kinds.js'
import { sendingOf } from '../../../src/shell/sending.js'

const KINDS: ShellKind[] = ['bash', 'zsh', 'fish', 'dash', 'ash', 'ksh']

const typed = (bytes: string) => ({ form: 'typed', bytes })
const pasted = (text: string) => typed(`\x1b[200~${text}\x1b[201~\r`)
const read = (call: string, payload: string) => ({
  form: 'fed',
  line: ` __sm_in ${call};\\eval "$__sm_v"\r`,
  payload,
})
const fed = (call: string, payload: string, end: string) => ({
  form: 'fed',
  line: ` \\eval "$(__sm_in ${call})"${end}`,
  payload,
})
const evaluated = (word: string, end = '\r') => typed(` \\eval "__sm_c$__sm_l"${word}${end}`)
const send = (kind: ShellKind, text: string, traits: string[] = [], incomplete = false) =>
  sendingOf(kind, traits, text, 'nonce1', incomplete)

describe('a command is sent', () => {
  it('to bash and zsh as a paste where every character means itself', () => {
    for (const kind of ['bash', 'zsh'] as const) {
      expect(send(kind, 'a "b"\n\tc\n\n')).toEqual(pasted('a "b"\n\tc'))
      for (const text of ['echo hi!', '^a^b', 'ü']) expect(send(kind, text)).toEqual(read('1', `${text}\n`))
      expect(send(kind, 'a\n'.repeat(1200))).toMatchObject({ form: 'fed' })
    }
    expect(send('bash', 'a # b')).toEqual(pasted('a # b'))
    expect(send('zsh', 'a # b')).toEqual(read('1', 'a # b\n'))
  })

  it('otherwise where the line editor has habits of its own', () => {
    expect(send('zsh', 'a', ['again'])).toEqual(pasted('a'))
    expect(send('zsh', 'a', ['magic'])).toEqual(read('1', 'a\n'))
    expect(send('zsh', 'a', ['correct'])).toEqual(read('1', 'a\n'))
    expect(send('bash', 'a b', ['nopaste'])).toEqual(typed('a b\r'))
    expect(send('bash', 'a\tb', ['nopaste'])).toEqual(read('1', 'a\tb\n'))
    expect(send('bash', 'a b', ['nops0', 'nopaste'])).toEqual(evaluated("'a b'"))
    expect(send('bash', 'a b', ['nops0'])).toEqual(evaluated("'a b'"))
    expect(send('bash', 'a\nb', ['nops0'])).toEqual(read('2', 'a\nb\n'))
  })

  it('to shells without a hook before commands behind a call', () => {
    for (const kind of ['dash', 'ash', 'ksh'] as const) {
      const end = kind === 'dash' ? '\n' : '\r'
      expect(send(kind, 'a b &')).toEqual(evaluated("'a b &'", end))
      expect(send(kind, 'a\nb')).toEqual(fed('2', 'a\nb\n', end))
      expect(send(kind, "echo 'a'")).toEqual(evaluated("'echo '\\''a'\\'''", end))
      expect(send(kind, 'x'.repeat(701))).toMatchObject({ form: 'fed' })
    }
    expect(send('fish', "echo 'a'")).toEqual(typed(" __sm_c;eval 'echo \\'a\\''\r"))
    const line = ' eval (__sm_in 2|string collect)\r'
    expect(send('fish', 'a\nb')).toEqual({ form: 'fed', line, payload: 'a\nb\n' })
  })

  it('in an encoded form where a terminal would interpret it', () => {
    for (const kind of KINDS) {
      expect(send(kind, 'a\x03')).toMatchObject({ form: 'fed', payload: 'a\\0003\n' })
      expect(send(kind, 'a\0')).toMatchObject({ form: 'refused' })
    }
  })
})

describe('what is incomplete', () => {
  it('is typed as it is, for the shell to ask for the rest', () => {
    expect(send('bash', "echo 'a", [], true)).toEqual(pasted("echo 'a"))
    expect(send('zsh', "echo 'a", ['magic'], true)).toEqual(pasted("echo 'a"))
    expect(send('dash', "echo 'a\nb", [], true)).toEqual(typed(" __sm_c;echo 'a\rb\r"))
    expect(send('ash', "echo 'a", [], true)).toEqual(typed(" __sm_c;echo 'a\r"))
  })

  it('is refused where typing would change it', () => {
    for (const kind of ['bash', 'zsh', 'dash', 'ash'] as const) {
      expect(send(kind, "echo 'ü", [], true)).toMatchObject({ form: 'refused' })
      expect(send(kind, `'${'x'.repeat(900)}`, [], true)).toMatchObject({ form: 'refused' })
    }
    expect(send('bash', "echo 'a!", [], true)).toMatchObject({ form: 'refused' })
    expect(send('ash', "echo '\t", [], true)).toMatchObject({ form: 'refused' })
  })

  it('is a syntax error where no mark would tell', () => {
    expect(send('fish', 'echo "ü', [], true)).toMatchObject({ form: 'fed' })
    expect(send('ksh', "echo 'a", [], true)).toMatchObject({ form: 'typed' })
  })
})

describe('arming', () => {
  it.each(KINDS)('%s takes a line that is short, and others that every terminal takes', (kind) => {
    const { line, payload } = armingExchange(kind, 'abcdefghij')
    expect(line.trimEnd().length).toBeLessThan(110)
    expect(line).toMatch(/^ [ -~]+\r$/)
    expect(payload).toMatch(/^[\n -~]+\n$/)
    expect(payload.split('\n').every((text) => text.length <= 900)).toBe(true)
    expect(line).toMatch(new RegExp(`head -n${payload.split('\n').length - 1}[);]`))
  })

  it('the sign of a prompt depends on the shell', () => {
    expect(readySign('bash')).toEqual({ inputMark: true, editor: false })
    expect(readySign('bash', ['nobmark'])).toEqual({ inputMark: false, editor: true })
    expect(readySign('zsh')).toEqual({ inputMark: false, editor: true })
    expect(readySign('zsh', ['noeditor'])).toEqual({ inputMark: true, editor: false })
    expect(readySign('fish', ['noeditor'])).toEqual({ inputMark: true, editor: false })
  })
})
