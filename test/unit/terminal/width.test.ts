import { describe, expect, it } from 'vitest'
import { columnsOf } from '../../../src/terminal/width.js'

describe('columnsOf', () => {
  it.each([
    ['a', 1],
    ['é', 1],
    ['λ', 1],
    ['─', 1],
    ['日', 2],
    ['한', 2],
    ['😀', 2],
    ['ｗ', 2],
    ['\u0301', 0],
    ['\u200d', 0],
    ['\ufe0f', 0],
    ['\ufffd', 1],
  ])('%j takes %d', (character, columns) => {
    expect(columnsOf(character.codePointAt(0) as number)).toBe(columns)
  })
})
