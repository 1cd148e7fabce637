import { CHECKPOINT_BYTES, MAX_CHECKPOINTS } from '../common/limits.js'

export interface Checkpoint {
  offset: number
  units: number
}

/**
 * Remembers how many text units stand before chosen offsets, so that a reader can begin near any place
 * without counting from the start. Bounded: when there are too many, every second one is dropped.
 */
export class Checkpoints {
  #points: Checkpoint[] = [{ offset: 0, units: 0 }]
  #spacing = CHECKPOINT_BYTES

  /** Offers a place between characters and sequences. */
  offer(offset: number, units: number): void {
    const last = this.#points.at(-1) as Checkpoint
    if (offset - last.offset < this.#spacing) return
    this.#points.push({ offset, units })
    if (this.#points.length <= MAX_CHECKPOINTS) return
    this.#points = this.#points.filter((_, index) => index % 2 === 0)
    this.#spacing *= 2
  }

  /** The newest checkpoint at or before an offset. */
  before(offset: number): Checkpoint {
    let low = 0
    let high = this.#points.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#points[middle] as Checkpoint).offset <= offset) low = middle
      else high = middle - 1
    }
    return this.#points[low] as Checkpoint
  }
}
