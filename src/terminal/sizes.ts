/** A terminal's size in characters. */
export interface Size {
  cols: number
  rows: number
}

/** A size that holds from an absolute offset of the stream on. */
export interface SizeFrom extends Size {
  from: number
}

/** More changes of size are remembered by nobody: of the older ones the first goes. */
const MAX_SIZES = 500

/** Which size a terminal had at each place of its stream: what was printed can be drawn again only at that size. */
export class SizeHistory {
  readonly #sizes: SizeFrom[]

  constructor(first: Size, later: readonly SizeFrom[] = []) {
    const { cols, rows } = first
    this.#sizes = later.length > 0 ? later.map((size) => ({ ...size })) : [{ cols, rows, from: 0 }]
  }

  get all(): readonly SizeFrom[] {
    return this.#sizes
  }

  resized(from: number, { cols, rows }: Size): void {
    if (this.#sizes.at(-1)?.from === from) this.#sizes.pop()
    this.#sizes.push({ from, cols, rows })
    if (this.#sizes.length > MAX_SIZES) this.#sizes.shift()
  }

  /** The size that holds for the byte at an offset. */
  at(offset: number): Size {
    return this.#sizes.findLast(({ from }) => from <= offset) ?? (this.#sizes[0] as SizeFrom)
  }

  /** Up to where the size that holds at `offset` does. */
  heldTo(offset: number): number {
    return this.#sizes.find(({ from }) => from > offset)?.from ?? Number.POSITIVE_INFINITY
  }
}
