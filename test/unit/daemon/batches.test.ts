import { describe, expect, it } from 'vitest'
import { Batches } from '../../../src/daemon/batches.js'
import { errorAnswer, incoming } from '../../../src/daemon/incoming.js'

const answer = (id: number | string) => ({ jsonrpc: '2.0' as const, id, result: {} })

describe('answers to a batch', () => {
  it('wait for the last of them', () => {
    const batches = new Batches()
    expect(batches.begin([1, '1', 2], [])).toBeNull()
    expect(batches.settle('1', answer('1'))).toBeNull()
    expect(batches.settle(2, answer(2))).toBeNull()
    expect(batches.has(1)).toBe(true)
    expect(batches.settle(1, answer(1))).toEqual([answer('1'), answer(2), answer(1)])
    expect(batches.has(1)).toBe(false)
    expect(batches.settle(1, answer(1))).toBeNull()
  })

  it('come without those that were cancelled, and not at all if all were', () => {
    const batches = new Batches()
    batches.begin([1, 2], [])
    expect(batches.settle(1, null)).toBeNull()
    expect(batches.settle(2, answer(2))).toEqual([answer(2)])
    batches.begin([3], [])
    expect(batches.settle(3, null)).toBeNull()
    expect(batches.has(3)).toBe(false)
  })

  it('come at once where nothing is asked, if there is anything to say', () => {
    const wrong = errorAnswer(null, -32600, 'x')
    expect(new Batches().begin([], [wrong])).toEqual([wrong])
    expect(new Batches().begin([], [])).toBeNull()
  })
})

describe('a line that comes in', () => {
  it('is one message, or several', () => {
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
    expect(incoming(JSON.stringify(ping))).toEqual({ messages: [ping], errors: [], isBatch: false })
    expect(incoming(JSON.stringify([ping, 5]))).toMatchObject({
      messages: [ping],
      errors: [{ id: null, error: { code: -32600 } }],
      isBatch: true,
    })
  })

  it.each([
    ['{', -32700, null],
    ['[[]]', -32600, null],
    ['[]', -32600, null],
    ['{"id":"x"}', -32600, 'x'],
    ['{"id":{}}', -32600, null],
  ])('%s is answered with %i', (line, code, id) => {
    expect(incoming(line).errors).toMatchObject([{ id, error: { code } }])
  })
})
