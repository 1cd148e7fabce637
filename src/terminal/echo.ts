import { type ParserSink, TerminalParser } from './parser.js'

/**
 * Tells the echo of an input from the answer to it: the first character that does not go on with what was
 * typed is the answer's. Control characters, which terminals echo in many ways, are looked over.
 */
export class EchoFilter {
  /** Whether something came that is not the echo. */
  answered = false
  readonly #expected: string
  readonly #parser: TerminalParser
  #at = 0
  /** Whether the character before was a caret: with it terminals show control characters (`^C`). */
  #caret = false
  /** Offset of the first byte of the answer, counted from the first byte fed. */
  #answerAt = 0

  constructor(input: string) {
    this.#expected = printable(input)
    const sink: ParserSink = {
      run: (bytes, from, to, offset) => {
        for (let i = from; i < to; i++) this.#see(String.fromCharCode(bytes[i] as number), offset + i - from)
      },
      character: (point, end) => {
        const character = String.fromCodePoint(point)
        this.#see(character, end - Buffer.byteLength(character))
      },
    }
    this.#parser = new TerminalParser(sink)
  }

  /** Takes more output. @returns the part of it that belongs to the answer */
  feed(bytes: Buffer): Buffer {
    if (this.answered) return bytes
    const from = this.#parser.offset
    this.#parser.feed(bytes)
    return this.answered ? bytes.subarray(Math.max(0, this.#answerAt - from)) : bytes.subarray(bytes.length)
  }

  #see(character: string, offset: number): void {
    if (this.answered) return
    const caret = this.#caret
    this.#caret = character === '^'
    if (this.#expected.startsWith(character, this.#at)) this.#at += character.length
    else if (!caret && character !== ' ' && character !== '^') {
      this.answered = true
      this.#answerAt = offset
    }
  }
}

/** What of an input shows when it is echoed, but for blanks. */
const printable = (input: string): string => input.replace(/\x1b\[20[01]~|\p{Cc}| /gu, '')
