import { type Piece, PlainText } from './plain-text.js'

/** A piece in the queue; `given` units of its text were handed out already. */
interface QueuedText {
  text: string
  given: number
  offset: number
  units: number
}

export interface TakenText {
  text: string
  /** Whether text that had arrived had to be left for the next time. */
  truncated: boolean
}

/**
 * Reads a stream as text from one place on, giving every line once: lines that have ended, then the open line
 * as it stands. What of the open line was given already is not repeated when it only grows; if it changes it
 * comes again, as a new line.
 */
export class TextView {
  readonly #plain: PlainText
  #queue: QueuedText[] = []
  /** Where the queue begins in its array: taking from the front of a long array costs its length each time. */
  #first = 0
  /** Text of the queue that was not given, in UTF-16 units. */
  #ready = 0
  /** The part of the line now open, or first in the queue, that was given while it was open. */
  #given = ''

  constructor(cols: number, offset: number, units: number) {
    this.#plain = new PlainText(cols, offset, units, (piece) => this.#ended(piece))
  }

  feed(bytes: Uint8Array): void {
    this.#plain.feed(bytes)
  }

  /** Goes on at a later offset, as if nothing stood between. */
  skipTo(offset: number): void {
    this.#plain.skipTo(offset)
  }

  resize(cols: number): void {
    this.#plain.resize(cols)
  }

  /** Absolute offset up to which the stream was fed. */
  get fedTo(): number {
    return this.#plain.offset
  }

  /** Text ready to be taken, without the open line, in UTF-16 units. */
  get ready(): number {
    return this.#ready
  }

  /** Where a reader of raw bytes would go on: the start of the first line that was not given whole. */
  get position(): number {
    return this.#cut?.offset ?? this.#plain.offset
  }

  /** How much of the line at `position` was given, in UTF-16 units. */
  get givenThere(): number {
    return this.#cut?.given ?? 0
  }

  /** The first line that was not given whole. */
  get #cut(): QueuedText | null {
    const head = this.#head
    if (head) return head
    if (this.#openGiven) return null
    const { text, offset, units } = this.#plain.open
    return { text, given: Math.min(this.#given.length, text.length), offset, units }
  }

  get #head(): QueuedText | undefined {
    return this.#queue[this.#first]
  }

  /** Text units of the stream before `position`. */
  get unitsBefore(): number {
    return this.#cut?.units ?? this.#plain.units
  }

  /** Text units of the stream that have been given. */
  get unitsGiven(): number {
    const cut = this.#cut
    return cut ? cut.units + cut.given : this.#plain.units
  }

  get #openGiven(): boolean {
    const { text } = this.#plain.open
    return text === '' || text === this.#given
  }

  /** Counts all that was fed so far as given. */
  skip(): void {
    this.#queue = []
    this.#first = 0
    this.#ready = 0
    this.#given = this.#plain.open.text
  }

  /** Takes text of at most `max` units: whole lines, and the open line once nothing stands before it. */
  take(max: number): TakenText {
    const lines = this.#takeLines(max)
    if (this.#head) return { text: lines, truncated: true }
    const open = this.#takeOpen(max - lines.length, lines === '')
    return { text: lines + open.text, truncated: open.truncated }
  }

  #takeLines(max: number): string {
    const taken: string[] = []
    let room = max
    for (let head = this.#head; head; head = this.#head) {
      const text = head.text.slice(head.given)
      if (text.length > room && taken.length > 0) break
      const part = text.slice(0, wholeCharacters(text, room, true))
      taken.push(part)
      room -= part.length
      this.#ready -= part.length
      head.given += part.length
      if (head.given < head.text.length) break
      this.#dropHead()
    }
    return taken.join('')
  }

  #dropHead(): void {
    this.#first++
    if (this.#first < this.#queue.length && this.#first < KEPT_IN_FRONT) return
    this.#queue = this.#queue.slice(this.#first)
    this.#first = 0
  }

  /** @param some whether one character is to be taken, even if it takes two units */
  #takeOpen(max: number, some: boolean): TakenText {
    const { text } = this.#plain.open
    if (text === '') return { text: '', truncated: false }
    const news = text.startsWith(this.#given) ? text.slice(this.#given.length) : `\n${text}`
    const part = news.slice(0, wholeCharacters(news, max, some))
    if (part !== '') this.#given = text.slice(0, text.length - (news.length - part.length))
    return { text: part, truncated: part.length < news.length }
  }

  /** A piece is final: queues what of it was not given while it was open. */
  #ended(piece: Piece): void {
    const given = this.#given
    this.#given = ''
    const end = piece.ends ? '\n' : ''
    if (piece.text.startsWith(given)) this.#push(piece, piece.text + end, given.length)
    else if (!piece.ends && given.startsWith(piece.text)) this.#given = given.slice(piece.text.length)
    else this.#push(piece, `\n${piece.text}${end}`, 0)
  }

  #push({ offset, units }: Piece, text: string, given: number): void {
    if (given === text.length) return
    this.#queue.push({ text, given, offset, units })
    this.#ready += text.length - given
  }
}

/** Places in front of the queue that may stand empty before it is moved up. */
const KEPT_IN_FRONT = 4096

/** The longest cut of at most `max` units, or of one character if `some`, that leaves no UTF-16 pair in two. */
function wholeCharacters(text: string, max: number, some: boolean): number {
  if (text.length <= max) return text.length
  const end = isPair(text, max - 1) ? max - 1 : max
  if (end > 0 || !some) return Math.max(0, end)
  return isPair(text, 0) ? 2 : 1
}

const isPair = (text: string, at: number): boolean => at >= 0 && (text.codePointAt(at) ?? 0) > 0xffff
