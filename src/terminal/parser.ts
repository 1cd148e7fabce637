import { SequenceParts } from './sequence-parts.js'
import { BROKEN, INCOMPLETE, REPLACEMENT, Utf8Decoder } from './utf8.js'

/** Who is told what a stream holds. Offsets are absolute bytes. */
export interface ParserSink {
  /** Printable ASCII: bytes[from..to), of which the first stands at `offset`. */
  run?(bytes: Uint8Array, from: number, to: number, offset: number): void
  /** A character beyond ASCII, U+FFFD for what is no UTF-8, from offset `start` up to `end`. */
  character?(point: number, start: number, end: number): void
  /** A control character (C0, DEL or C1) outside of a sequence; it ends before offset `end`. */
  control?(code: number, end: number): void
  /** A control sequence: final byte, prefix (`?`, `>`… or ''), parameters (0 where left out), intermediates. */
  csi?(final: string, prefix: string, params: readonly number[], intermediates: string, end: number): void
  /** ESC and a final byte, with the intermediates between them. */
  escape?(final: string, intermediates: string, end: number): void
  /** A control string (OSC, DCS, APC, PM, SOS) has ended. */
  string?(end: number): void
  /**
   * An operating system command of up to 5,000 bytes: what stands between its ends, from offset `start` up to `end`;
   * `bell` says that BEL ended it, not ST.
   */
  osc?(payload: string, start: number, end: number, bell: boolean): void
  /** Before this offset a character or sequence ended, whole or broken off; not told of plain text. */
  boundary?(offset: number): void
}

/** Longest OSC that is handed out: a mark with a path of 4,096 bytes in it. */
const MAX_OSC_BYTES = 5000

type State = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape'

/**
 * Takes a terminal's byte stream apart (ECMA-48 and xterm's control sequences, UTF-8), fed in pieces of any
 * size. Pure; keeps a few numbers of state and never stores text.
 */
export class TerminalParser {
  /** UTF-16 units of text so far: characters, tabs and line ends count; what leaves no text does not. */
  units = 0
  /** Bytes taken so far, as an absolute offset. */
  offset: number
  /** Where the character or sequence that is not complete yet began; equal to `offset` where there is none. */
  pendingFrom: number
  readonly #sink: ParserSink
  readonly #utf8 = new Utf8Decoder()
  #state: State = 'ground'
  #afterReturn = false
  readonly #parts = new SequenceParts()
  #bellEnds = false
  /** Last byte of a control string: its 8-bit end is two bytes in UTF-8. */
  #previous = 0
  /** What an OSC holds so far; null where nobody asks for it, or it is too long. */
  #osc: number[] | null = null

  constructor(sink: ParserSink, offset = 0) {
    this.#sink = sink
    this.offset = offset
    this.pendingFrom = offset
  }

  get inSequence(): boolean {
    return this.#state !== 'ground'
  }

  /** Whether a reader that knows nothing may begin here and count the same. */
  get atBoundary(): boolean {
    return this.pendingFrom === this.offset && !this.#afterReturn
  }

  /** Goes on at a later offset, as if nothing stood between; only where nothing is incomplete. */
  skipTo(offset: number): void {
    if (offset <= this.offset) return
    this.offset = offset
    this.pendingFrom = offset
  }

  feed(bytes: Uint8Array): void {
    const base = this.offset
    const length = bytes.length
    let i = 0
    while (i < length) {
      const byte = bytes[i] as number
      if (this.#state === 'ground' && !this.#utf8.pending && byte >= 0x20 && byte < 0x7f) {
        const from = i
        do i++
        while (i < length && (bytes[i] as number) >= 0x20 && (bytes[i] as number) < 0x7f)
        this.units += i - from
        this.#afterReturn = false
        this.#sink.run?.(bytes, from, i, base + from)
        this.pendingFrom = base + i
      } else {
        this.offset = base + i
        if (this.#take(byte)) i++
      }
    }
    this.offset = base + length
    if (this.#state === 'ground' && !this.#utf8.pending) this.pendingFrom = this.offset
  }

  /** Takes one byte that is not plain text. @returns false if it must be looked at again */
  #take(byte: number): boolean {
    if (this.#state !== 'ground') return this.#inSequence(byte)
    if (byte >= 0x80 || this.#utf8.pending) return this.#character(byte)
    if (byte === 0x1b) this.#startSequence()
    else {
      this.#control(byte)
      this.#boundary(this.offset + 1)
    }
    return true
  }

  #boundary(offset: number): void {
    this.pendingFrom = offset
    this.#sink.boundary?.(offset)
  }

  #character(byte: number): boolean {
    if (!this.#utf8.pending) this.pendingFrom = this.offset
    const point = this.#utf8.next(byte)
    if (point === INCOMPLETE) return true
    const end = point === BROKEN ? this.offset : this.offset + 1
    if (point >= 0x80 && point <= 0x9f) this.#c1(point, end)
    else this.#print(point === BROKEN ? REPLACEMENT : point, end)
    return point !== BROKEN
  }

  #print(point: number, end: number): void {
    this.units += point > 0xffff ? 2 : 1
    this.#afterReturn = false
    this.#sink.character?.(point, this.pendingFrom, end)
    this.#boundary(end)
  }

  /** The 8-bit forms of ESC [, ESC ], ESC P, ESC X, ESC ^ and ESC _. */
  #c1(point: number, end: number): void {
    if (point === 0x9b) this.#startCsi()
    else if (point === 0x9d) this.#startString(true)
    else if (point === 0x90 || point === 0x98 || point === 0x9e || point === 0x9f) this.#startString(false)
    else {
      this.#sink.control?.(point, end)
      this.#boundary(end)
    }
  }

  #control(code: number): void {
    // A carriage return only moves the cursor, unless a line feed makes it part of a line end.
    if (code === 0x0a) this.units += this.#afterReturn ? 2 : 1
    else if (code === 0x09) this.units += 1
    this.#afterReturn = code === 0x0d
    this.#sink.control?.(code, this.offset + 1)
  }

  /** ESC: a sequence begins, and one that was under way is broken off. */
  #startSequence(): void {
    if (this.#state === 'ground') this.pendingFrom = this.offset
    else this.#boundary(this.offset - (this.#state === 'string-escape' ? 1 : 0))
    this.#afterReturn = false
    this.#parts.clear()
    this.#state = 'escape'
  }

  #startCsi(): void {
    this.#state = 'csi'
    this.#afterReturn = false
    this.#parts.clear()
  }

  #startString(bellEnds: boolean): void {
    this.#state = 'string'
    this.#previous = 0
    this.#afterReturn = false
    this.#bellEnds = bellEnds
    this.#osc = bellEnds && this.#sink.osc ? [] : null
  }

  #inSequence(byte: number): boolean {
    if (byte === 0x18 || byte === 0x1a) {
      this.#end()
      return true
    }
    if (byte === 0x1b && this.#state !== 'string') {
      // Behind a string the first of two ESC broke that off, and is itself broken off by the second.
      const second = this.#state === 'string-escape'
      this.#startSequence()
      if (second) this.#boundary(this.offset)
      return true
    }
    switch (this.#state) {
      case 'escape':
        return this.#inEscape(byte)
      case 'csi':
        return this.#inCsi(byte)
      case 'string':
        return this.#inString(byte)
      default:
        return this.#afterStringEscape(byte)
    }
  }

  /** Back to text; what follows begins after this byte. */
  #end(): number {
    this.#state = 'ground'
    this.#boundary(this.offset + 1)
    return this.offset + 1
  }

  #inEscape(byte: number): boolean {
    if (byte < 0x20 || byte === 0x7f) return this.#nested(byte)
    if (byte >= 0x20 && byte <= 0x2f) {
      this.#parts.intermediate(byte)
      return true
    }
    if (this.#parts.intermediates === '' && this.#opens(byte)) return true
    if (byte >= 0x80) return this.#giveUp()
    const end = this.#end()
    this.#sink.escape?.(String.fromCharCode(byte), this.#parts.intermediates, end)
    return true
  }

  /** Whether the byte after ESC opens a longer sequence: `[` control, `]` OSC, `P X ^ _` other strings. */
  #opens(byte: number): boolean {
    if (byte === 0x5b) this.#startCsi()
    else if (byte === 0x5d) this.#startString(true)
    else if (byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) this.#startString(false)
    else return false
    return true
  }

  /** A byte that belongs to no sequence: the sequence is dropped and the byte taken as text. */
  #giveUp(): boolean {
    this.#state = 'ground'
    this.#boundary(this.offset)
    return false
  }

  /** Control characters within a sequence act at once, as on a real terminal. */
  #nested(byte: number): boolean {
    this.#control(byte)
    return true
  }

  #inCsi(byte: number): boolean {
    if (byte < 0x20 || byte === 0x7f) return this.#nested(byte)
    if (byte >= 0x30 && byte <= 0x3f) this.#parts.parameter(byte)
    else if (byte >= 0x20 && byte <= 0x2f) this.#parts.intermediate(byte)
    else if (byte >= 0x80) return this.#giveUp()
    else this.#endCsi(byte)
    return true
  }

  #endCsi(byte: number): void {
    const end = this.#end()
    const { prefix, params, intermediates } = this.#parts
    this.#sink.csi?.(String.fromCharCode(byte), prefix, params, intermediates, end)
  }

  #inString(byte: number): boolean {
    if (byte === 0x1b) this.#state = 'string-escape'
    else if (byte === 0x07 && this.#bellEnds) this.#endString(true)
    else if (byte === 0x9c && this.#previous === 0xc2) {
      this.#osc?.pop()
      this.#endString()
    } else this.#collect(byte)
    this.#previous = byte
    return true
  }

  #collect(byte: number): void {
    if (this.#osc && this.#osc.push(byte) > MAX_OSC_BYTES) this.#osc = null
  }

  #endString(bell = false): void {
    const start = this.pendingFrom
    const end = this.#end()
    this.#sink.string?.(end)
    if (this.#osc) this.#sink.osc?.(Buffer.from(this.#osc).toString('utf8'), start, end, bell)
    this.#osc = null
  }

  /** ESC within a control string: `\` ends the string, anything else is a new sequence. */
  #afterStringEscape(byte: number): boolean {
    if (byte === 0x5c) {
      this.#endString()
      return true
    }
    this.#startSequence()
    return this.#inEscape(byte)
  }
}
