import { describe, expect, it } from 'vitest'
import {
  VISIT_IDLE_MS,
  VISIT_KEPT_MS,
  VISIT_LEFT_MS,
  VISIT_UNRETURNED_MS,
} from '../../../src/common/limits.js'
import { Presence } from '../../../src/http/presence.js'

function watched(): { presence: Presence; at: (ms: number) => void } {
  let now = 0
  return {
    presence: new Presence(() => now),
    at: (ms) => {
      now = ms
    },
  }
}

describe('the presence of a client', () => {
  it('is over after half an hour of silence, and sooner where its stream of news has ended', () => {
    const { presence, at } = watched()
    presence.came(true)
    at(VISIT_IDLE_MS)
    expect(presence.isOver).toBe(false)
    at(VISIT_IDLE_MS + 1)
    expect(presence.isOver).toBe(true)
    presence.streamBegan(true)
    at(10 * VISIT_IDLE_MS)
    expect(presence.isOver).toBe(false)
    presence.streamEnded()
    at(10 * VISIT_IDLE_MS + VISIT_LEFT_MS)
    expect(presence.isOver).toBe(false)
    at(10 * VISIT_IDLE_MS + VISIT_LEFT_MS + 1)
    expect(presence.isOver).toBe(true)
  })

  it('keeps its visit from making way for five minutes, or ten seconds where it has said hello only', () => {
    const { presence, at } = watched()
    presence.came(false)
    at(VISIT_UNRETURNED_MS)
    expect(presence.spareFor).toBe(0)
    presence.came(true)
    at(VISIT_UNRETURNED_MS + VISIT_KEPT_MS)
    expect(presence.spareFor).toBe(0)
    at(VISIT_UNRETURNED_MS + VISIT_KEPT_MS + 1)
    expect(presence.spareFor).toBe(1)
  })

  it('never ends in less than the five minutes in which a visit is kept', () => {
    expect(Math.min(VISIT_LEFT_MS, VISIT_IDLE_MS)).toBeGreaterThan(VISIT_KEPT_MS)
  })
})
