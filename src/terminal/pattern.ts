import { RE2JS } from 're2js'
import { invalid } from '../common/errors.js'
import { PlainText } from './plain-text.js'

/** The part of a line that is not ended yet which is looked through, in UTF-16 units from its end. */
const MAX_OPEN_UNITS = 4096
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

/** Looks for a pattern in the text of a stream, line by line: an ended line once, the open one as it grows. */
export class PatternScanner {
  found = false
  readonly #pattern: RE2JS
  readonly #plain: PlainText

  constructor(pattern: RE2JS, cols: number) {
    this.#pattern = pattern
    this.#plain = new PlainText(cols, 0, 0, (piece) => this.#look(piece.text))
  }

  feed(bytes: Uint8Array): void {
    if (this.found || bytes.length === 0) return
    this.#plain.feed(bytes)
    this.#look(this.#plain.open.text.slice(-MAX_OPEN_UNITS))
  }

  #look(text: string): void {
    if (!this.found) this.found = this.#pattern.matcher(text).find()
  }
}
