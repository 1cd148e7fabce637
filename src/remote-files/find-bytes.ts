/**
 * Where a text occurs, in time that only grows with both lengths: what is looked for may be long and repeat itself,
 * where a plain search takes hours. Occurrences that overlap count each.
 */
export function findBytes(bytes: Buffer, wanted: Buffer): { first: number; count: number } {
  const borders = bordersOf(wanted)
  let [first, count, matched] = [-1, 0, 0]
  for (let at = 0; at < bytes.length; at++) {
    while (matched > 0 && bytes[at] !== wanted[matched]) matched = borders[matched - 1] as number
    if (bytes[at] === wanted[matched]) matched++
    if (matched < wanted.length) continue
    if (count === 0) first = at + 1 - wanted.length
    count++
    matched = borders[matched - 1] as number
  }
  return { first, count }
}

/** For each beginning of a text, how long the longest beginning of it is that it ends in, short of itself. */
function bordersOf(text: Buffer): Int32Array {
  const borders = new Int32Array(text.length)
  let length = 0
  for (let at = 1; at < text.length; at++) {
    while (length > 0 && text[at] !== text[length]) length = borders[length - 1] as number
    if (text[at] === text[length]) length++
    borders[at] = length
  }
  return borders
}
