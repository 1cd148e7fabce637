import { describe, expect, it } from 'vitest'
import { screenWindow } from '../../../src/terminal/screen-window.js'

describe('screenWindow', () => {
  it.each<[string, string[], number, number, string, number, boolean]>([
    ['nothing', ['', ''], 1, 10, '', 1, false],
    ['all that fits', ['a', '', 'b', ''], 1, 4, 'a\n\nb', 1, false],
    ['rows at the top go first', ['aaa', 'bbb', 'ccc'], 3, 7, 'bbb\nccc', 2, true],
    ['up to the cursor, then those at the bottom', ['aaa', 'bbb', 'ccc'], 2, 4, 'bbb', 2, true],
    ['the cursor is at the top', ['aaa', 'bbb', 'ccc'], 1, 7, 'aaa\nbbb', 1, true],
    ['the cursor is below the text', ['aaa', 'bbb', '', ''], 4, 3, 'bbb', 2, true],
    ['a row is too long', ['aaa', 'bbbbb'], 2, 3, 'bbb', 2, true],
    ['not in the middle of a character', ['a😀'], 1, 2, 'a', 1, true],
    ['nor before a mark', ['abe\u0301'], 1, 3, 'ab', 1, true],
    ['a character that does not fit at all', ['😀'], 1, 1, '', 1, true],
  ])('%s', (_, lines, cursorRow, max, text, firstRow, truncated) => {
    expect(screenWindow(lines, cursorRow, max)).toEqual({ text, firstRow, truncated })
  })
})
