import { behindQuote } from './incomplete-quotes.js'

/** A list of commands, or text in double quotes that one may stand in. */
interface Frame {
  readonly kind: 'list' | 'double'
  /** Blocks that `end` closes. */
  blocks: number
  /** Where a command may begin; behind `not` and the like it cannot begin with `and` or `or`. */
  stage: 'command' | 'negated' | 'else' | 'words'
  /** A word that begins a block unless it stands alone or has an option, as `if --help` has. */
  head: string
  /** Whether a command must follow: behind `|`, `&&` and `||`. */
  needs: boolean
  /** Whether the next word is a redirection's target. */
  redirect: boolean
  /** Where the present word began; -1 between words. */
  word: number
}

const HEADS = new Set(['begin', 'if', 'while', 'for', 'switch', 'function'])
const NEGATIONS = new Set(['not', '!', 'time'])
/** Those whose next word is a command. */
const BEFORE_COMMANDS = new Set(['begin', 'if', 'while'])
const OPERATOR = /&&|\|\||&\||&>>?|&|\||;|>\||>>?[?&]?|<[?&]?/y
const META = /[ \t\n;&|<>()]/

const frameOf = (kind: Frame['kind']): Frame => ({
  kind,
  blocks: 0,
  stage: 'command',
  head: '',
  needs: false,
  redirect: false,
  word: -1,
})

/** What fish makes of a word in which nothing is expanded; a keyword may be quoted. */
const unquoted = (source: string): string =>
  source.replace(/\\(.)|'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)"/gsu, (whole, escaped, single, double) => {
    if (escaped === '\n') return ''
    // Most letters mean a control character, which no keyword has.
    return /^[a-fnrtuvx\d]$/i.test(escaped ?? '') ? whole : (escaped ?? single ?? double)
  })

/** Reads a text as fish does, without running it. @returns whether something is open at its end */
export const isFishIncomplete = (text: string): boolean => new FishScanner(text).incomplete

class FishScanner {
  readonly #text: string
  readonly #frames: Frame[] = [frameOf('list')]
  #at = 0
  #refused = false
  #joined = false

  constructor(text: string) {
    this.#text = `${text}\n`
    while (this.#at < this.#text.length) this.#step()
  }

  get incomplete(): boolean {
    if (this.#at > this.#text.length || this.#joined || this.#frames.length > 1) return true
    return !this.#refused && (this.#top.blocks > 0 || this.#top.needs)
  }

  get #top(): Frame {
    return this.#frames.at(-1) as Frame
  }

  #step(): void {
    const frame = this.#top
    const c = this.#text[this.#at] as string
    if (frame.kind === 'double') this.#inDoubleQuotes(c)
    else if (frame.word >= 0) this.#inWord(frame, c)
    else if (c === ' ' || c === '\t') this.#at++
    else if (c === '\\' && this.#text[this.#at + 1] === '\n') this.#escaped()
    else if (c === '#') this.#at = this.#text.indexOf('\n', this.#at)
    else if (c === ')') this.#closeParenthesis()
    else if (c === '\n') {
      this.#at++
      this.#endStatement(frame)
    } else if (c === '(' || !META.test(c)) frame.word = this.#at
    else this.#operator(frame)
  }

  #inDoubleQuotes(c: string): void {
    if (c === '\\') this.#escaped()
    else if (c === '"') this.#frames.length = this.#frames.length - 1
    else if (c === '$' && this.#text[this.#at + 1] === '(') {
      this.#at++
      this.#frames.push(frameOf('list'))
    }
    this.#at += c === '\\' ? 0 : 1
  }

  #inWord(frame: Frame, c: string): void {
    const blank = this.#text[this.#at - 1]
    if (c === '\\') this.#escaped()
    // Behind a blank there is a comment, even where the blank is escaped and belongs to the word.
    else if (c === '#' && (blank === ' ' || blank === '\t')) this.#at = this.#text.indexOf('\n', this.#at)
    else if (c === "'") this.#at = behindQuote(this.#text, this.#at + 1, c, true)
    else if (c === '"' || c === '(') {
      this.#at++
      this.#frames.push(frameOf(c === '(' ? 'list' : 'double'))
    } else if (META.test(c)) this.#endWord(frame)
    else this.#at++
  }

  #escaped(): void {
    this.#joined = this.#at + 2 === this.#text.length
    this.#at += 2
  }

  #closeParenthesis(): void {
    this.#at++
    const frame = this.#top
    this.#endStatement(frame)
    // A block that is open within closed parentheses is an error.
    if (this.#frames.length === 1 || frame.blocks > 0 || frame.needs) this.#refused = true
    if (this.#frames.length > 1) this.#frames.length = this.#frames.length - 1
  }

  #operator(frame: Frame): void {
    OPERATOR.lastIndex = this.#at
    const operator = OPERATOR.exec(this.#text)?.[0] as string
    this.#at += operator.length
    if (operator.endsWith('|') || operator === '&&') {
      this.#endStatement(frame)
      frame.needs = true
    } else if (operator === ';' || operator === '&') {
      if (frame.needs) this.#refused = true
      this.#endStatement(frame)
    } else frame.redirect = true
  }

  #endStatement(frame: Frame): void {
    if (frame.head === 'begin') frame.blocks++
    if (frame.redirect) this.#refused = true
    frame.head = ''
    frame.redirect = false
    frame.stage = 'command'
  }

  #endWord(frame: Frame): void {
    const source = this.#text.slice(frame.word, this.#at)
    frame.word = -1
    if (/^\d+$/.test(source) && '<>'.includes(this.#text[this.#at] as string)) return
    const redirected = frame.redirect
    frame.redirect = false
    if (!redirected) this.#word(frame, unquoted(source))
  }

  #word(frame: Frame, word: string): void {
    frame.needs = false
    if (frame.head !== '') {
      const opens = !word.startsWith('-')
      if (opens) frame.blocks++
      frame.stage = opens && BEFORE_COMMANDS.has(frame.head) ? 'command' : 'words'
      frame.head = ''
    }
    if (frame.stage !== 'words') this.#commandWord(frame, word)
  }

  #commandWord(frame: Frame, word: string): void {
    if (
      NEGATIONS.has(word) ||
      /^\w+=/.test(word) ||
      (frame.stage === 'command' && /^(?:and|or)$/.test(word))
    ) {
      frame.stage = 'negated'
      return
    }
    const elseIf = frame.stage === 'else' && word === 'if'
    frame.stage = elseIf ? 'command' : word === 'else' ? 'else' : 'words'
    if (HEADS.has(word) && !elseIf) frame.head = word
    if (word !== 'end') return
    if (frame.blocks > 0) frame.blocks--
    else this.#refused = true
  }
}
