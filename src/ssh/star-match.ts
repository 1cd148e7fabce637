/**
 * Whether pieces of a pattern stand for a whole text of so many characters. A star stands for any number of them,
 * every other piece for one. Goes back to the last star only, so the time is at most the product of both lengths.
 * @param fits whether a piece that is no star stands for the character at a place
 */
export function starMatch<Piece>(
  pieces: readonly Piece[],
  length: number,
  isStar: (piece: Piece) => boolean,
  fits: (piece: Piece, place: number) => boolean,
): boolean {
  let at = 0
  let star = -1
  let begin = 0
  for (let i = 0; i < length; ) {
    const piece = pieces[at]
    if (at < pieces.length && isStar(piece as Piece)) {
      star = at++
      begin = i
    } else if (at < pieces.length && fits(piece as Piece, i)) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++begin
    } else return false
  }
  return pieces.slice(at).every(isStar)
}
