/** From one absolute offset up to another; `to` is null as long as it goes on. */
export interface HiddenRange {
  from: number
  to: number | null
}

/** Parts of a transcript that nobody is shown: the exchanges by which shell integration is set up. */
export class HiddenRanges {
  readonly #ranges: HiddenRange[]

  constructor(ranges: readonly HiddenRange[] = []) {
    this.#ranges = ranges.map((range) => ({ ...range }))
  }

  get all(): readonly HiddenRange[] {
    return this.#ranges
  }

  /** Whether all that comes now is hidden. */
  get open(): boolean {
    return this.#ranges.at(-1)?.to === null
  }

  begin(offset: number): void {
    if (!this.open) this.#ranges.push({ from: offset, to: null })
  }

  end(offset: number): void {
    const last = this.#ranges.at(-1)
    if (last?.to === null) last.to = Math.max(last.from, offset)
  }

  /** The first offset from this one on that is shown; infinite where nothing is, yet. */
  shownFrom(offset: number): number {
    const range = this.#around(offset)
    return range ? (range.to ?? Number.POSITIVE_INFINITY) : offset
  }

  /** Where the part that is shown at `offset` ends. */
  shownTo(offset: number): number {
    return this.#ranges.find(({ from }) => from > offset)?.from ?? Number.POSITIVE_INFINITY
  }

  /** The last offset up to this one behind something that is shown, for who goes backwards. */
  shownBefore(offset: number): number {
    const range = this.#ranges.find(({ from, to }) => from < offset && (to === null || offset <= to))
    return range ? range.from : offset
  }

  /** Where the part that ends at `offset` begins. */
  shownSince(offset: number): number {
    return this.#ranges.findLast(({ to }) => to !== null && to < offset)?.to ?? 0
  }

  #around(offset: number): HiddenRange | undefined {
    return this.#ranges.find(({ from, to }) => from <= offset && (to === null || offset < to))
  }
}
