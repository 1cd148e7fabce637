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
  ['^c', '\x03'],
  ['^C', '\x03'],
  ['^[', '\x1b'],
  ['^^', '\x1e'],
  ['^Space', '\0'],
  ['^Up', '\x1b[1;5A'],
  ['^M-a', '\x1b\x01'],
  ['^M', '\r'],
  ['^', '^'],
  ['M-^', '\x1b^'],
  ['C-2', '\0'],
  ['C-6', '\x1e'],
  ['C-8', '\x7f'],
  ['C--', '\x1f'],
  ['C-M-Space', '\x1b\0'],
  ['M-Space', '\x1b '],
  ['M-BSpace', '\x1b\x7f'],
  ['M-Escape', '\x1b\x1b'],
  ['M-Tab', '\x1b\t'],
  ['M-BTab', '\x1b\x1b[Z'],
  ['M-S-a', '\x1bA'],
  ['M-é', '\x1bé'],
  ['M--', '\x1b-'],
  ['M-Up', '\x1b[1;3A'],
  ['M-S-Up', '\x1b[1;4A'],
  ['S-M-Up', '\x1b[1;4A'],
  ['C-M-Up', '\x1b[1;7A'],
  ['M-C-S-Up', '\x1b[1;8A'],
  ['S-C-M-Up', '\x1b[1;8A'],
  ['C-C-Up', '\x1b[1;5A'],
  ['M-Home', '\x1b[1;3H'],
  ['M-F1', '\x1b[1;3P'],
  ['M-F5', '\x1b[15;3~'],
  ['M-PgDn', '\x1b[6;3~'],
  ['M-DC', '\x1b[3;3~'],
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

  it.each([
    ['Up', '\x1bOA'],
    ['Down', '\x1bOB'],
    ['Right', '\x1bOC'],
    ['Left', '\x1bOD'],
    ['Home', '\x1bOH'],
    ['End', '\x1bOF'],
    ['S-Up', '\x1b[1;2A'],
    ['M-Up', '\x1b[1;3A'],
    ['^Home', '\x1b[1;5H'],
    ['F1', '\x1bOP'],
    ['F5', '\x1b[15~'],
    ['PageUp', '\x1b[5~'],
    ['IC', '\x1b[2~'],
    ['BTab', '\x1b[Z'],
    ['Enter', '\r'],
    ['A', 'A'],
    ['M-A', '\x1bA'],
  ])('in application-cursor mode: %s', (key, input) => {
    expect(keysToInput([key], { applicationCursor: true })).toBe(input)
    expect(keysToInput([key, key], { applicationCursor: true })).toBe(input + input)
  })

  it('has the normal form where no mode is given', () => {
    expect(keysToInput(['Up'])).toBe('\x1b[A')
    expect(keysToInput(['Up'], { applicationCursor: false })).toBe('\x1b[A')
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
    'S-Enter',
    'C-Enter',
    'S-Space',
    'C-Tab',
    'C-é',
    'C-1',
    '^Foo',
    'M-^a',
    '^M-',
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
