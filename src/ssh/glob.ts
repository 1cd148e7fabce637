/**
 * Whether a pattern of ssh_config, in which only `*` and `?` are special, stands for the whole text.
 * Goes back to the last star only, so the time is at most the product of both lengths.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let begin = 0
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at++
      begin = i
    } else if (pattern[at] === '?' || pattern[at] === text[i]) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++begin
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}
