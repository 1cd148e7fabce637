import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LocalTurns } from '../../../src/transfer/local-turns.js'

/** Work that goes on until it is told to end. */
function workplace() {
  const turns = new LocalTurns()
  const going: string[] = []
  const begin = (name: string, places: string[], alone: boolean, signal = new AbortController().signal) => {
    let end = (): void => {}
    const over = turns.during({ places, alone }, signal, async () => {
      going.push(name)
      await new Promise<void>((resolve) => {
        end = resolve
      })
      going.splice(going.indexOf(name), 1)
    })
    return { over, end: () => end() }
  }
  return { going, begin }
}

it('lets everything go on side by side but what wants a place for itself', async () => {
  const { going, begin } = workplace()
  const one = begin('up', ['/a'], false)
  begin('down', ['/a/b'], false)
  begin('elsewhere', ['/ab'], true)
  const alone = begin('alone', ['/a'], true)
  await turn()
  expect(going).toEqual(['up', 'down', 'elsewhere'])
  const later = begin('later', ['/a/c'], false)
  await turn()
  expect(going).not.toContain('later')
  one.end()
  await one.over
  expect(going).not.toContain('alone')
  void alone
  void later
})

it('gives a place to the next when one is done, or has failed, or was given up', async () => {
  const { going, begin } = workplace()
  const first = begin('first', ['/a'], true)
  const cancel = new AbortController()
  const second = begin('second', ['/a/b'], true, cancel.signal)
  const third = begin('third', ['/'], false)
  await turn()
  expect(going).toEqual(['first'])
  cancel.abort(new Error('cancelled'))
  await expect(second.over).rejects.toThrow('cancelled')
  expect(going).toEqual(['first'])
  first.end()
  await first.over
  await turn()
  expect(going).toEqual(['third'])
  third.end()
  await third.over
})
