/**
 * What a program asks its terminal, by the names of xterm's control sequences (ctlseqs): `attributes` is DA1 or DECID,
 * `version` DA2, `status` DSR 5, `cursor` CPR, or with its `?` DECXCPR.
 */
export type Question =
  | { readonly ask: 'attributes' | 'version' | 'status' | 'text-size' | 'screen-size' }
  | { readonly ask: 'cursor'; readonly extended: boolean }
  /** `which` as the answer has it, such as `4;17` or `11`; the answer ends as its question did: with BEL, or ST. */
  | { readonly ask: 'colour'; readonly which: string; readonly bell: boolean }

/** A question in a stream. */
export interface Query {
  question: Question
  /** Offset of the byte behind it. */
  end: number
  /** Text units before it, and how often a line editor had come up. */
  units: number
  editors: number
  /** Whether a line editor was on. */
  edited: boolean
}

/** By prefix and final byte, and then by the first parameter. A flood of them must not cost more than other output. */
const QUESTIONS: ReadonlyMap<string, ReadonlyMap<number, Question>> = new Map([
  ['c', new Map([[0, { ask: 'attributes' }]])],
  ['>c', new Map([[0, { ask: 'version' }]])],
  [
    'n',
    new Map<number, Question>([
      [5, { ask: 'status' }],
      [6, { ask: 'cursor', extended: false }],
    ]),
  ],
  ['?n', new Map<number, Question>([[6, { ask: 'cursor', extended: true }]])],
  [
    't',
    new Map<number, Question>([
      [18, { ask: 'text-size' }],
      [19, { ask: 'screen-size' }],
    ]),
  ],
])

/**
 * What a control sequence asks; null if it asks nothing that is answered.
 *
 * Left unanswered is what some terminals answer too, but no program depends on: it asks DA1 behind it, whose answer
 * tells it that there is none, or it does not wait. And each answer does harm where it gets to somebody else as keys:
 * - XTVERSION (CSI > q) and DA3 (CSI = c): `|` and `!` in their answers begin a command in pagers;
 * - DECRQM (CSI ? Ps $ p): nobody keeps modes here, and the answer repeats what was asked and ends in a `y`;
 * - DECRQSS and XTGETTCAP (DCS $ q, DCS + q): the only answer would be a refusal;
 * - the keyboard's protocol (CSI ? u), where silence is the refusal;
 * - CSI 14 t and 16 t: there are no pixels; CSI 20 t, 21 t and OSC 52: titles and clipboards are not for reading;
 * - DECREQTPARM (CSI x), and DSR of printers and the like: nobody asks.
 */
export function askedByCsi(
  final: string,
  prefix: string,
  params: readonly number[],
  intermediates: string,
): Question | null {
  // Nearly all sequences are others, so this comes first.
  if (final !== 'n' && final !== 'c' && final !== 't') return null
  if (params.length > 1 || intermediates !== '') return null
  return QUESTIONS.get(prefix + final)?.get(params[0] ?? 0) ?? null
}

/** DECID, the older form of DA1. */
export const askedByEscape = (final: string, intermediates: string): Question | null =>
  final === 'Z' && intermediates === '' ? { ask: 'attributes' } : null

/** The last of the colours that are asked for by their numbers alone: 10 is that of text, 11 the background's, 12 the cursor's. */
const LAST_COLOUR = 12

/** The colours that an operating system command asks for; one may ask for several. */
export function askedByOsc(payload: string, bell: boolean): Question[] {
  if (!/^(4|1[012]);/.test(payload) || !payload.includes('?')) return []
  const [command, ...words] = payload.split(';')
  const colour = (which: string): Question => ({ ask: 'colour', which, bell })
  if (command === '4') {
    const numbers = words.filter((_, at) => at % 2 === 0 && words[at + 1] === '?')
    return numbers.filter((word) => /^\d{1,3}$/.test(word) && Number(word) < 256).map((n) => colour(`4;${n}`))
  }
  // A second question mark asks for the colour that follows, and so on.
  const first = Number(command)
  const asked = words.map((word, at) => (word === '?' ? first + at : null))
  return asked.filter((n) => n !== null && n <= LAST_COLOUR).map((n) => colour(`${n}`))
}
