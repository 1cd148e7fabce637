import type { Checkpoint } from './checkpoints.js'
import { FreshStarts, type FreshStartsKnown, NOTHING_DRAWN } from './fresh-starts.js'
import { beginsPrompt, type Mark, parseMark } from './marks.js'
import { TerminalParser } from './parser.js'
import { askedByCsi, askedByEscape, askedByOsc, type Query, type Question } from './queries.js'

/** A program takes the alternate screen, or leaves it; the offset is that behind the sequence. */
interface ScreenSwitch {
  on: boolean
  offset: number
}

/** What a stream tells besides text, in order. */
interface StreamNews {
  marks: Mark[]
  /** Of very many only the last. */
  queries: Query[]
  switches: ScreenSwitch[]
}

/** What is known of a stream at its newest byte. */
export interface StreamState {
  /** Absolute offset of the next byte. */
  offset: number
  /** Text units so far, as pending counts have them. */
  units: number
  /** Whether text stands on a line that has not ended: a prompt, a question, half a line. */
  openLine: boolean
  /** Whether a line editor is on: the shell switched bracketed paste on (CSI ? 2004 h) and not off since. */
  lineEditor: boolean
  /** How often it was switched on, and whether something was printed since it last was. */
  prompts: number
  prompted: boolean
  /** Where it was last switched off, which a shell does before it runs what was entered. */
  editorOff: Checkpoint
  /** Whether a full-screen program has the alternate screen (CSI ? 1049 h and its elder forms). */
  fullScreen: boolean
  /** Whether cursor keys are to be sent in their application form (CSI ? 1 h). */
  applicationCursor: boolean
  /** From where on the screens can be drawn without what came before. */
  fresh: FreshStartsKnown
}

const NO_NEWS: StreamNews = { marks: [], queries: [], switches: [] }
/** Queries kept until they are taken: a program may ask for each of 256 colours, and more is a flood. */
const MAX_QUERIES = 300

/** Follows a stream as it arrives, keeping only what waits and counts ask for. */
export class LiveStream {
  readonly #parser: TerminalParser
  #openLine = false
  #lineEditor = false
  #prompts = 0
  #editorOff: Checkpoint = { offset: 0, units: 0 }
  #prompted = false
  #fullScreen = false
  #applicationCursor = false
  readonly #fresh: FreshStarts
  /** Units before what is hidden; null while nothing is. */
  #mutedAt: number | null = null
  #news: StreamNews | null = null

  /** @param offset where the stream goes on, with what is known of what came before it, if it does not begin */
  constructor(offset = 0, units = 0, fresh = NOTHING_DRAWN) {
    this.#fresh = new FreshStarts(fresh)
    this.#fullScreen = fresh.alternate !== null
    this.#parser = new TerminalParser(
      {
        run: (bytes, from, to) => this.#run(bytes, from, to),
        character: () => {
          this.#openLine = true
          this.#prompted = true
          this.#fresh.drew()
        },
        control: (code) => {
          if (code === 0x0a) this.#openLine = false
          this.#fresh.control(code)
        },
        escape: (final, intermediates, end) => {
          this.#fresh.escape(final, intermediates, end)
          if (final === 'c' && intermediates === '') this.#fullScreen = false
          this.#ask(askedByEscape(final, intermediates), end)
        },
        csi: (final, prefix, params, intermediates, end) => {
          this.#fresh.csi(final, prefix + intermediates, params, end)
          if (prefix === '?') this.#switched(final, params, end)
          this.#ask(askedByCsi(final, prefix, params, intermediates), end)
        },
        osc: (payload, start, end, bell) => {
          for (const question of askedByOsc(payload, bell)) this.#ask(question, end)
          const units = this.#mutedAt ?? this.#parser.units
          const mark = parseMark(payload, { start, end, units, editors: this.#prompts })
          if (mark) this.#told.marks.push(mark)
          // A program that was killed has left its screen on.
          if (this.#fullScreen && beginsPrompt(payload)) this.#switchScreen(false, end)
        },
      },
      offset,
    )
    this.#parser.units = units
  }

  feed(bytes: Uint8Array): void {
    this.#parser.feed(bytes)
  }

  /** Whether a reader that knows nothing may begin here. */
  get atBoundary(): boolean {
    return this.#parser.atBoundary
  }

  /** What came since this was last asked, apart from text. */
  takeNews(): Readonly<StreamNews> {
    const news = this.#news ?? NO_NEWS
    this.#news = null
    return news
  }

  get #told(): StreamNews {
    this.#news ??= { marks: [], queries: [], switches: [] }
    return this.#news
  }

  /** From now on nothing counts, until `unmute`. */
  mute(): void {
    this.#mutedAt ??= this.#parser.units
  }

  /** @param units those of what came last and counts after all */
  unmute(units: number): void {
    if (this.#mutedAt !== null) this.#parser.units = this.#mutedAt + units
    this.#mutedAt = null
  }

  /** Goes on at a later offset; what stands between is hidden. */
  skipTo(offset: number): void {
    this.#parser.skipTo(offset)
  }

  get state(): StreamState {
    const { offset, units } = this.#parser
    const { alternate, normal } = this.#fresh
    return {
      offset,
      units: this.#mutedAt ?? units,
      openLine: this.#openLine,
      lineEditor: this.#lineEditor,
      prompts: this.#prompts,
      prompted: this.#prompted,
      editorOff: this.#editorOff,
      fullScreen: this.#fullScreen,
      applicationCursor: this.#applicationCursor,
      fresh: { normal, alternate },
    }
  }

  #ask(question: Question | null, end: number): void {
    if (!question) return
    // What asks in earnest may stand behind a flood.
    const { queries } = this.#told
    if (queries.length >= MAX_QUERIES) queries.length = 0
    const units = this.#mutedAt ?? this.#parser.units
    queries.push({ question, end, units, editors: this.#prompts, edited: this.#lineEditor })
  }

  #switched(final: string, modes: readonly number[], end: number): void {
    if (final !== 'h' && final !== 'l') return
    const on = final === 'h'
    if (modes.some((mode) => mode === 1049 || mode === 1047 || mode === 47)) {
      this.#switchScreen(on, end)
      this.#fresh.switched(on, modes.includes(1049), end)
    }
    if (modes.includes(1)) this.#applicationCursor = on
    if (!modes.includes(2004)) return
    this.#lineEditor = on
    this.#prompted = false
    if (on) this.#prompts++
    else this.#editorOff = { offset: end, units: this.#mutedAt ?? this.#parser.units }
  }

  #switchScreen(on: boolean, offset: number): void {
    this.#told.switches.push({ on, offset })
    this.#fullScreen = on
  }

  #run(bytes: Uint8Array, from: number, to: number): void {
    this.#prompted = true
    this.#fresh.drew()
    for (let i = from; i < to && !this.#openLine; i++) this.#openLine = bytes[i] !== 0x20
  }
}
