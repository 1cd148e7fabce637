import { type ParserSink, TerminalParser } from './parser.js'

/** Tells what belongs to the answer to an input from what only shows the input. */
export interface AnswerFilter {
  /** Whether some of the answer came. */
  readonly answered: boolean
  /** Takes more output. @returns the part of it that belongs to the answer */
  feed(bytes: Buffer): Buffer
}

/**
 * For a line editor that was up when a line was sent: however it shows and redraws the line, the answer begins
 * where it switches itself off (CSI ? 2004 l), with the first character printed from there on.
 */
export class SubmitFilter implements AnswerFilter {
  answered = false
  readonly #parser: TerminalParser
  #offAt: number | null = null

  constructor() {
    const shown = (): void => {
      this.answered ||= this.#offAt !== null
    }
    this.#parser = new TerminalParser({
      run: shown,
      character: shown,
      csi: (final, prefix, params, _intermediates, end) => {
        if (final === 'l' && prefix === '?' && params.includes(2004)) this.#offAt ??= end
      },
    })
  }

  feed(bytes: Buffer): Buffer {
    if (this.answered) return bytes
    const from = this.#parser.offset
    this.#parser.feed(bytes)
    return bytes.subarray(this.#offAt === null ? bytes.length : Math.max(0, this.#offAt - from))
  }
}

/**
 * Tells the echo of an input from the answer to it: the first character that does not go on with what was
 * typed is the answer's. Control characters, which terminals echo in many ways, are looked over.
 */
export class EchoFilter implements AnswerFilter {
  /** Whether something came that is not the echo. */
  answered = false
  readonly #expected: string
  readonly #parser: TerminalParser
  #at = 0
  /** Whether the character before was a caret: with it terminals show control characters (`^C`). */
  #caret = false
  #kept = Buffer.alloc(0)
  /** Offset of the first byte of the answer, counted from the first byte fed. */
  #answerAt = 0

  constructor(input: string) {
    this.#expected = printable(input)
    const sink: ParserSink = {
      run: (bytes, from, to, offset) => {
        for (let i = from; i < to; i++) this.#see(String.fromCharCode(bytes[i] as number), offset + i - from)
      },
      character: (point, start) => this.#see(String.fromCodePoint(point), start),
    }
    this.#parser = new TerminalParser(sink)
  }

  feed(bytes: Buffer): Buffer {
    if (this.answered) return bytes
    const from = this.#parser.offset - this.#kept.length
    this.#parser.feed(bytes)
    // The answer's first character may have begun in the piece before.
    const all = Buffer.concat([this.#kept, bytes])
    this.#kept = Buffer.from(all.subarray(-MAX_CHARACTER_BYTES))
    return all.subarray(this.answered ? this.#answerAt - from : all.length)
  }

  #see(character: string, offset: number): void {
    if (this.answered) return
    const caret = this.#caret
    this.#caret = false
    if (caret && /[@-_?]/.test(character)) return
    if (this.#expected.startsWith(character, this.#at)) this.#at += character.length
    else if (character === '^') this.#caret = true
    else if (character !== ' ') {
      this.answered = true
      this.#answerAt = offset
    }
  }
}

/** Bytes of a character that may stand in the pieces before the one that completes it. */
const MAX_CHARACTER_BYTES = 3

/** What of an input shows when it is echoed, but for blanks. */
const printable = (input: string): string => input.replace(/\x1b\[20[01]~|\p{Cc}| /gu, '')
