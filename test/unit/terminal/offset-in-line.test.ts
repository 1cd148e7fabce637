import { describe, expect, it } from 'vitest'
import { partOfLine } from '../../../src/terminal/offset-in-line.js'

describe('partOfLine', () => {
  it.each<[string, string, number, number]>([
    ['nothing', 'abc', 0, 0],
    ['plain text', 'abcdef', 3, 3],
    ['all of it', 'abc', 3, 3],
    ['more than there is', 'abc', 9, 3],
    ['text between sequences', '\x1b[1mab\x1b[0mcd', 3, 11],
    ['characters of several bytes', 'é日😀x', 4, 9],
    ['the middle of a pair', '😀x', 1, 0],
    ['a tab, of which nothing shows before what follows it', 'a\tb\tc', 9, 4],
    ['the blanks of a tab', 'a\tb\tc', 5, 2],
    ['a line that has ended', 'ab\r\ncd', 3, 4],
    ['a bar', '1%\r2%\r3%x', 2, 8],
  ])('of %s', (_, text, units, bytes) => {
    expect(partOfLine(Buffer.from(text), { cols: 80, indent: 0, units }).bytes).toBe(bytes)
  })
})
