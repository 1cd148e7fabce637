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
    if (this.#expected.startsWith(character, this.#at)) this.#at += character.length
    else if (character !== ' ' && character !== '^') {
      this.answered = true
      this.#answerAt = offset
    }
  }
}

/** What of an input shows when it is echoed: no control characters, a control key as its letter (`^C`). */
function printable(input: string): string {
  return input
    .replace(/\x1b\[20[01]~/g, '')
    .replace(/[\x01-\x1a]/g, (control) => (/[\r\n\t]/.test(control) ? '' : controlLetter(control)))
    .replace(/[^\P{Cc}]/gu, '')
    .replaceAll(' ', '')
}

const controlLetter = (control: string): string => String.fromCharCode(control.charCodeAt(0) + 0x40)
