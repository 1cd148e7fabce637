import { RE2JS } from 're2js'
import { invalid } from '../common/errors.js'
import { unrolledSteps } from './pattern-size.js'
import { PlainText } from './plain-text.js'
import type { Size } from './sizes.js'
import type { GridSink } from './text-grid.js'
import type { TextRow } from './text-row.js'

const MAX_PATTERN_UNITS = 1000
/** Each step of a program may be taken at each character: with 256 a flood costs up to 10 µs a character. */
const MAX_STEPS = 256
/** Before compiling, which costs time and memory too; words without operators may have a thousand. */
const MAX_UNROLLED = 4000
/** Steps times characters that one call of the engine may take: 3 to 5 ms at 20 to 40 ns each. */
const STEPS_PER_CALL = 131_072
const STEPS_PER_MS = 50_000
/** Text given to the engine at a time, in UTF-16 units, where the steps allow it. */
const MAX_CALL_UNITS = 8192

/** Compiles a pattern for an engine that takes linear time on any text (RE2's syntax). @throws validation_error */
export function compilePattern(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_UNITS) throw invalid(`pattern has over ${MAX_PATTERN_UNITS} characters.`)
  const unrolled = unrolledSteps(pattern)
  if (unrolled > MAX_UNROLLED) throw tooLarge(`about ${unrolled}`)
  const compiled = compiledPattern(pattern)
  // Words without any operator are searched for, not stepped through.
  if (compiled.programSize() > MAX_STEPS && !isWord(pattern)) throw tooLarge(String(compiled.programSize()))
  return compiled
}

const isWord = (pattern: string): boolean => !/[\\^$.|?*+()[\]{}]/.test(pattern)

function compiledPattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    const reason = (error as Error).message
    throw invalid(
      `pattern is not a regular expression that can be used here: ${reason}. Look-around and back-references are not available (RE2 syntax).`,
    )
  }
}

const tooLarge = (steps: string): Error =>
  invalid(
    `pattern is too large: with its counted repetitions such as {100} written out it has ${steps} steps, and at most ` +
      `${MAX_STEPS} can be matched without holding up other sessions. Use smaller counts, * or +, or fewer alternatives.`,
  )

/**
 * Looks for a pattern in the text of a stream, line by line: each line as it stands when the cursor leaves it, and
 * the one that the cursor is on when its user says so, however many pieces it came in. What stood there only in
 * between does not count.
 */
export class PatternScanner {
  found = false
  /** Whether the open line has not been looked through since something came. */
  due = false
  /** UTF-16 units that the engine was given so far. */
  looked = 0
  /** Milliseconds to leave to others after the last look, three times what it may have taken. */
  restMs = 0
  readonly #pattern: RE2JS
  readonly #plain: PlainText
  /** Steps a character; how much the engine is given at once; how far before new text a match may begin. */
  readonly #steps: number
  readonly #callUnits: number
  readonly #overlap: number
  /** Whether a match may depend on what comes behind it. */
  readonly #minded: boolean
  /** The open line's rows that cannot change any more; what is not needed of their beginning is gone. */
  #kept = ''
  /** Where in the open line a match may begin: not in the first character where the line's beginning is gone. */
  #from = 0
  /** The open line as it was last looked through. */
  #seen: string | null = null

  constructor(pattern: RE2JS, size: Size) {
    const source = pattern.pattern()
    this.#pattern = pattern
    const sink: GridSink = { final: (row, next) => this.#gone(row, next), left: () => this.#leave() }
    this.#plain = new PlainText({ size, drawn: true }, sink)
    this.#steps = isWord(source) ? 1 : pattern.programSize()
    this.#callUnits = Math.min(MAX_CALL_UNITS, Math.floor(STEPS_PER_CALL / this.#steps))
    // Without a loop no match has more characters than there are steps.
    const longest = /[*+]|\{\d+,\}/.test(source) ? Number.POSITIVE_INFINITY : 2 * pattern.programSize()
    this.#overlap = Math.min(this.#callUnits >> 1, longest)
    this.#minded = /\$|\\[bBz]/.test(source)
  }

  feed(bytes: Uint8Array): void {
    if (this.found || bytes.length === 0) return
    this.due = true
    this.#plain.feed(bytes)
  }

  /** Looks through the open line as it stands. @returns whether the pattern was found by now */
  look(): boolean {
    if (!this.due || this.found) return this.found
    const before = this.looked
    const line = this.#openLine
    this.#lookToEnd(line)
    this.#seen = line
    this.due = false
    this.restMs = Math.ceil((3 * this.#steps * (this.looked - before)) / STEPS_PER_MS)
    return this.found
  }

  /** The cursor's line, less what is not needed of its beginning. */
  get #openLine(): string {
    const { text, goesOn } = this.#plain.open
    return goesOn ? this.#kept + text : text
  }

  #leave(): void {
    if (this.found) return
    this.#lookToEnd(this.#openLine)
    this.#from = 0
    this.#seen = null
  }

  /** Of a line that is longer than the screen the rows that are gone are kept, as far as they are needed. */
  #gone({ text, wrapped }: TextRow, next: TextRow | null): void {
    if (!wrapped) this.#kept = ''
    if (!next || this.found) return
    this.#kept += text
    if (this.#plain.open.goesOn) this.#lookAtRows()
  }

  /** The line goes on: what is final of it is looked through as soon as it fills a call. */
  #lookAtRows(): void {
    while (!this.found && this.#kept.length - this.#from >= this.#callUnits) {
      const end = this.#look(this.#kept, this.#from, false)
      const gone = end - this.#overlap - 1
      this.#kept = this.#kept.slice(gone)
      this.#seen = this.#seen?.slice(gone) ?? null
      this.#from = 1
    }
  }

  #lookToEnd(line: string): void {
    if (line === this.#seen) return
    const same = this.#seen === null ? 0 : commonLength(this.#seen, line)
    let from = Math.max(this.#from, same - this.#overlap)
    for (let end = 0; !this.found && end < line.length; from = end - this.#overlap) {
      end = this.#look(line, from, true)
    }
    if (line === '') this.#look(line, 0, true)
  }

  /** Gives the engine one call's text, with the character before it. @returns where that text ends */
  #look(line: string, from: number, whole: boolean): number {
    const start = characterAt(line, from)
    const end = characterAt(line, Math.min(from + this.#callUnits, line.length))
    const before = Math.min(start, 1)
    const matcher = this.#pattern.matcher(line.slice(start - before, end))
    this.looked += end - start
    // A match up to a cut may be one only because the text seems to end there.
    const cut = this.#minded && !(whole && end === line.length)
    this.found ||= matcher.find(before) && !(cut && matcher.end() === end - start + before)
    return end
  }
}

/** A place in a text, or the one before it where a pair of UTF-16 units would be cut. */
const characterAt = (text: string, at: number): number =>
  at > 0 && at < text.length && (text.codePointAt(at - 1) as number) > 0xffff ? at - 1 : at

/** How much two texts have in common at their beginning. */
function commonLength(one: string, other: string): number {
  if (other.startsWith(one)) return one.length
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}
