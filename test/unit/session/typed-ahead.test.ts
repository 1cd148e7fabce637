import { describe, expect, it } from 'vitest'
import { AHEAD_MS } from '../../../src/common/limits.js'
import type { ReportingShell } from '../../../src/session/shell-state.js'
import { TypedAhead } from '../../../src/session/typed-ahead.js'

const shell = (count: number, nonce = 'a') => ({ nonce, count }) as ReportingShell
const AT_PROMPT = { ready: true, silentMs: 0 }
const BUSY = { ready: false, silentMs: 0 }

/** The numbers of prompts, from 5 to 9, after which more are to come. */
function pendingAt(...inputs: [input: string, at: typeof BUSY, count?: number][]): number[] {
  const ahead = new TypedAhead()
  for (const [input, at, count = 5] of inputs) ahead.sent(input, { reporting: shell(count), ...at })
  return [5, 6, 7, 8, 9].filter((count) => ahead.isPending(shell(count)))
}

describe('lines typed ahead', () => {
  it('are waited for until each has had its prompt', () => {
    expect(pendingAt(['a\n', AT_PROMPT])).toEqual([])
    expect(pendingAt(['a\nb', AT_PROMPT])).toEqual([])
    expect(pendingAt(['a\nb\n', AT_PROMPT])).toEqual([5, 6])
    expect(pendingAt(['a\nb\rc\n', AT_PROMPT])).toEqual([5, 6, 7])
    expect(pendingAt(['a\nb\n', AT_PROMPT], ['c\n', BUSY])).toEqual([5, 6, 7])
  })

  it('come behind the command under way, which may take them', () => {
    expect(pendingAt(['yes\n', BUSY])).toEqual([5, 6])
    expect(pendingAt(['yes', BUSY])).toEqual([])
  })

  it('are no more to come after a silence at the prompt', () => {
    expect(pendingAt(['for x in y\ndo z\ndone\n', AT_PROMPT], ['a\n', AT_PROMPT, 6])).toEqual([5, 6, 7, 8])
    expect(
      pendingAt(['for x in y\ndo z\ndone\n', AT_PROMPT], ['a\n', { ready: true, silentMs: AHEAD_MS }, 6]),
    ).toEqual([])
  })

  it('cannot be counted in another shell, and are forgotten once waited for', () => {
    const ahead = new TypedAhead()
    ahead.sent('sh\necho a\n', { reporting: shell(5), ...AT_PROMPT })
    expect(ahead.isPending(shell(9, 'b'))).toBe(true)
    expect(ahead.isPending(null)).toBe(true)
    ahead.forget()
    expect(ahead.isPending(shell(9, 'b'))).toBe(false)
  })

  it('are not waited for by whoever interrupts them', () => {
    const ahead = new TypedAhead()
    const at = { reporting: shell(5), ...BUSY }
    ahead.sent('a\nb\n', at)
    expect(ahead.isWaitedFor(shell(6))).toBe(true)
    ahead.sent('\x03', at)
    expect(ahead.isWaitedFor(shell(6))).toBe(false)
    expect(ahead.isPending(shell(6))).toBe(true)
    ahead.sent('c\n', at)
    expect(ahead.isWaitedFor(shell(6))).toBe(true)
    ahead.interrupted()
    expect(ahead.isWaitedFor(shell(6))).toBe(false)
  })
})
