import { describe, expect, it } from 'vitest'
import { LiveStream } from '../../../src/terminal/live-stream.js'
import { type Mark, parseMark, withoutMarks } from '../../../src/terminal/marks.js'

const N = 'abcdefgh01234567'
const PLACE = { start: 0, end: 1, units: 0, editors: 0 }

describe('parseMark', () => {
  it.each<[string, Partial<Mark> | null]>([
    [`133;D;7;n=${N};k=3;/home/x`, { kind: 'D', status: 7, nonce: N, count: 3, rest: '/home/x' }],
    [`133;D;0;n=${N};k=3;`, { kind: 'D', status: 0, rest: null }],
    [`133;D;0;n=${N};k=3;/a;b\nc`, { kind: 'D', rest: '/a;b\nc' }],
    [`133;D;0;n=${N};k=3;not a path`, { kind: 'D', rest: null }],
    [`133;A;n=${N};k=12`, { kind: 'A', count: 12 }],
    [`133;B;n=${N};k=12`, { kind: 'B' }],
    [`133;C;n=${N};k=12`, { kind: 'C' }],
    [`133;P;n=${N};k=12`, { kind: 'P' }],
    [`133;I;n=${N}`, { kind: 'I', count: 0 }],
    [`133;S;n=${N};5.2;again,nopaste`, { kind: 'S', rest: '5.2;again,nopaste' }],
    // What a shell prints of the text of its own prompt has expansions in it that were not made.
    [`133;D;$?;n=${N};k=$((k+1));`, null],
    [`133;B;n=${N};k=$k`, null],
    [`133;D;n=${N};k=3`, null],
    ['133;D;0', null],
    ['133;A', null],
    ['133;D;0;n=short;k=1', null],
    ['0;title', null],
  ])('%s', (payload, expected) => {
    const mark = parseMark(payload, PLACE)
    if (expected) expect(mark).toMatchObject(expected)
    else expect(mark).toBeNull()
  })
})

describe('a live stream', () => {
  const STREAM = Buffer.from(
    `out\r\n\x1b]133;D;2;n=${N};k=4;/tmp/ü\x07\x1b]133;A;n=${N};k=4\x1b\\\x1b[?2004h$ \x1b]133;B;n=${N};k=4\x07`,
  )
  const expected = [
    { kind: 'D', status: 2, rest: '/tmp/ü', start: 5, units: 5, editors: 0 },
    { kind: 'A', count: 4, units: 5, editors: 0 },
    { kind: 'B', end: STREAM.length, units: 7, editors: 1 },
  ]

  it('finds marks with their places, whole and byte by byte', () => {
    const whole = new LiveStream()
    whole.feed(STREAM)
    expect(whole.takeNews().marks).toMatchObject(expected)
    expect(whole.takeNews().marks).toEqual([])
    const bytes = new LiveStream()
    const marks: Mark[] = []
    for (const byte of STREAM) {
      bytes.feed(Uint8Array.of(byte))
      marks.push(...bytes.takeNews().marks)
    }
    expect(marks).toMatchObject(expected)
  })

  it('finds none in an OSC without an end, however long', () => {
    const live = new LiveStream()
    live.feed(Buffer.from(`\x1b]133;A;n=${N};k=4;${'x'.repeat(100_000)}\x07`))
    expect(live.takeNews().marks).toEqual([])
    live.feed(Buffer.from(`\x1b]133;A;n=${N};k=4\x1b[m`))
    expect(live.takeNews().marks).toEqual([])
  })

  it('counts nothing while it is muted, but for what came last and is shown', () => {
    const live = new LiveStream()
    live.feed(Buffer.from('ab'))
    live.mute()
    live.feed(Buffer.from('hidden\r\n$ x'))
    expect(live.state).toMatchObject({ units: 2, offset: 13 })
    live.unmute(1)
    expect(live.state.units).toBe(3)
  })
})

describe('withoutMarks', () => {
  it('takes out the marks of these nonces and no others', () => {
    const mark = (nonce: string) => `\x1b]133;D;0;n=${nonce};k=1;/x\x07\x1b]133;A;n=${nonce};k=1\x07`
    const other = '9'.repeat(16)
    expect(withoutMarks(`a${mark(N)}b${mark(other)}c\x1b]133;A\x07`, [N])).toBe(
      `ab${mark(other)}c\x1b]133;A\x07`,
    )
    expect(withoutMarks(mark(N), [])).toBe(mark(N))
  })
})
