import { CharacterSets, graphicOf } from './line-drawing.js'
import type { Size } from './sizes.js'
import { EDITS } from './text-edits.js'
import { type GridSink, type Place, TextGrid } from './text-grid.js'
import { resizeGrid } from './text-reflow.js'
import { columnsOf } from './width.js'

/** A terminal that knows text only: what a stream's characters and sequences do to the rows of its screen. */
export class TextTerminal {
  grid: TextGrid
  readonly #sink: GridSink
  readonly #sets = new CharacterSets()
  /** The main screen while the other one is drawn. */
  #main: TextGrid | null = null
  /** Whether the last thing that came was a character, which a repeat sequence means. */
  #printed = false

  constructor(size: Size, place: Place, sink: GridSink) {
    this.#sink = sink
    this.grid = new TextGrid(size, place, sink)
  }

  resize(size: Size): void {
    resizeGrid(this.grid, size)
    if (this.#main) resizeGrid(this.#main, size)
  }

  /** Prints ASCII, of which the first character stands at a place. */
  print(text: string, { offset, units }: Place): void {
    if (this.#sets.graphics) {
      for (let i = 0; i < text.length; i++)
        this.grid.put(graphicOf(text[i] as string), 1, { offset: offset + i, units: units + i })
    } else {
      for (let i = 0; i < text.length; )
        i += this.grid.write(i === 0 ? text : text.slice(i), { offset: offset + i, units: units + i })
    }
    this.#printed = true
  }

  printCharacter(character: string, point: number, place: Place): void {
    this.grid.put(character, columnsOf(point), place)
    this.#printed = true
  }

  /** A sequence that changes nothing here came between. */
  interrupt(): void {
    this.#printed = false
  }

  /** SO and SI. */
  shift(set: 0 | 1): void {
    this.#sets.shift(set)
  }

  designate(intermediate: string, final: string): void {
    this.#sets.designate(intermediate, final)
  }

  /** A control character that is no line end (C0 and C1). */
  control(code: number, place: Place): void {
    const { grid } = this
    if (code === 0x0d) grid.column = 0
    else if (code === 0x08) grid.move(0, -1)
    else if (code === 0x09) grid.tab()
    else if (code === 0x88) grid.tabs.set(grid.column, grid.cols)
    else if (code === 0x8d) grid.reverse(place)
  }

  lineFeed(toFirstColumn: boolean, place: Place): void {
    if (toFirstColumn) this.grid.column = 0
    this.grid.lineFeed(place)
  }

  /** ESC and a final byte, but for IND and NEL. */
  escape(final: string, place: Place): void {
    const { grid } = this
    if (final === '7') this.save()
    else if (final === '8') this.restore()
    else if (final === 'H') grid.tabs.set(grid.column, grid.cols)
    else if (final === 'M') grid.reverse(place)
    else if (final === 'c') {
      grid.flush(place)
      grid.goTo(0, 0)
      grid.tabs.reset()
      this.reset()
    }
  }

  /** A control sequence without prefix and intermediates. */
  csi(final: string, params: readonly number[], place: Place): void {
    const count = Math.max(params[0] ?? 0, 1)
    if (final === 's') this.save()
    else if (final === 'u') this.restore()
    else if (final === 'b') this.#repeat(count, place)
    else EDITS[final]?.(this.grid, params, count, place)
  }

  /** Over a row at most: more is nobody's real output, and would cost as much as it says. */
  #repeat(count: number, place: Place): void {
    if (!this.#printed) return
    const { text, width } = this.grid.current.before(this.grid.column)
    for (let i = 0; i < Math.min(count, this.grid.cols); i++) this.grid.put(text, width, place)
  }

  /** Draws on the other screen, which begins empty, or on the main one again. */
  draw(onOther: boolean, place: Place): void {
    if (onOther === (this.#main !== null)) return
    this.#sink.left?.()
    const { cols, height } = this.grid
    const next = this.#main ?? new TextGrid({ cols, rows: height }, place, this.#sink)
    this.#main = onOther ? this.grid : null
    this.grid = next
  }

  save(): void {
    this.grid.save()
    this.#sets.save()
  }

  restore(): void {
    this.grid.restore()
    this.#sets.restore()
  }

  /** Modes and margins as they are at first. */
  reset(): void {
    const { grid } = this
    grid.wraps = true
    grid.inserts = false
    grid.fromTop = false
    grid.top = 0
    grid.bottom = grid.height - 1
    this.#sets.reset()
  }
}
