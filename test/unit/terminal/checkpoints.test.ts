import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECKPOINT_BYTES, MAX_CHECKPOINTS } from '../../../src/common/limits.js'
import { type Checkpoint, Checkpoints } from '../../../src/terminal/checkpoints.js'

describe('Checkpoints', () => {
  it('begins at the beginning', () => {
    expect(new Checkpoints().before(5)).toEqual({ offset: 0, units: 0 })
  })

  it('remembers no two places that are close together', () => {
    const checkpoints = new Checkpoints()
    checkpoints.offer(CHECKPOINT_BYTES - 1, 1)
    checkpoints.offer(CHECKPOINT_BYTES, 2)
    checkpoints.offer(CHECKPOINT_BYTES + 1, 3)
    expect(checkpoints.before(Number.MAX_SAFE_INTEGER)).toEqual({ offset: CHECKPOINT_BYTES, units: 2 })
  })

  it('finds the newest place at or before any offset', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 3 * CHECKPOINT_BYTES }), { maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.array(fc.nat(200 * CHECKPOINT_BYTES), { maxLength: 10 }), (distances, wanted) => {
        const checkpoints = new Checkpoints()
        const kept: Checkpoint[] = [{ offset: 0, units: 0 }]
        let offset = 0
        for (const distance of distances) {
          offset += distance
          checkpoints.offer(offset, offset * 2)
          if (offset - (kept.at(-1) as Checkpoint).offset >= CHECKPOINT_BYTES)
            kept.push({ offset, units: offset * 2 })
        }
        for (const place of [...wanted, ...kept.map((point) => point.offset)]) {
          expect(checkpoints.before(place)).toEqual(kept.findLast((point) => point.offset <= place))
        }
      }),
    )
  })

  it('stays bounded, keeps only what was offered, and spreads it evenly', () => {
    const checkpoints = new Checkpoints()
    const offers = 5 * MAX_CHECKPOINTS
    for (let i = 1; i <= offers; i++) checkpoints.offer(i * CHECKPOINT_BYTES, i)
    const distances = new Set<number>()
    const found = new Set<number>()
    for (let i = 0; i <= offers; i++) {
      const { offset, units } = checkpoints.before(i * CHECKPOINT_BYTES)
      distances.add(offset - units * CHECKPOINT_BYTES)
      found.add(units)
    }
    expect([...distances]).toEqual([0])
    const widest = [...found].map((units, index, all) => units - (all[index - 1] ?? 0))
    expect(Math.max(...widest)).toBeLessThanOrEqual(8)
    expect(found.size).toBeLessThanOrEqual(MAX_CHECKPOINTS)
    expect(found.size).toBeGreaterThan(MAX_CHECKPOINTS / 4)
  })
})
