import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TerminalInput } from '../../../src/connection/terminal-input.js'

const QUESTION = 150
const SILENCE = 1500
const END = '\x04'

let written: string[]

const typing = (text: string): TerminalInput =>
  new TerminalInput(
    {
      ended: new Promise(() => {}),
      write: (bytes) => void written.push(bytes.toString()),
      endInput: () => void written.push('the input was ended'),
      signal: async () => false,
      close: () => {},
    },
    text,
  )

beforeEach(() => {
  vi.useFakeTimers()
  written = []
})
afterEach(() => void vi.useRealTimers())

describe('TerminalInput', () => {
  it('types nothing at first', () => {
    typing('secret\n')
    vi.advanceTimersByTime(SILENCE - 1)
    expect(written).toEqual([])
  })

  it.each([
    ['a question', 'Password: ', QUESTION],
    ['a question after other lines', 'Hello\r\nName? ', QUESTION],
    ['a prompt in colours', '\x1b[1m> \x1b[m', QUESTION],
    ['a whole line', 'Working\r\n', SILENCE],
    ['the beginning of a line again', 'Working\r', SILENCE],
  ])('types a line after %s', (_, output, wait) => {
    const input = typing('yes\nno\n')
    input.output(Buffer.from(output))
    vi.advanceTimersByTime(wait - 1)
    expect(written).toEqual([])
    vi.advanceTimersByTime(1)
    expect(written).toEqual(['yes\n'])
  })

  it('does not take an empty piece of output for an unfinished line', () => {
    const input = typing('yes\n')
    input.output(Buffer.from('Working\r\n'))
    input.output(Buffer.alloc(0))
    vi.advanceTimersByTime(QUESTION)
    expect(written).toEqual([])
  })

  // Behind an unfinished line the key for the end of input only hands over that line.
  it('ends a last line that has no end, and then the input', () => {
    typing('a\nb')
    vi.advanceTimersByTime(SILENCE * 10)
    expect(written.join('')).toMatch(/^a\nb[\n\x04]\x04$/)
  })

  it('types each line when it is asked for, and last the key for the end of input', () => {
    const input = typing('one\ntwo\n')
    for (const question of ['1? ', '2? ', '3? ']) {
      input.output(Buffer.from(question))
      vi.advanceTimersByTime(QUESTION)
    }
    expect(written).toEqual(['one\n', 'two\n', END])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits as long as output comes', () => {
    const input = typing('yes\n')
    for (let i = 0; i < 50; i++) {
      input.output(Buffer.from('.'))
      vi.advanceTimersByTime(QUESTION - 1)
    }
    expect(written).toEqual([])
    vi.advanceTimersByTime(1)
    expect(written).toEqual(['yes\n'])
  })

  it('does not take the line before the answer for the next question', () => {
    const input = typing('one\ntwo\n')
    input.output(Buffer.from('1? '))
    vi.advanceTimersByTime(QUESTION)
    vi.advanceTimersByTime(SILENCE - 1)
    expect(written).toEqual(['one\n'])
    input.output(Buffer.from('2? '))
    vi.advanceTimersByTime(QUESTION)
    expect(written).toEqual(['one\n', 'two\n'])
  })

  it('takes a line that comes in pieces for one question', () => {
    const input = typing('one\n')
    input.output(Buffer.from('Pass'))
    vi.advanceTimersByTime(QUESTION - 50)
    input.output(Buffer.from('word: '))
    vi.advanceTimersByTime(QUESTION - 1)
    expect(written).toEqual([])
  })

  it.each<[string, string, string[]]>([
    ['nothing', '', [END]],
    ['an empty line', '\n', ['\n', END]],
    ['empty lines', 'a\n\nb\n', ['a\n', '\n', 'b\n', END]],
    ['characters of several bytes', 'pässwört 😀\n', ['pässwört 😀\n', END]],
    ['a carriage return', 'a\r\nb\n', ['a\r\n', 'b\n', END]],
  ])('types to a silent program: %s', (_, text, expected) => {
    typing(text)
    vi.advanceTimersByTime(SILENCE * 10)
    expect(written).toEqual(expected)
  })

  it('types nothing more once it is stopped', () => {
    const input = typing('one\ntwo\n')
    input.output(Buffer.from('? '))
    input.stop()
    input.output(Buffer.from('? '))
    vi.advanceTimersByTime(SILENCE * 10)
    expect(written).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps one timer', () => {
    const input = typing('one\n')
    for (let i = 0; i < 10; i++) input.output(Buffer.from('x'))
    expect(vi.getTimerCount()).toBe(1)
  })
})
