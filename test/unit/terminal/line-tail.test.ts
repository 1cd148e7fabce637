import { describe, expect, it } from 'vitest'
import { LineTail } from '../../../src/terminal/line-tail.js'
import { waysOfFeeding } from '../streams.js'

const CASES: [string, string, string | null][] = [
  ['nothing yet', '', null],
  ['blank lines only', '\r\n  \r\n', null],
  ['an open line', 'one\r\ntwo', 'two'],
  ['a line that has ended', 'one\r\ntwo\r\n', 'two'],
  ['blank lines after it', 'one\r\n\r\n   \r\n  ', 'one'],
  ['blanks at its end', 'one  ', 'one'],
  ['a bar in its last state', '10%\r99%', '99%'],
  ['no colours', '\x1b[31mred\x1b[0m\r\n', 'red'],
  ['a line that was erased', 'one\r\ntwo\r\x1b[K', 'one'],
]

describe('LineTail', () => {
  it.each(CASES)('keeps the newest line with text: %s', (_, output, newest) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(output), [3, 6])) {
      const tail = new LineTail({ cols: 80, rows: 24 })
      for (const piece of pieces) tail.feed(piece)
      expect(tail.newest, way).toBe(newest)
    }
  })
})
