import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LiveStream, type StreamState } from '../../../src/terminal/live-stream.js'
import { anyStream, places, waysOfFeeding } from '../streams.js'

function stateAfter(...pieces: (string | Buffer)[]): StreamState {
  const live = new LiveStream()
  for (const piece of pieces) live.feed(Buffer.from(piece))
  return live.state
}

const ON = '\x1b[?2004h'
const OFF = '\x1b[?2004l'

describe('LiveStream', () => {
  it('knows the same however a stream is cut', () => {
    fc.assert(
      fc.property(anyStream, places, (stream, cuts) => {
        const whole = stateAfter(stream)
        for (const [way, pieces] of waysOfFeeding(stream, cuts))
          expect(stateAfter(...pieces), way).toEqual(whole)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['nothing yet', '', false, 0],
    ['a prompt', `${ON}$ `, true, 1],
    ['a command that runs', `${ON}$ ls\r\n${OFF}\r`, false, 1],
    ['the next prompt', `${ON}$ ls\r\n${OFF}\rfile\r\n${ON}$ `, true, 2],
    ['the mode among others', '\x1b[?1;2004;25h', true, 1],
    ['the mode asked for, not set', '\x1b[?2004$p', false, 0],
    ['a mode of that number without the prefix', '\x1b[2004h', false, 0],
    ['another mode', '\x1b[?1049h', false, 0],
    ['a title that holds the sequence as text', '\x1b]0;[?2004h\x07', false, 0],
  ])('follows the line editor: %s', (_, input, lineEditor, prompts) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(input), [4, 9])) {
      expect(stateAfter(...pieces), way).toMatchObject({ lineEditor, prompts })
    }
  })

  it.each([
    ['nothing', '', false],
    ['text', 'login: ', true],
    ['text beyond ASCII', 'é', true],
    ['a line that has ended', 'done\r\n', false],
    ['a new line with blanks only', 'done\r\n   ', false],
    ['blanks and then text', '   a', true],
    ['sequences only', '\x1b[1m\x1b]0;t\x07', false],
    ['a prompt after a title', '\x1b]0;t\x07$', true],
    ['a prompt after a character set', '\x1b(B$', true],
    ['a line that has ended after a title', 'a\x1b]0;t\x07\r\n', false],
  ])('tells whether a line is open: %s', (_, input, openLine) => {
    expect(stateAfter(input).openLine).toBe(openLine)
  })

  it.each([
    ['after text', 'ab', true],
    ['in a character', Buffer.from([0xc3]), false],
    ['in a sequence', 'ab\x1b[3', false],
    ['after a sequence', 'ab\x1b[3m', true],
    ['in a title', '\x1b]0;t', false],
  ])('knows whether it is between characters and sequences: %s', (_, input, atBoundary) => {
    const live = new LiveStream()
    live.feed(Buffer.from(input))
    expect(live.atBoundary).toBe(atBoundary)
  })

  it.each([
    ['text after a title', '\x1b]0;title\x07abc', 3],
    ['text after a link', '\x1b]8;;http://x\x1b\\abc', 3],
    ['text after a character set', '\x1b(Babc', 3],
    ['text after a keypad mode', '\x1b=abc', 3],
  ])('counts %s', (_, input, units) => {
    expect(stateAfter(input).units).toBe(units)
  })

  it('goes on where it is told that the stream goes on', () => {
    const live = new LiveStream(1000, 600)
    live.feed(Buffer.from('é\r\n'))
    expect(live.state).toMatchObject({ offset: 1004, units: 603 })
  })

  it.each([
    ['between lines', 'a\r\n', 'b\r\n'],
    ['between the two characters of a line end', 'a\r', '\nb'],
    ['after a sequence', '\x1b[1m', 'b'],
  ])('a reader that begins at a boundary, knowing nothing, counts the same: %s', (_, before, rest) => {
    const live = new LiveStream()
    live.feed(Buffer.from(before))
    const { offset, units } = live.state
    // Where it is not at a boundary no reader begins.
    const other = live.atBoundary ? new LiveStream(offset, units) : live
    live.feed(Buffer.from(rest))
    if (other !== live) other.feed(Buffer.from(rest))
    expect(other.state.units).toBe(live.state.units)
  })
})
