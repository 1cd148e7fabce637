import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import stripAnsi from 'strip-ansi'
import { it } from 'vitest'
import { Screen } from '../../src/terminal/screen.js'
import { TextView } from '../../src/terminal/text-view.js'
import { bytesOf, RECORDED } from '../support/recorded-streams.js'

/** Figures, printed and never asserted: npm run bench */
const show = (...columns: (string | number)[]): void =>
  void process.stdout.write(
    `${columns.map((column, index) => (index === 0 ? String(column).padEnd(34) : String(column).padStart(15))).join('')}\n`,
  )

const SIZE = { cols: 120, rows: 40 }
const MEGABYTES = 200
/** What a reader that does not say takes at once. */
const TAKEN = 16_000

/** Bytes of live heap, in MB; the collector is made to run first. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed / 1e6
}

it('characters of the recorded streams, by what is made of them', async () => {
  show('stream', 'raw', 'strip-ansi', 'text', 'screen')
  const sums = [0, 0, 0, 0]
  for (const recorded of RECORDED) {
    const stream = bytesOf(recorded)
    const raw = stream.toString()
    const view = new TextView(recorded, 0, 0)
    view.feed(stream)
    const screen = new Screen(recorded)
    await screen.feed(stream)
    const { lines } = screen.drawn()
    const text = view.take(Number.POSITIVE_INFINITY).text
    const lengths = [raw, stripAnsi(raw), text, lines.join('\n').trimEnd()].map(({ length }) => length)
    show(recorded.name, ...lengths)
    for (const [index, length] of lengths.entries()) sums[index] = (sums[index] ?? 0) + length
  }
  show('all', ...sums)
})

const repeated = (piece: string): Buffer => Buffer.from(piece.repeat(Math.ceil(1e6 / piece.length)))

const STREAMS: [string, () => Buffer][] = [
  ['lines of 79 characters', () => repeated(`${'x'.repeat(79)}\r\n`)],
  ['lines with colours', () => repeated(`\x1b[32mname\x1b[0m ${'x'.repeat(60)} \x1b[1;31m12\x1b[0m\r\n`)],
  ['wide characters', () => repeated(`${'日本語'.repeat(12)}\r\n`)],
  ['one progress bar', () => repeated(`\r ${'#'.repeat(60).padEnd(80)} 42%`)],
  ['all recorded streams', () => Buffer.concat(RECORDED.map(bytesOf))],
]

it.each(STREAMS)(`${MEGABYTES} MB, ${TAKEN} characters taken at a time: %s`, (name, make) => {
  const stream = make()
  const before = heap()
  const view = new TextView(SIZE, 0, 0)
  let taken = 0
  let most = 0
  const start = performance.now()
  for (let fed = 0; fed < MEGABYTES * 1e6; fed += stream.length) {
    for (let at = 0; at < stream.length; at += 65_536) {
      view.feed(stream.subarray(at, at + 65_536))
      for (let cut = true; cut; ) {
        const { text, truncated } = view.take(TAKEN)
        taken += text.length
        cut = truncated
      }
    }
    most = Math.max(most, process.memoryUsage().heapUsed / 1e6)
  }
  const seconds = (performance.now() - start) / 1000
  show(
    name,
    `${(MEGABYTES / seconds).toFixed(0)} MB/s`,
    `${(taken / 1e6).toFixed(1)} M chars`,
    `heap +${(heap() - before).toFixed(1)} MB`,
    `most ${most.toFixed(0)} MB`,
  )
})
