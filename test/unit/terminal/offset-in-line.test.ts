import { describe, expect, it } from 'vitest'
import { bytesOfText } from '../../../src/terminal/offset-in-line.js'

describe('bytesOfText', () => {
  it.each<[string, string, number, number]>([
    ['nothing', 'abc', 0, 0],
    ['plain text', 'abcdef', 3, 3],
    ['all of it', 'abc', 3, 3],
    ['more than there is', 'abc', 9, 3],
    ['text between sequences', '\x1b[1mab\x1b[0mcd', 3, 11],
    ['characters of several bytes', 'é日😀x', 4, 9],
    ['the middle of a pair', '😀x', 1, 4],
  ])('of %s', (_, text, units, bytes) => {
    expect(bytesOfText(Buffer.from(text), units)).toBe(bytes)
  })
})
