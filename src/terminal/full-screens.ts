/** A stretch of a stream, in absolute offsets, in which a program had the alternate screen; `to` is null while it has. */
export interface FullScreen {
  from: number
  to: number | null
  /** The program, null where it is not known. */
  name: string | null
}

/** Of more the oldest are forgotten. */
const MAX_FULL_SCREENS = 200

/** Where in a stream programs had the whole screen, for who begins to read in the middle of it. */
export class FullScreens {
  readonly #all: FullScreen[]

  constructor(all: readonly FullScreen[] = []) {
    this.#all = all.map((one) => ({ ...one }))
  }

  get all(): readonly FullScreen[] {
    return this.#all
  }

  begin(from: number, name: string | null): void {
    if (this.#all.at(-1)?.to === null) return
    this.#all.push({ from, to: null, name })
    if (this.#all.length > MAX_FULL_SCREENS) this.#all.shift()
  }

  end(to: number): void {
    const last = this.#all.at(-1)
    if (last?.to === null) last.to = to
  }

  /** The one in which the byte at an offset lies. */
  at(offset: number): FullScreen | null {
    return this.#all.findLast(({ from, to }) => from <= offset && (to === null || offset < to)) ?? null
  }
}
