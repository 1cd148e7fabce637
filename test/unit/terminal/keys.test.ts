import { describe, expect, it } from 'vitest'
import { keysToInput } from '../../../src/terminal/keys.js'

const KEYS: [string, string][] = [
  ['Enter', '\r'],
  ['enter', '\r'],
  ['Escape', '\x1b'],
  ['Tab', '\t'],
  ['BTab', '\x1b[Z'],
  ['S-Tab', '\x1b[Z'],
  ['Space', ' '],
  ['BSpace', '\x7f'],
  ['Up', '\x1b[A'],
  ['Down', '\x1b[B'],
  ['Right', '\x1b[C'],
  ['Left', '\x1b[D'],
  ['Home', '\x1b[H'],
  ['End', '\x1b[F'],
  ['PageUp', '\x1b[5~'],
  ['PgUp', '\x1b[5~'],
  ['PPage', '\x1b[5~'],
  ['NPage', '\x1b[6~'],
  ['DC', '\x1b[3~'],
  ['IC', '\x1b[2~'],
  ['F1', '\x1bOP'],
  ['F5', '\x1b[15~'],
  ['F12', '\x1b[24~'],
  ['C-c', '\x03'],
  ['c-c', '\x03'],
  ['C-C', '\x03'],
  ['C-Space', '\0'],
  ['C-@', '\0'],
  ['C-[', '\x1b'],
  ['C-\\', '\x1c'],
  ['C-]', '\x1d'],
  ['C-^', '\x1e'],
  ['C-_', '\x1f'],
  ['C-/', '\x1f'],
  ['C-?', '\x7f'],
  ['M-x', '\x1bx'],
  ['M-Enter', '\x1b\r'],
  ['M-C-x', '\x1b\x18'],
  ['C-M-x', '\x1b\x18'],
  ['S-a', 'A'],
  ['S-Up', '\x1b[1;2A'],
  ['C-Left', '\x1b[1;5D'],
  ['C-F1', '\x1b[1;5P'],
  ['S-F5', '\x1b[15;2~'],
  ['C-PageUp', '\x1b[5;5~'],
  ['a', 'a'],
  ['-', '-'],
  ['é', 'é'],
  ['😀', '😀'],
]

describe('keysToInput', () => {
  it.each(KEYS)('%s', (key, input) => {
    expect(keysToInput([key])).toBe(input)
  })

  it('sends several in order', () => {
    expect(keysToInput(['Escape', ':', 'q', 'Enter'])).toBe('\x1b:q\r')
  })

  it('sends nothing for none', () => {
    expect(keysToInput([])).toBe('')
  })

  // Names that every JavaScript object has are keys no more than others are.
  it.each([
    '',
    'Foo',
    'C-Foo',
    'C-',
    'S-Foo',
    'M-',
    'ls -l',
    'F13',
    'constructor',
    '__proto__',
    'M-constructor',
  ])('refuses %j by name', (key) => {
    expect(() => keysToInput([key])).toThrow(/^Unknown key .*C-c/s)
  })

  it('does not repeat a long key in full', () => {
    expect(() => keysToInput(['x'.repeat(10_000)])).toThrow(/^.{1,300}$/s)
  })
})
