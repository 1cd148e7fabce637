import type { TextRow } from './text-row.js'

/** What a reader must still be told of a line. */
export interface News {
  /** Text to be given: the end of the line before it if that is open, what is new of the line, and its end. */
  text: string
  /** How much of the line was given before, and how much of `text` stands before what is of the line. */
  from: number
  lead: number
}

/**
 * Knows what a reader was given of each line on the screen. A line that only grew goes on where it was left as
 * long as nothing else was given since; one that changed is given again, on a line of its own.
 */
export class GivenLines {
  /** The line that the reader is in the middle of; null at the start of a line. */
  #open: TextRow | null = null

  /** @param end the line's end, '' where it has none yet; @returns null where there is nothing new */
  newsOf(row: TextRow, text: string, end: string): News | null {
    const { given } = row
    const inside = this.#open === row
    if (given === null ? text === '' && end === '' : text === given || text === '')
      return inside && end !== '' ? { text: end, from: text.length, lead: 0 } : null
    if (inside && given !== null && text.startsWith(given))
      return { text: text.slice(given.length) + end, from: given.length, lead: 0 }
    const lead = this.#open ? '\n' : ''
    return { text: lead + text + end, from: 0, lead: lead.length }
  }

  /** The reader was given so many units of the news of a line. */
  gave(row: TextRow, text: string, news: News, units: number): void {
    const ofLine = units - news.lead
    if (ofLine > 0 || news.text.length === units) row.given = text.slice(0, news.from + Math.max(0, ofLine))
    const ended = news.text.endsWith('\n') && units === news.text.length
    this.#open = ended || ofLine <= 0 ? null : row
  }

  /** As if the reader had been given the line as it stands. */
  skip(row: TextRow, text: string, ended: boolean): void {
    // An empty line that has no end yet is still to be given, as its end.
    row.given = text === '' && !ended ? null : text
    this.#open = ended || text === '' ? null : row
  }

  /**
   * A row goes from the screen; `next`, if any, goes on with its line there.
   * @returns what the reader must be told of it, null where there is nothing
   */
  gone(row: TextRow, next: TextRow | null): News | null {
    const { text, given } = row
    const known = given?.startsWith(text) ?? false
    const news = next && known ? null : this.newsOf(row, text, next ? '' : '\n')
    const inside = this.#open === row
    if (news) this.gave(row, text, news, news.text.length)
    if (next) {
      next.given = known && given !== null ? given.slice(text.length) : ''
      if (inside || news) this.#open = next
    }
    return news
  }
}
