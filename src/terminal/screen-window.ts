/** A part of a screen's rows. */
export interface ScreenWindow {
  text: string
  /** The screen's row that the text begins with, counted from 1. */
  firstRow: number
  /** Whether rows that are not blank are left out, or one is cut. */
  truncated: boolean
}

/**
 * The text of a screen, of at most `max` UTF-16 units: whole rows without the blank ones at the end. Where that is too
 * long rows go from the top, up to the cursor's, then from the bottom; a row too long by itself is cut.
 */
export function screenWindow(lines: readonly string[], cursorRow: number, max: number): ScreenWindow {
  let last = lines.findLastIndex((line) => line !== '')
  let first = 0
  let length = lines.slice(0, last + 1).reduce((sum, line) => sum + line.length + 1, -1)
  const cursor = Math.min(cursorRow - 1, last)
  for (; length > max && first < cursor; first++) length -= (lines[first] as string).length + 1
  for (; length > max && last > cursor; last--) length -= (lines[last] as string).length + 1
  const text = lines.slice(first, last + 1).join('\n')
  const cut = text.length > max ? wholeCharacters(text, max) : text
  const truncated = first > 0 || lines.slice(last + 1).some((line) => line !== '') || cut !== text
  return { text: cut, firstRow: first + 1, truncated }
}

/** Not cut between a character and its second half or its marks. */
function wholeCharacters(text: string, max: number): string {
  let end = max
  while (end > 0 && /^(?:\p{M}|\u200d|[\udc00-\udfff])/u.test(text.slice(end, end + 2))) end--
  return text.slice(0, end)
}
