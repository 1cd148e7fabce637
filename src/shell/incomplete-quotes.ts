/** Behind the quote that ends what began before `at`; past the end of the text where none does. */
export function behindQuote(text: string, at: number, quote: string, escapes: boolean): number {
  for (let i = at; i < text.length; i++) {
    if (text[i] === quote) return i + 1
    if (escapes && text[i] === '\\') i++
  }
  return text.length + 1
}
