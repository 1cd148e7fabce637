import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EchoFilter, SubmitFilter } from '../../../src/terminal/echo.js'
import { anyStream, places, waysOfFeeding } from '../streams.js'

function answer(input: string, pieces: readonly Buffer[]): { answered: boolean; text: string } {
  const echo = new EchoFilter(input)
  const text = Buffer.concat(pieces.map((piece) => echo.feed(piece))).toString('utf8')
  return { answered: echo.answered, text }
}

const CASES: [string, string, string, string | null][] = [
  ['no answer yet', 'ls\r', 'ls\r\n', null],
  ['nothing at all', 'ls\r', '', null],
  ['an answer after the echo', 'ls\r', 'ls\r\nfile\r\n', 'file\r\n'],
  ['an answer without an echo, as to a password', 'secret\r', '\r\nWelcome', 'Welcome'],
  ['an echo with colours', 'ls\r', '\x1b[32ml\x1b[39ms\x1b[0m\r\nfile', 'file'],
  ['an echo that wraps', 'echo abcdef\r', 'echo abc \rdef\r\nabcdef\r\n', 'abcdef\r\n'],
  ['an echo beyond ASCII', 'é日😀\r', 'é日😀\r\nok', 'ok'],
  ['an answer beyond ASCII', 'x\r', 'x\r\nécole', 'école'],
  ['Ctrl-C as the terminal shows it', '\x03', '^C\r\n', null],
  ['an answer to Ctrl-C', '\x03', '^C\r\n$ ', '$ '],
  ['Escape as the terminal shows it', '\x1b', '^[', null],
  ['a cursor key as the terminal shows it', '\x1b[A', '^[[A', null],
  ['a pasted text, with its brackets', '\x1b[200~ls\x1b[201~', 'ls', null],
  ['several lines', 'a\rb\r', 'a\r\nb\r\nout', 'out'],
]

describe('EchoFilter', () => {
  it.each(CASES)('tells the echo from the answer: %s', (_, input, output, text) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(output), [3, 7])) {
      expect(answer(input, pieces), way).toEqual({ answered: text !== null, text: text ?? '' })
    }
  })

  it('finds the same answer however the output is cut', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 4 }), anyStream, places, (input, stream, cuts) => {
        const whole = answer(input, [stream])
        for (const [way, pieces] of waysOfFeeding(stream, cuts))
          expect(answer(input, pieces), way).toEqual(whole)
      }),
    )
  })

  it('takes what was typed for the echo and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (input) => {
        const shown = input.replace(/\p{Cc}/gu, '')
        expect(answer(`${shown}\r`, [Buffer.from(`${shown}\r\n`)]).answered).toBe(false)
      }),
    )
  })
})

describe('SubmitFilter', () => {
  // zsh and fish redraw the line as it is typed, which no comparison with the input can follow: a `sleep 1` was
  // once said to be quiet after 200 ms because of it.
  it.each<[string, string, string, boolean]>([
    ['nothing yet', 'ls', '', false],
    ['a line that is redrawn', 's\bsl\b\bsle\x1b[K\r$ sleep 1', '', false],
    ['a line that was accepted', 'ls\x1b[?1l\x1b>\x1b[?2004l\r\r\n', '\r\r\n', false],
    ['a title behind it', 'ls\x1b[?2004l\r\n\x1b]0;ls\x07', '\r\n\x1b]0;ls\x07', false],
    ['an answer', 'ls\x1b[?2004l\r\nfile\r\n', '\r\nfile\r\n', true],
    ['an answer like the input', 'ls\x1b[?2004l\r\nls', '\r\nls', true],
  ])('begins the answer where the line editor goes off: %s', (_, output, text, answered) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(output), [3, 5])) {
      const filter = new SubmitFilter()
      const given = Buffer.concat(pieces.map((piece) => filter.feed(piece))).toString('utf8')
      expect({ answered: filter.answered, text: given }, way).toEqual({ answered, text })
    }
  })
})
