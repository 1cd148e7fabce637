import { PlainText } from './plain-text.js'
import type { Size } from './sizes.js'
import type { TextRow } from './text-row.js'

/** Keeps the newest line of a stream that has text on it. */
export class LineTail {
  readonly #plain: PlainText
  #gone: string | null = null

  constructor(size: Size) {
    const final = ({ text }: TextRow): void => {
      if (text.trim() !== '') this.#gone = text.trimEnd()
    }
    this.#plain = new PlainText({ size, drawn: true }, { final })
  }

  feed(bytes: Uint8Array): void {
    this.#plain.feed(bytes)
  }

  get newest(): string | null {
    let newest = this.#gone
    for (const { text } of this.#plain.lines()) if (text.trim() !== '') newest = text.trimEnd()
    return newest
  }

  /** The line that the cursor is on. */
  get open(): string {
    return this.#plain.open.text
  }
}
