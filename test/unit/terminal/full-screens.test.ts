import { expect, it } from 'vitest'
import { FullScreens } from '../../../src/terminal/full-screens.js'

it('knows where programs had the whole screen', () => {
  const screens = new FullScreens()
  screens.begin(10, 'vim')
  screens.end(20)
  screens.end(25)
  screens.begin(30, null)
  expect([9, 10, 19, 20, 29].map((offset) => screens.at(offset)?.name)).toEqual([
    undefined,
    'vim',
    'vim',
    undefined,
    undefined,
  ])
  expect(screens.at(1e9)).toEqual({ from: 30, to: null, name: null })
  expect(new FullScreens(screens.all).at(15)).toEqual({ from: 10, to: 20, name: 'vim' })
})

it('remembers a bounded number', () => {
  const screens = new FullScreens()
  for (let i = 0; i < 10_000; i += 2) {
    screens.begin(i, null)
    screens.end(i + 1)
  }
  expect(screens.all.length).toBeLessThan(1000)
})
