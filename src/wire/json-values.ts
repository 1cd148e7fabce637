/** Values in one message: no call needs a hundredth of it, and each costs up to a microsecond in each place it passes. */
export const MAX_VALUES = 200_000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const BRACE = 0x7b
const BRACKET = 0x5b

/**
 * Whether a JSON text has so many values that to read it would hold up everybody else for seconds. Looked at before
 * it is parsed: what a comma or an opening bracket outside of strings begins is counted, and strings are leapt over.
 */
export function hasTooManyValues(text: string, most = MAX_VALUES): boolean {
  let values = 0
  for (let at = 0; at < text.length && text.length - at + values > most; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COMMA || code === BRACE || code === BRACKET) values++
    if (values > most) return true
  }
  return false
}

/** @param start where its first quote stands @returns where its last one does, or the end where there is none */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at
    while (text.charCodeAt(first - 1) === BACKSLASH) first--
    if ((at - first) % 2 === 0) return at
  }
  return text.length
}
