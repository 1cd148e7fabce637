import { RE2JS } from 're2js'
import { invalid } from '../common/errors.js'
import { PlainText } from './plain-text.js'

/** How far before new text a match may begin, in UTF-16 units. */
const OVERLAP_UNITS = 4096
const MAX_PATTERN_UNITS = 1000

/** Compiles a pattern for an engine that takes linear time on any text (RE2's syntax). @throws validation_error */
export function compilePattern(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_UNITS) throw invalid(`pattern has over ${MAX_PATTERN_UNITS} characters.`)
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    const reason = (error as Error).message
    throw invalid(
      `pattern is not a regular expression that can be used here: ${reason}. Look-around and back-references are not available (RE2 syntax).`,
    )
  }
}

/**
 * Looks for a pattern in the text of a stream, line by line. What was looked through is looked at again only as
 * far back as a match may begin that new text completes.
 */
export class PatternScanner {
  found = false
  readonly #pattern: RE2JS
  readonly #plain: PlainText
  /** The end of the open line's rows that cannot change any more, and whether it has lost its beginning. */
  #kept = ''
  #cut = false
  /** How much of the open line was looked through. */
  #looked = 0

  constructor(pattern: RE2JS, cols: number) {
    this.#pattern = pattern
    this.#plain = new PlainText(cols, 0, 0, ({ text, ends }) => this.#piece(text, ends))
  }

  feed(bytes: Uint8Array): void {
    if (this.found || bytes.length === 0) return
    this.#plain.feed(bytes)
    const line = this.#kept + this.#plain.open.text
    this.#look(line)
    this.#looked = line.length
  }

  #piece(text: string, ends: boolean): void {
    const line = this.#kept + text
    if (ends || line.length > this.#looked) this.#look(line)
    this.#kept = ends ? '' : line.slice(-OVERLAP_UNITS)
    this.#cut = !ends && (this.#cut || line.length > OVERLAP_UNITS)
    this.#looked = ends ? 0 : this.#kept.length
  }

  #look(line: string): void {
    // Where the line's beginning is gone, its first character is not the line's first.
    const from = Math.max(this.#cut ? 1 : 0, Math.min(this.#looked, line.length) - OVERLAP_UNITS)
    if (!this.found && from <= line.length) this.found = this.#pattern.matcher(line).find(from)
  }
}
