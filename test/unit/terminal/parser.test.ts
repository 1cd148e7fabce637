import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TerminalParser } from '../../../src/terminal/parser.js'
import { anyStream, places, waysOfFeeding } from '../streams.js'

/** Everything a parser said of a stream, one line an event, and where it ended. */
function parsed(pieces: readonly Buffer[], start = 0) {
  const events: string[] = []
  let text = ''
  let next = -1
  const other = (event: string, end: number): void => {
    next = -1
    events.push(`${event} <${end}`)
  }
  const parser = new TerminalParser(
    {
      run: (bytes, from, to, offset) => {
        const part = Buffer.from(bytes.subarray(from, to)).toString('latin1')
        // Runs that touch are one run, however they were fed.
        if (offset === next) events.pop()
        text = offset === next ? text + part : part
        next = offset + part.length
        events.push(`text ${text} <${next}`)
      },
      character: (point, _start, end) => other(`character ${String.fromCodePoint(point)}`, end),
      control: (code, end) => other(`control ${code.toString(16)}`, end),
      csi: (final, prefix, params, intermediates, end) =>
        other(`csi ${prefix}${params.join(';')}${intermediates}${final}`, end),
      escape: (final, intermediates, end) => other(`escape ${intermediates}${final}`, end),
      string: (end) => other('string', end),
    },
    start,
  )
  for (const piece of pieces) parser.feed(piece)
  return { events, units: parser.units, offset: parser.offset, pendingFrom: parser.pendingFrom }
}

const EVENTS: [string, string, string[]][] = [
  ['plain text', 'ab c', ['text ab c <4']],
  ['a character of two bytes', 'aé', ['text a <1', 'character é <3']],
  ['a character of four bytes', '😀b', ['character 😀 <4', 'text b <5']],
  ['line ends', 'a\r\nb', ['text a <1', 'control d <2', 'control a <3', 'text b <4']],
  ['delete', '\x7f', ['control 7f <1']],
  ['a colour', '\x1b[31;1mx', ['csi 31;1m <7', 'text x <8']],
  ['no parameters', '\x1b[m', ['csi m <3']],
  ['a parameter left out', '\x1b[;5H', ['csi 0;5H <5']],
  ['sub-parameters', '\x1b[38:2:1m', ['csi 38;2;1m <9']],
  ['a private mode', '\x1b[?2004h', ['csi ?2004h <8']],
  ['another prefix', '\x1b[>4;2m', ['csi >4;2m <7']],
  ['an intermediate', '\x1b[2 q', ['csi 2 q <5']],
  ['a parameter beyond 31 bits', '\x1b[99999999999A', ['csi 2147483647A <14']],
  ['a character set', '\x1b(B', ['escape (B <3']],
  ['a short escape', '\x1b7\x1bc', ['escape 7 <2', 'escape c <4']],
  ['a title ended by BEL', '\x1b]0;é\x07x', ['string <7', 'text x <8']],
  ['a title ended by ST', '\x1b]0;t\x1b\\x', ['string <7', 'text x <8']],
  ['a DCS, which BEL does not end', '\x1bPa\x07b\x1b\\x', ['string <7', 'text x <8']],
  ['an APC', '\x1b_a\x1b\\', ['string <5']],
  ['a PM', '\x1b^a\x1b\\', ['string <5']],
  ['an SOS', '\x1bXa\x1b\\', ['string <5']],
  ['a string that a new sequence breaks off', '\x1b]0;t\x1b[1mx', ['csi 1m <9', 'text x <10']],
  ['a sequence that a new one breaks off', '\x1b[3\x1b[1mx', ['csi 1m <7', 'text x <8']],
  ['a control within a sequence', '\x1b[3\r1mx', ['control d <4', 'csi 31m <6', 'text x <7']],
  ['CAN within a sequence', '\x1b[3\x18x', ['text x <5']],
  ['SUB within a sequence', '\x1b[3\x1ax', ['text x <5']],
  ['a character that belongs to no sequence', '\x1b[3éx', ['character é <5', 'text x <6']],
  ['an 8-bit CSI', '\u009b31mx', ['csi 31m <5', 'text x <6']],
  ['an 8-bit OSC ended by BEL', '\u009d0;t\x07x', ['string <6', 'text x <7']],
  ['an 8-bit OSC ended by the 8-bit ST', '\u009d0;t\u009cx', ['string <7', 'text x <8']],
  ['a C1 control', 'a\u0085b', ['text a <1', 'control 85 <3', 'text b <4']],
]

const UNITS: [string, string, number][] = [
  ['text', 'abc', 3],
  ['a character beyond the BMP', '😀', 2],
  ['a combining mark', 'e\u0301', 2],
  ['a tab', 'a\tb', 3],
  ['a line feed', 'a\n', 2],
  ['a line end of two characters', 'a\r\n', 3],
  ['a carriage return alone', 'a\rb', 2],
  ['two carriage returns and a line feed', '\r\r\n', 2],
  ['a return and a line feed with a sequence between', '\r\x1b[K\n', 1],
  ['colours', '\x1b[31mab\x1b[0m', 2],
  ['a title', '\x1b]0;abc\x07', 0],
  ['bells and backspaces', '\x07\b', 0],
]

const PENDING: [string, Buffer, number][] = [
  ['after text', Buffer.from('ab'), 2],
  ['in a character', Buffer.from([0x61, 0xf0, 0x9f]), 1],
  ['after an escape', Buffer.from('ab\x1b'), 2],
  ['in a control sequence', Buffer.from('ab\x1b[3'), 2],
  ['in a control sequence with a control in it', Buffer.from('ab\x1b[3\r1'), 2],
  ['in a title', Buffer.from('ab\x1b]0;t'), 2],
  ['in a title, at its end', Buffer.from('ab\x1b]0;t\x1b'), 2],
  ['in a sequence begun by an 8-bit CSI', Buffer.from('ab\u009b3'), 2],
  ['after a sequence', Buffer.from('ab\x1b[m'), 5],
  ['after a sequence that was broken off', Buffer.from('ab\x1b[3\x18'), 6],
  ['after a control', Buffer.from('a\r'), 2],
]

describe('TerminalParser', () => {
  it.each(EVENTS)('reports %s', (_, input, events) => {
    const stream = Buffer.from(input)
    for (const [, pieces] of waysOfFeeding(stream, [3, 5])) expect(parsed(pieces).events).toEqual(events)
  })

  it.each(UNITS)('counts %s', (_, input, units) => {
    expect(parsed([Buffer.from(input)]).units).toBe(units)
  })

  it.each(PENDING)('knows where what is incomplete began: %s', (_, stream, pendingFrom) => {
    for (const [, pieces] of waysOfFeeding(stream, [1, 3]))
      expect(parsed(pieces).pendingFrom).toBe(pendingFrom)
  })

  it('keeps a bounded number of parameters', () => {
    const [event = ''] = parsed([Buffer.from(`\x1b[${'1;'.repeat(5000)}m`)]).events
    expect(event.split(';')).toHaveLength(32)
  })

  it('says the same however a stream is cut', () => {
    fc.assert(
      fc.property(anyStream, places, (stream, cuts) => {
        const whole = parsed([stream])
        for (const [way, pieces] of waysOfFeeding(stream, cuts)) expect(parsed(pieces), way).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  it('gives offsets from where it was told that the stream goes on', () => {
    const moved = parsed([Buffer.from('é\x1b[1mx\r')], 100)
    expect(moved).toEqual({
      events: ['character é <102', 'csi 1m <106', 'text x <107', 'control d <108'],
      units: 2,
      offset: 108,
      pendingFrom: 108,
    })
  })

  it('takes a stream apart in the same way whoever listens', () => {
    fc.assert(
      fc.property(anyStream, (stream) => {
        const { units, pendingFrom } = parsed([stream])
        const unheard = new TerminalParser({})
        unheard.feed(stream)
        expect([unheard.units, unheard.pendingFrom]).toEqual([units, pendingFrom])
      }),
    )
  })

  it('never counts more units than the stream decodes to', () => {
    fc.assert(
      fc.property(anyStream, (stream) => {
        expect(parsed([stream]).units).toBeLessThanOrEqual(stream.toString('utf8').length)
      }),
    )
  })
})
