/** Columns between two stops unless a program sets its own. */
const EVERY = 8

/** Where the cursor stops at a tab. */
export class TabStops {
  /** The columns set by a program; null while the usual ones hold. */
  #own: Set<number> | null = null

  next(column: number, cols: number): number {
    for (let at = column + 1; at < cols; at++) if (this.#stops(at)) return at
    return cols - 1
  }

  before(column: number): number {
    for (let at = column - 1; at > 0; at--) if (this.#stops(at)) return at
    return 0
  }

  set(column: number, cols: number): void {
    this.#asOwn(cols).add(column)
  }

  clear(column: number, cols: number): void {
    this.#asOwn(cols).delete(column)
  }

  clearAll(): void {
    this.#own = new Set()
  }

  reset(): void {
    this.#own = null
  }

  #stops(column: number): boolean {
    return this.#own ? this.#own.has(column) : column % EVERY === 0
  }

  #asOwn(cols: number): Set<number> {
    this.#own ??= new Set(Array.from({ length: Math.ceil(cols / EVERY) }, (_, index) => index * EVERY))
    return this.#own
  }
}
