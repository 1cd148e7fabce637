import type { Place } from './text-grid.js'
import { TextRow } from './text-row.js'

/** What stands in a text for a program that had the whole screen: one line that says so, and how much it printed. */
export class FullScreenNote {
  readonly row: TextRow
  readonly #from: number
  readonly #program: string

  /** @param program its name, null where that is not known */
  constructor({ offset, units }: Place, program: string | null) {
    this.row = new TextRow(offset, units)
    this.row.used = true
    this.#from = offset
    this.#program = program ?? 'program'
  }

  /** It has printed up to this offset. */
  reached(offset: number): void {
    const text = `[${this.#program}: full-screen, ${amount(offset - this.#from)}; read with format "screen"]`
    this.row.set(text)
  }
}

const amount = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} bytes`
    : bytes < 1e6
      ? `${Math.ceil(bytes / 1000)} KB`
      : `${(bytes / 1e6).toFixed(1)} MB`
