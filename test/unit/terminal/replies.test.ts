import { describe, expect, it } from 'vitest'
import { LiveStream } from '../../../src/terminal/live-stream.js'
import { replyTo } from '../../../src/terminal/replies.js'

const SIZE = { cols: 120, rows: 40 }

/** The answers to all that a stream asks, with the cursor in row 7, column 3. */
function answers(stream: string): string {
  const live = new LiveStream()
  live.feed(Buffer.from(stream))
  return live
    .takeNews()
    .queries.map(({ question }) => replyTo(question, SIZE, { row: 7, column: 3 }))
    .join('')
}

describe('replyTo', () => {
  it.each([
    ['DA1', '\x1b[c', '\x1b[?62;22c'],
    ['DECID', '\x1bZ', '\x1b[?62;22c'],
    ['DA2', '\x1b[>c', '\x1b[>1;10;0c'],
    ['DSR', '\x1b[5n', '\x1b[0n'],
    ['CPR', '\x1b[6n', '\x1b[7;3R'],
    ['DECXCPR', '\x1b[?6n', '\x1b[?7;3R'],
    ['the size of the text', '\x1b[18t', '\x1b[8;40;120t'],
    ['the size of the screen', '\x1b[19t', '\x1b[9;40;120t'],
    ['the text colour', '\x1b]10;?\x07', '\x1b]10;rgb:ffff/ffff/ffff\x07'],
    ['the background', '\x1b]11;?\x1b\\', '\x1b]11;rgb:0000/0000/0000\x1b\\'],
    ['the cursor’s colour', '\x1b]12;?\x07', '\x1b]12;rgb:ffff/ffff/ffff\x07'],
    ['red', '\x1b]4;1;?\x07', '\x1b]4;1;rgb:cdcd/0000/0000\x07'],
    // By xterm's 256colres.h.
    ['a corner of the cube', '\x1b]4;16;?\x07', '\x1b]4;16;rgb:0000/0000/0000\x07'],
    ['a place in the cube', '\x1b]4;110;?\x07', '\x1b]4;110;rgb:8787/afaf/d7d7\x07'],
    ['its last corner', '\x1b]4;231;?\x07', '\x1b]4;231;rgb:ffff/ffff/ffff\x07'],
    ['the first grey', '\x1b]4;232;?\x07', '\x1b]4;232;rgb:0808/0808/0808\x07'],
    ['the last grey', '\x1b]4;255;?\x07', '\x1b]4;255;rgb:eeee/eeee/eeee\x07'],
    ['several, in order', '\x1b[6n\x1b[5n\x1b[c', '\x1b[7;3R\x1b[0n\x1b[?62;22c'],
  ])('%s', (_, question, answer) => {
    expect(answers(question)).toBe(answer)
  })

  it('never holds what would enter a line, or an answer that is a question again', () => {
    const all = answers(
      '\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1b[18t\x1b[19t\x1b]10;?;?;?\x07\x1b]4;7;?\x1b\\',
    )
    expect(all).not.toMatch(/[\r\n\x03\x04]/)
    expect(answers(all)).toBe('')
  })
})
