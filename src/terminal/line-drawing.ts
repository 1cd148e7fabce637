/** What the DEC special graphics set (`ESC ( 0`) shows for the ASCII characters from `_` to `~` (VT100 user guide, table 3-9). */
const GRAPHICS = ' ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·'

/** The character of the special graphics set in place of an ASCII one. */
export const graphicOf = (character: string): string => GRAPHICS[character.charCodeAt(0) - 0x5f] ?? character

/**
 * Which character set is in use: programs designate one as G0 or G1 (`ESC (`, `ESC )`) and shift between them
 * (SI, SO). Only the special graphics differ from ASCII here.
 */
export class CharacterSets {
  #graphics: [boolean, boolean] = [false, false]
  #shifted: 0 | 1 = 0
  #saved: [[boolean, boolean], 0 | 1] = [[false, false], 0]

  /** Whether ASCII means graphics now. */
  get graphics(): boolean {
    return this.#graphics[this.#shifted]
  }

  /** A sequence ESC, intermediate, final. */
  designate(intermediate: string, final: string): void {
    if (intermediate === '(') this.#graphics[0] = final === '0'
    else if (intermediate === ')') this.#graphics[1] = final === '0'
  }

  shift(set: 0 | 1): void {
    this.#shifted = set
  }

  save(): void {
    this.#saved = [[...this.#graphics], this.#shifted]
  }

  restore(): void {
    this.#graphics = [...this.#saved[0]]
    this.#shifted = this.#saved[1]
  }

  reset(): void {
    this.#graphics = [false, false]
    this.#shifted = 0
  }
}
