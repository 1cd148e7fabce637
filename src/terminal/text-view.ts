import type { FullScreens } from './full-screens.js'
import { GivenLines, type News } from './given-lines.js'
import { PlainText, type ScreenLine } from './plain-text.js'
import type { Size } from './sizes.js'
import { TextQueue, wholeCharacters } from './text-queue.js'
import type { TextRow } from './text-row.js'

export interface TakenText {
  text: string
  /** Whether text that had arrived had to be left for the next time. */
  truncated: boolean
}

/** Up to where text was given: the start of a row whose line was not given whole, and how much was; else the end. */
export interface GivenTo {
  offset: number
  /** Text units of the stream before `offset`. */
  units: number
  /** Units of text from there on that were given, and the column at which the row began. */
  given: number
  indent: number
}

/**
 * Reads a stream as text from one place on, giving every line once: lines that can change no more, then those on
 * the screen as they stand. What of an unfinished line was given already is not repeated when it only grows; a
 * line that was given and has changed comes again, as a new line.
 */
export class TextView {
  readonly #plain: PlainText
  readonly #lines = new GivenLines()
  readonly #queue = new TextQueue()
  #givenTo: GivenTo

  /** @param fullScreens what is known of programs that had the whole screen in this stream */
  constructor(size: Size, offset: number, units: number, fullScreens?: FullScreens) {
    this.#givenTo = { offset, units, given: 0, indent: 0 }
    const sink = { final: (row: TextRow, next: TextRow | null) => this.#final(row, next) }
    this.#plain = new PlainText({ size, start: { offset, units }, fullScreens }, sink)
  }

  feed(bytes: Uint8Array): void {
    this.#plain.feed(bytes)
  }

  /** Goes on at a later offset, as if nothing stood between. */
  skipTo(offset: number): void {
    this.#plain.skipTo(offset)
  }

  resize(size: Size): void {
    this.#plain.resize(size)
  }

  /** Absolute offset up to which the stream was fed. */
  get fedTo(): number {
    return this.#plain.offset
  }

  /** Text ready to be taken, without what is still on the screen, in UTF-16 units. */
  get ready(): number {
    return this.#queue.units
  }

  /** Where a reader of raw bytes would go on: the start of the first line that was not given whole. */
  get position(): number {
    return this.#givenTo.offset
  }

  /** The same, with how much was given of a line that was cut. */
  get givenTo(): Readonly<GivenTo> {
    return this.#givenTo
  }

  /** The end of what was fed and is complete, with the text units before it. */
  get end(): { offset: number; units: number } {
    return { offset: this.#plain.boundary, units: this.#plain.units }
  }

  /** Text units of the stream before `position`. */
  get unitsBefore(): number {
    return this.#givenTo.units
  }

  /** Text units of the stream that have been given. */
  get unitsGiven(): number {
    return this.#givenTo.units + this.#givenTo.given
  }

  /** Counts all that was fed so far as given. */
  skip(): void {
    this.#queue.clear()
    for (const { head, text, ended } of this.#plain.lines()) this.#lines.skip(head, text, ended)
    // What is incomplete counts as given, too: a reader of bytes has had it.
    const { offset, units } = this.#plain
    this.#givenTo = { offset, units, given: 0, indent: 0 }
  }

  /** Takes text of at most `max` units: whole lines, and the last line as it stands once nothing is before it. */
  take(max: number): TakenText {
    let text = this.#queue.take(max)
    const first = this.#queue.first
    if (first) {
      const { offset, units, before, taken, indent } = first
      this.#givenTo = { offset, units, given: Math.max(0, before + taken), indent }
      return { text, truncated: true }
    }
    for (const line of this.#plain.lines()) {
      const news = this.#lines.newsOf(line.head, line.text, line.ended ? '\n' : '')
      if (!news) continue
      const cut = cutFor(news.text, max - text.length, text === '')
      text += news.text.slice(0, cut)
      if (cut > 0) this.#lines.gave(line.head, line.text, news, cut)
      if (cut === news.text.length) continue
      this.#givenTo = partly(line, news, cut)
      return { text, truncated: true }
    }
    this.#givenTo = { ...this.end, given: 0, indent: 0 }
    return { text, truncated: false }
  }

  #final(row: TextRow, next: TextRow | null): void {
    const news = this.#lines.gone(row, next)
    if (!news) return
    const { offset, units, indent } = row
    this.#queue.push({ text: news.text, taken: 0, before: news.from - news.lead, offset, units, indent })
  }
}

/** How much of a line's news there is room for: all, or what fits if nothing stands before it. */
const cutFor = (news: string, room: number, first: boolean): number =>
  news.length <= room ? news.length : first ? wholeCharacters(news, room) : 0

const partly = (
  { head: { offset, units, indent } }: ScreenLine,
  { from, lead }: News,
  cut: number,
): GivenTo => ({
  offset,
  units,
  indent,
  given: Math.max(0, from + cut - lead),
})
