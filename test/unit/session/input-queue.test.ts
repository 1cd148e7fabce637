import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { InputQueue } from '../../../src/session/input-queue.js'

/** A terminal that takes at most `room` bytes until it is given more room, and so many at a time. */
class Terminal {
  taken = ''
  attempts = 0
  room: number
  readonly #atOnce: number

  constructor(room: number, atOnce = Number.MAX_SAFE_INTEGER) {
    this.room = room
    this.#atOnce = atOnce
  }

  readonly write = (bytes: Buffer): number => {
    this.attempts++
    const count = Math.min(bytes.length, this.room, this.#atOnce)
    this.taken += bytes.toString('latin1', 0, count)
    this.room -= count
    return count
  }
}

const ENOUGH = Number.MAX_SAFE_INTEGER
const nothing = (): void => {}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('InputQueue', () => {
  it('sends at once what the terminal takes', () => {
    const terminal = new Terminal(ENOUGH, 3)
    const onTaken = vi.fn()
    const pending = new InputQueue(terminal.write).send(Buffer.from('abcdefgh'), false, onTaken)
    expect(terminal.taken).toBe('abcdefgh')
    expect(onTaken).toHaveBeenCalledOnce()
    expect([pending.done, pending.taken]).toEqual([true, 8])
  })

  it('keeps the rest for when there is room, in order', () => {
    const terminal = new Terminal(2)
    const queue = new InputQueue(terminal.write)
    const order: string[] = []
    const first = queue.send(Buffer.from('abcd'), false, () => order.push('first'))
    queue.send(Buffer.from('ef'), false, () => order.push('second'))
    expect([terminal.taken, first.done, first.taken]).toEqual(['ab', false, 2])
    terminal.room = 3
    vi.advanceTimersByTime(100)
    expect([terminal.taken, first.done]).toEqual(['abcde', true])
    expect(order).toEqual(['first'])
    terminal.room = ENOUGH
    vi.advanceTimersByTime(100)
    expect(terminal.taken).toBe('abcdef')
    expect(order).toEqual(['first', 'second'])
  })

  it('lets what is urgent overtake what was not taken', () => {
    const terminal = new Terminal(2)
    const queue = new InputQueue(terminal.write)
    queue.send(Buffer.from('abcd'), false, nothing)
    queue.send(Buffer.from('ef'), false, nothing)
    queue.send(Buffer.from('!'), true, nothing)
    terminal.room = ENOUGH
    vi.advanceTimersByTime(100)
    expect(terminal.taken).toBe('ab!cdef')
  })

  it('tries what is urgent at once, though the terminal was full a moment ago', () => {
    const terminal = new Terminal(0)
    const queue = new InputQueue(terminal.write)
    queue.send(Buffer.from('ab'), false, nothing)
    terminal.room = 1
    const urgent = queue.send(Buffer.from('!'), true, nothing)
    expect([terminal.taken, urgent.done]).toEqual(['!', true])
  })

  it('takes back what was not taken and says how much was', () => {
    const terminal = new Terminal(2)
    const queue = new InputQueue(terminal.write)
    const onTaken = vi.fn()
    const first = queue.send(Buffer.from('abcd'), false, onTaken)
    const second = queue.send(Buffer.from('ef'), false, nothing)
    expect(first.withdraw()).toBe(2)
    terminal.room = ENOUGH
    vi.advanceTimersByTime(100)
    expect(terminal.taken).toBe('abef')
    expect(onTaken).not.toHaveBeenCalled()
    expect([first.done, second.done]).toEqual([false, true])
    expect(second.withdraw()).toBe(2)
  })

  it('rests once all was taken back', () => {
    const terminal = new Terminal(0)
    const queue = new InputQueue(terminal.write)
    queue.send(Buffer.from('ab'), false, nothing).withdraw()
    expect(vi.getTimerCount()).toBe(0)
    terminal.room = ENOUGH
    queue.send(Buffer.from('cd'), false, nothing)
    expect(terminal.taken).toBe('cd')
  })

  it('sends after a write of nothing', () => {
    const terminal = new Terminal(ENOUGH)
    const queue = new InputQueue(terminal.write)
    const empty = queue.send(Buffer.alloc(0), false, nothing)
    queue.send(Buffer.from('a'), false, nothing)
    expect([empty.done, terminal.taken]).toEqual([true, 'a'])
  })

  it('does not try a full terminal without end', () => {
    const terminal = new Terminal(0)
    new InputQueue(terminal.write).send(Buffer.from('ab'), false, nothing)
    vi.advanceTimersByTime(10_000)
    expect(terminal.attempts).toBeGreaterThan(50)
    expect(terminal.attempts).toBeLessThan(250)
    expect(vi.getTimerCount()).toBe(1)
  })

  it('keeps one timer, however many writes wait', () => {
    const terminal = new Terminal(0)
    const queue = new InputQueue(terminal.write)
    for (let i = 0; i < 20; i++) queue.send(Buffer.from('ab'), i % 2 === 0, nothing)
    expect(vi.getTimerCount()).toBe(1)
  })

  it('is quick again after a full terminal has taken something', () => {
    const terminal = new Terminal(0)
    new InputQueue(terminal.write).send(Buffer.from('abcd'), false, nothing)
    vi.advanceTimersByTime(1000)
    terminal.room = 1
    vi.advanceTimersToNextTimer()
    expect(terminal.taken).toBe('a')
    terminal.room = 1
    vi.advanceTimersByTime(4)
    expect(terminal.taken).toBe('ab')
  })

  it('lets other work have its turn within a long write', () => {
    const terminal = new Terminal(ENOUGH, 4096)
    const pending = new InputQueue(terminal.write).send(Buffer.alloc(1024 * 1024, 'x'), false, nothing)
    expect(pending.taken).toBe(64 * 1024)
    vi.runAllTimers()
    expect([pending.done, terminal.attempts]).toEqual([true, 256])
  })

  it('tells when the terminal last took something', () => {
    const terminal = new Terminal(1)
    const start = performance.now()
    const pending = new InputQueue(terminal.write).send(Buffer.from('ab'), false, nothing)
    vi.advanceTimersByTime(1000)
    expect(pending.progressAt).toBe(start)
    terminal.room = 1
    vi.advanceTimersByTime(50)
    expect(pending.progressAt).toBeGreaterThanOrEqual(start + 1000)
  })

  it('goes on with what is sent when the last byte was taken', () => {
    const terminal = new Terminal(ENOUGH)
    const queue = new InputQueue(terminal.write)
    queue.send(Buffer.from('ab'), false, () => queue.send(Buffer.from('cd'), false, nothing))
    expect(terminal.taken).toBe('abcd')
  })

  describe("the terminal's own answers", () => {
    it('go ahead of input that has not begun, in order, and are no input', () => {
      const terminal = new Terminal(0)
      const queue = new InputQueue(terminal.write)
      queue.answer(Buffer.from('1'))
      queue.answer(Buffer.from('2'))
      expect(queue.waits).toBe(false)
      queue.send(Buffer.from('ab'), false, nothing)
      queue.answer(Buffer.from('3'))
      expect(queue.waits).toBe(true)
      terminal.room = ENOUGH
      vi.advanceTimersByTime(100)
      expect(terminal.taken).toBe('123ab')
    })

    it('do not get into the midst of input, nor does an interrupt into theirs', () => {
      const terminal = new Terminal(1)
      const queue = new InputQueue(terminal.write)
      queue.send(Buffer.from('ab'), false, nothing)
      queue.send(Buffer.from('cd'), false, nothing)
      queue.answer(Buffer.from('123'))
      terminal.room = 2
      vi.advanceTimersByTime(100)
      expect(terminal.taken).toBe('ab1')
      queue.send(Buffer.from('!'), true, nothing)
      terminal.room = ENOUGH
      vi.advanceTimersByTime(100)
      expect(terminal.taken).toBe('ab123!cd')
    })

    it('are told from input to the terminal', () => {
      const told: [string, boolean][] = []
      const queue = new InputQueue((bytes, isInput) => {
        told.push([bytes.toString(), isInput])
        return bytes.length
      })
      queue.answer(Buffer.from('1'))
      queue.send(Buffer.from('a'), false, nothing)
      expect(told).toEqual([
        ['1', false],
        ['a', true],
      ])
    })

    it('are given up by a terminal that is full for long, unless they have begun', () => {
      const terminal = new Terminal(0)
      const queue = new InputQueue(terminal.write)
      queue.answer(Buffer.from('12'))
      vi.advanceTimersByTime(1500)
      queue.answer(Buffer.from('34'))
      terminal.room = 1
      vi.advanceTimersByTime(1500)
      terminal.room = ENOUGH
      vi.advanceTimersByTime(100)
      expect(terminal.taken).toBe('34')
      expect(vi.getTimerCount()).toBe(0)
    })
  })
})
