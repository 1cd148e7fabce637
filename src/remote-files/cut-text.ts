/** What of a text is given, and how it ends. */
export interface CutText {
  text: string
  /** How many of the bytes it stands for. */
  bytes: number
  /** Whether more follows, and whether from the middle of a line. */
  cut: 'not' | 'at a line end' | 'inside a line'
}

/**
 * The beginning of a text, cut at a line end, or, where the first line is longer, at a character.
 * @param maxBytes most bytes @param maxUnits most UTF-16 units
 */
export function cutText(all: Buffer, maxBytes: number, maxUnits: number): CutText {
  const whole = all.toString('utf8', 0, characterEnd(all, maxBytes))
  const fits = all.length <= maxBytes && whole.length <= maxUnits
  if (fits) return { text: whole, bytes: all.length, cut: 'not' }
  const text = whole.slice(0, unitsEnd(whole, maxUnits))
  const lineEnd = text.lastIndexOf('\n') + 1
  if (lineEnd === 0) return { text, bytes: Buffer.byteLength(text), cut: 'inside a line' }
  const lines = text.slice(0, lineEnd)
  return { text: lines, bytes: Buffer.byteLength(lines), cut: 'at a line end' }
}

/** The last place up to `max` that is not within a character of UTF-8. */
function characterEnd(bytes: Buffer, max: number): number {
  if (bytes.length <= max) return bytes.length
  for (let at = max; at > max - 4 && at > 0; at--) {
    if (((bytes[at] as number) & 0xc0) !== 0x80) return at
  }
  return max
}

function unitsEnd(text: string, max: number): number {
  const within = text.charCodeAt(max) >= 0xdc00 && text.charCodeAt(max) <= 0xdfff
  return within && max > 1 ? max - 1 : max
}

/** Lines of a text, an unfinished last one counted. */
export function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return text === '' || text.endsWith('\n') ? count : count + 1
}
