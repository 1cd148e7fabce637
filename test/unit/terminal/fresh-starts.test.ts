import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fedFirst } from '../../../src/terminal/fresh-starts.js'
import { LiveStream } from '../../../src/terminal/live-stream.js'
import { Screen } from '../../../src/terminal/screen.js'
import { waysOfFeeding } from '../streams.js'

const SIZE = { cols: 20, rows: 6 }

function freshAfter(pieces: readonly Buffer[]) {
  const live = new LiveStream()
  for (const piece of pieces) live.feed(piece)
  return live.state.fresh
}

async function drawn(...pieces: (string | Buffer)[]) {
  const screen = new Screen(SIZE)
  for (const piece of pieces) await screen.feed(Buffer.from(piece))
  const { lines, cursor } = screen.drawn()
  screen.dispose()
  return { lines, cursor }
}

describe('FreshStarts', () => {
  it.each<[string, string, string]>([
    ['at the beginning', '', 'x\r\ny'],
    ['behind a clear', 'x\x1b[H\x1b[2J', 'y'],
    ['behind a clear of what is above the screen too', 'x\x1b[H\x1b[2J\x1b[3J', 'y'],
    ['behind a clear with more said in between', 'x\x1b[1;1H\x1b[m\x1b[?25l\x1b[J', 'y'],
    ['behind a way home after a clear', 'x\x1b[2J\x1b[H', 'y'],
    ['behind a reset', 'x\x1b[H\x1b[2J\x1bc', 'y'],
    ['not behind a clear of a part', '', 'x\x1b[5;5H\x1b[J'],
    ['not behind a clear that leaves the cursor', '', 'x\x1b[2Jy\x1b[H'],
    ['not behind a clear of what is above the screen', '', 'x\x1b[H\x1b[3J'],
    ['not where something was drawn in between', '', '\x1b[Hx\x1b[2J'],
    ['with the scroll region', 'x\x1b[2;4r\x1b[H\x1b[2J', 'y'],
    ['at the newest of several', 'x\x1b[H\x1b[2Jy\x1b[H\x1b[2J', 'z'],
    [
      'where it was before a full-screen program',
      'x\x1b[H\x1b[2J',
      'y\x1b[?1049hvim\x1b[H\x1b[2J\x1b[?1049l',
    ],
  ])('of the normal screen: %s', (_, before, after) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(before + after), [3, 9]))
      expect(freshAfter(pieces).normal.offset, way).toBe(before.length)
  })

  it.each<[string, string, string | null]>([
    ['none while it is off', 'x', null],
    ['where it is switched on', 'x\x1b[?1049h', 'vim'],
    ['where it is switched on among other modes', 'x\x1b[?1;1047;25h', 'vim'],
    ['where it is switched on again, which clears it', '\x1b[?1049hx\x1b[?1049h', 'vim'],
    ['where it was switched on, if that does not clear it', '\x1b[?47h', 'x\x1b[?1047h'],
    ['where it was cleared', '\x1b[?1049hx\x1b[H\x1b[2J', 'vim'],
    ['none when it is off again', '\x1b[?1049hx\x1b[?1049l', null],
    ['none after a reset', '\x1b[?1049hx\x1bc', null],
  ])('of the alternate screen: %s', (_, before, after) => {
    for (const [way, pieces] of waysOfFeeding(Buffer.from(before + (after ?? '')), [3, 9]))
      expect(freshAfter(pieces).alternate?.offset ?? null, way).toBe(after === null ? null : before.length)
  })

  it.each([
    ['whose character set a way back without a way there undoes', '\x1b(0\x1b[?1049l\x1b[?1049h\x1b[Habc'],
    ['before which a cursor was saved', '\x1b[0;2H\x1b[?1049h\x1b[H\x1b[?47l\x1b[H\x1b[2J\x1b[?1049lx'],
    ['before which a cursor was saved with its character set', '\x1b(0\x1b7\x1b(B\x1b8\x1b[?1049h\x1b[Habc'],
  ])('draws the same from a start %s', async (_, stream) => {
    const { normal, alternate } = freshAfter([Buffer.from(stream)])
    const whole = await drawn(stream)
    const rest = Buffer.from(stream).subarray((alternate ?? normal).offset)
    expect(await drawn(fedFirst(alternate ?? normal, alternate !== null), rest)).toEqual(whole)
    expect(await drawn(fedFirst(normal, false), Buffer.from(stream).subarray(normal.offset))).toEqual(whole)
  })

  it('draws from there what is drawn of the whole', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'abc',
        '日',
        '\r\n',
        '\n',
        '\r',
        '\t',
        '\b',
        '\x1b[m',
        '\x1b[?25l',
        '\x1b[?25h',
        '\x1b]0;t\x07',
        '\x1bM',
        '\x1bc',
      ),
      fc.constantFrom(
        '\x1b[H',
        '\x1b[H\x1b[2J',
        '\x1b[2J',
        '\x1b[J',
        '\x1b[3J',
        '\x1b[1J',
        '\x1b[K',
        '\x1b[2;4r',
        '\x1b[r',
        '\x1b[!p',
      ),
      fc.constantFrom(
        '\x0e',
        '\x0f',
        '\x1b(0',
        '\x1b(B',
        '\x1b)0',
        '\x1b[4h',
        '\x1b[4l',
        '\x1b[20h',
        '\x1b[?6h',
        '\x1b[?6l',
        '\x1b[?7l',
        '\x1b[?7h',
      ),
      fc.constantFrom('\x1b[?1049h\x1b[H', '\x1b[?1049l', '\x1b[?47h\x1b[H', '\x1b[?47l'),
      fc.constantFrom('\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b[?1048h', '\x1b[?1048l', '\x1bn', '\x1b~'),
      fc.tuple(fc.nat(7), fc.nat(22)).map(([row, column]) => `\x1b[${row};${column}H`),
      fc.tuple(fc.nat(7), fc.constantFrom(...'ABCDLMPSTX@')).map(([count, final]) => `\x1b[${count}${final}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 25 }), async (parts) => {
        const stream = Buffer.from(parts.join(''))
        const { normal, alternate } = freshAfter([stream])
        const whole = await drawn(stream)
        const starts = alternate ? [normal, alternate] : [normal]
        for (const start of starts) {
          const rest = await drawn(fedFirst(start, start === alternate), stream.subarray(start.offset))
          expect(rest).toEqual(whole)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
