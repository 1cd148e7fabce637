import { PlainText } from './plain-text.js'

/** Keeps the newest line of a stream that has text on it. */
export class LineTail {
  readonly #plain: PlainText
  #ended: string | null = null

  constructor(cols: number) {
    this.#plain = new PlainText(cols, 0, 0, ({ text }) => {
      if (text.trim() !== '') this.#ended = text.trimEnd()
    })
  }

  feed(bytes: Uint8Array): void {
    this.#plain.feed(bytes)
  }

  get newest(): string | null {
    const open = this.open.trimEnd()
    return open === '' ? this.#ended : open
  }

  /** The line that has not ended. */
  get open(): string {
    return this.#plain.open.text
  }
}
