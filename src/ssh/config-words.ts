/** A line of ssh's configuration: its keyword in small letters, and its arguments. */
export interface ConfigLine {
  keyword: string
  values: string[]
}

/** The lines of a configuration file that say something, read as ssh reads them; what ssh would refuse is left out. */
export function configLines(text: string): ConfigLine[] {
  return text.split('\n').flatMap((line) => {
    const [, keyword, rest] = /^\s*"?([^\s=#"]+)"?(?:\s*=\s*|\s+)(.*)$/s.exec(line) ?? []
    const values = rest === undefined ? null : words(rest)
    return keyword && values && values.length > 0 ? [{ keyword: keyword.toLowerCase(), values }] : []
  })
}

/** Words between blanks, with quotes and backslashes taken away, up to a comment; null where a quote is never closed. */
function words(text: string): string[] | null {
  const found: string[] = []
  for (let at = 0; ; ) {
    while (at < text.length && BLANK.test(text[at] as string)) at++
    if (at >= text.length || text[at] === '#') return found
    const word = wordAt(text, at)
    if (!word) return null
    found.push(word.word)
    at = word.end
  }
}

const BLANK = /\s/

function wordAt(text: string, start: number): { word: string; end: number } | null {
  let word = ''
  let quote = ''
  let at = start
  for (; at < text.length; at++) {
    const character = text[at] as string
    if (character === '\\' && protects(text[at + 1] ?? '', quote)) word += text[++at]
    else if (quote === '' && BLANK.test(character)) break
    else if (quote === '' && (character === '"' || character === "'")) quote = character
    else if (character === quote) quote = ''
    else word += character
  }
  return quote === '' ? { word, end: at } : null
}

/** A backslash is one, unless it stands before what would mean something there. */
const protects = (next: string, quote: string): boolean =>
  next === '"' || next === "'" || next === '\\' || (next === ' ' && quote === '')
