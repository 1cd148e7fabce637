import { expandBraces } from './glob-braces.js'
import { globSteps, type Step } from './glob-steps.js'

const SLASH = 0x2f
const ONE_CHARACTER: ReadonlySet<string> = new Set(['literal', 'any', 'class'] satisfies Step['kind'][])

/** A glob pattern; `*`, `?` and classes match hidden names too, and never a slash. */
export class Glob {
  readonly #alternatives: Alternative[]

  /** @throws validation_error for one that stands for too much */
  constructor(pattern: string) {
    this.#alternatives = expandBraces(pattern).map((one) => new Alternative(globSteps(one)))
  }

  /** @param path relative to where the pattern holds, without `./` */
  matches(path: string): boolean {
    return this.#alternatives.some((one) => one.matches(path))
  }
}

/**
 * All places of the pattern where a match may stand are followed side by side, so that the time is at most the
 * product of the two lengths, whatever they are; and a pattern that is longer than a path is no match at once.
 */
class Alternative {
  readonly #steps: readonly Step[]
  /** Text that every match ends in: what most paths are told from at once. */
  readonly #ending: string
  /** Characters that every match has at least. */
  readonly #least: number
  /** For each place, the character of the path for which it was entered last. */
  readonly #entered: Int32Array
  /** Places that wait for the next character, and those for the one after it. */
  #now: number[] = []
  #next: number[] = []

  constructor(steps: readonly Step[]) {
    this.#steps = steps
    const last = steps.findLastIndex(({ kind }) => kind !== 'literal')
    const literals = steps.slice(last + 1)
    this.#ending = literals
      .map((step) => (step.kind === 'literal' ? String.fromCodePoint(step.code) : ''))
      .join('')
    this.#least = steps.filter(({ kind }) => ONE_CHARACTER.has(kind)).length
    this.#entered = new Int32Array(steps.length + 1)
  }

  matches(path: string): boolean {
    if (path.length < this.#least || !path.endsWith(this.#ending)) return false
    this.#entered.fill(-1)
    this.#next.length = 0
    this.#enter(0, 0, true)
    for (let at = 0; at < path.length; ) {
      const code = path.codePointAt(at) as number
      at += code > 0xffff ? 2 : 1
      this.#swap()
      if (this.#now.length === 0) return false
      for (const place of this.#now) this.#step(place, code, at)
    }
    return this.#next.includes(this.#steps.length)
  }

  #swap(): void {
    const done = this.#now
    this.#now = this.#next
    this.#next = done
    done.length = 0
  }

  /** What a place makes of a character, which ends before `at`. */
  #step(place: number, code: number, at: number): void {
    const step = this.#steps[place]
    if (!step) return
    if (step.kind === 'rest') this.#enter(place, at, false)
    else if (step.kind === 'directories') this.#enter(place, at, code === SLASH)
    else if (step.kind === 'star') {
      if (code !== SLASH) this.#enter(place, at, false)
    } else if (fits(step, code)) this.#enter(place + 1, at, true)
  }

  /** @param fresh whether what may be empty may be left out from here: directories only where a part begins */
  #enter(place: number, at: number, fresh: boolean): void {
    const kind = this.#steps[place]?.kind
    const skips = kind === 'star' || kind === 'rest' || (kind === 'directories' && fresh)
    if (this.#entered[place] !== at) {
      this.#entered[place] = at
      this.#next.push(place)
    }
    if (skips) this.#enter(place + 1, at, true)
  }
}

function fits(step: Step, code: number): boolean {
  if (step.kind === 'literal') return step.code === code
  if (code === SLASH) return false
  if (step.kind !== 'class') return true
  return step.ranges.some(([from, to]) => code >= from && code <= to) !== step.negated
}
