/** One token a match: an escape, a quoted run, a class, a counted repetition, or a character. */
const TOKEN =
  /\\Q.*?(?:\\E|$)|\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|./gsu

/**
 * About how many steps a pattern unrolls to, reckoned before it is compiled: a counted repetition is so many
 * copies of what stands before it, so that a thousand characters could become a million steps.
 */
export function unrolledSteps(pattern: string): number {
  const outer: number[] = []
  let sum = 0
  let last = 0
  const add = (steps: number): void => {
    sum += last
    last = steps
  }
  for (const [token, least, most] of pattern.matchAll(TOKEN)) {
    if (least !== undefined) last *= Math.max(Number(least), Number(most ?? 0), 1)
    else if (token === '(') {
      add(0)
      outer.push(sum)
      sum = 0
    } else if (token === ')') {
      add(0)
      last = sum + 2
      sum = outer.pop() ?? 0
    } else add(token.startsWith('\\Q') ? token.length : 1)
  }
  return outer.reduce((all, steps) => all + steps, sum + last)
}
