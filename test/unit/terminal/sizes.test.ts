import { expect, it } from 'vitest'
import { SizeHistory } from '../../../src/terminal/sizes.js'

const of = (history: SizeHistory, ...offsets: number[]): string[] =>
  offsets.map((offset) => {
    const { cols, rows } = history.at(offset)
    return `${cols}x${rows} to ${history.heldTo(offset)}`
  })

it('knows which size held where', () => {
  const history = new SizeHistory({ cols: 80, rows: 24 })
  history.resized(100, { cols: 120, rows: 40 })
  history.resized(200, { cols: 10, rows: 2 })
  expect(of(history, 0, 99, 100, 199, 200, 1e9)).toEqual([
    '80x24 to 100',
    '80x24 to 100',
    '120x40 to 200',
    '120x40 to 200',
    '10x2 to Infinity',
    '10x2 to Infinity',
  ])
  expect(of(new SizeHistory({ cols: 1, rows: 1 }, history.all), 150)).toEqual(['120x40 to 200'])
})

it('takes the last of several sizes between two bytes', () => {
  const history = new SizeHistory({ cols: 80, rows: 24 })
  history.resized(0, { cols: 100, rows: 30 })
  history.resized(0, { cols: 120, rows: 40 })
  expect(history.all).toEqual([{ from: 0, cols: 120, rows: 40 }])
})

it('remembers a bounded number of changes', () => {
  const history = new SizeHistory({ cols: 80, rows: 24 })
  for (let i = 1; i < 10_000; i++) history.resized(i, { cols: i, rows: i })
  expect(history.all.length).toBeLessThan(1000)
  expect(of(history, 9999)).toEqual(['9999x9999 to Infinity'])
})
