/** Text to be given, and where in the stream its line began. */
export interface QueuedText {
  text: string
  /** Units of it that were taken. */
  taken: number
  /** Units of the line that were given before, less what `text` has in front of it. */
  before: number
  offset: number
  units: number
  /** The column at which it began. */
  indent: number
}

/** Places in front of the queue that may stand empty before it is moved up. */
const KEPT_IN_FRONT = 4096

/** Text that waits for its reader, given whole line by line as far as there is room. */
export class TextQueue {
  /** UTF-16 units that were not taken. */
  units = 0
  #items: QueuedText[] = []
  /** Where the queue begins in its array: taking from the front of a long array costs its length each time. */
  #first = 0

  get first(): QueuedText | null {
    return this.#items[this.#first] ?? null
  }

  push(item: QueuedText): void {
    if (item.text === '') return
    this.#items.push(item)
    this.units += item.text.length
  }

  clear(): void {
    this.#items = []
    this.#first = 0
    this.units = 0
  }

  /** Takes text of at most `max` units; an item is cut only if it is the first. */
  take(max: number): string {
    const taken: string[] = []
    let room = max
    for (let item = this.first; item; item = this.first) {
      const text = item.text.slice(item.taken)
      if (text.length > room && taken.length > 0) break
      const part = text.slice(0, wholeCharacters(text, room))
      taken.push(part)
      room -= part.length
      this.units -= part.length
      item.taken += part.length
      if (item.taken < item.text.length) break
      this.#dropFirst()
    }
    return taken.join('')
  }

  #dropFirst(): void {
    this.#first++
    if (this.#first < this.#items.length && this.#first < KEPT_IN_FRONT) return
    this.#items = this.#items.slice(this.#first)
    this.#first = 0
  }
}

/** The longest cut of at most `max` units, or of one character, that leaves no UTF-16 pair in two. */
export function wholeCharacters(text: string, max: number): number {
  if (text.length <= max) return text.length
  const end = isPair(text, max - 1) ? max - 1 : max
  if (end > 0) return end
  return isPair(text, 0) ? 2 : 1
}

const isPair = (text: string, at: number): boolean => at >= 0 && (text.codePointAt(at) ?? 0) > 0xffff
