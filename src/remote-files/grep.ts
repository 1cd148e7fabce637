import { customAlphabet } from 'nanoid'
import { invalid } from '../common/errors.js'
import { checkTexts } from '../ssh/remote-command.js'
import { pathLine, textLine } from './encoding.js'
import { FoundLines } from './found-lines.js'
import { Glob } from './glob-matcher.js'
import { globPrefilter } from './glob-prefilter.js'
import { GrepStream } from './grep-stream.js'
import { type Answer, type Remote, runScript } from './run-script.js'
import { below } from './shown-path.js'
import { GREP_SCRIPT } from './walk-scripts.js'

type GrepMode = 'files_with_matches' | 'content' | 'count'

export interface GrepRequest {
  path: string
  /** An extended regular expression. */
  pattern: string
  /** Which files below a directory are searched; null for all. */
  glob: string | null
  ignoreCase: boolean
  mode: GrepMode
  /** Lines shown before and after a match. */
  before: number
  after: number
  maxLines: number | null
  /** Most UTF-16 units of text. */
  maxChars: number
}

/** What a walk over files brought. */
export interface Found {
  text: string
  /** Lines of the text, but for those between files. */
  count: number
  truncated: boolean
  timedOut: boolean
  /** In a sentence; null if all is well. */
  warning: string | null
}

const newWord = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 24)

/** @throws remote_file_error, or validation_error for a pattern that is none */
export async function grep(remote: Remote, request: GrepRequest): Promise<Found> {
  checkPattern(request)
  const found = new FoundLines(request.maxLines, request.maxChars)
  const word = newWord()
  const matches = new Matches(request, found)
  const stream = new GrepStream(word, matches)
  const { path, pattern, glob, ignoreCase } = request
  const prefilter = glob === null ? '' : globPrefilter(glob)
  const fields = [pattern, prefilter, word, ignoreCase ? '-i' : '', secondPass(request)]
  const answer = await runScript(remote, {
    text: GREP_SCRIPT,
    input: [pathLine(path), ...fields.map(textLine)],
    path,
    take: (chunk) => stream.push(chunk),
    enough: found.enough,
  })
  stream.finish()
  const between = request.mode === 'content' && request.before + request.after > 0 ? ['--'] : []
  return foundBy(answer, found, found.text(between), matches.cutLines)
}

function checkPattern({ pattern, glob }: GrepRequest): void {
  checkTexts({ pattern, glob: glob ?? '' })
  if (pattern.includes('\n'))
    throw invalid('pattern holds a line end, but is matched against single lines. Search for one of them.')
}

function secondPass({ mode, before, after }: GrepRequest): string {
  // GNU's grep parts matches by lines of dashes as soon as context is asked for, be it none.
  if (mode === 'content') return before + after > 0 ? `-n -B ${before} -A ${after}` : '-n'
  return mode === 'count' ? '-c' : ''
}

/** @param cutLines whether lines were cut that are given */
export function foundBy(answer: Answer, found: FoundLines, text: string, cutLines = false): Found {
  const unread = Number(/^\s*(\d+)\s*$/.exec(answer.stderr)?.[1] ?? 0)
  const files = unread === 1 ? 'One file or directory' : `${unread} files or directories`
  const could = unread > 0 ? `${files} could not be read, so there may be more.` : null
  return {
    text,
    count: found.count,
    truncated: found.truncated || answer.timedOut || cutLines,
    timedOut: answer.timedOut,
    warning: [could, answer.warning].filter((part) => part !== null).join(' ') || null,
  }
}

/** Makes lines of what grep says of each file. */
class Matches {
  readonly #request: GrepRequest
  readonly #found: FoundLines
  readonly #glob: Glob | null
  /** The file of the lines that come; null where it is none that is asked for. */
  #name: string | null = null
  cutLines = false

  constructor(request: GrepRequest, found: FoundLines) {
    this.#request = request
    this.#found = found
    this.#glob = request.glob === null ? null : new Glob(request.glob)
  }

  file(name: Buffer): void {
    const relative = name.length > 0 ? name.subarray('./'.length) : null
    const wanted = !relative || (this.#glob?.matches(relative.toString('utf8')) ?? true)
    this.#name = wanted ? below(this.#request.path, relative) : null
    if (this.#name === null) return
    this.#found.group(name)
    if (this.#request.mode === 'files_with_matches') this.#found.add(this.#name)
  }

  line(text: string, whole: boolean): void {
    if (this.#name === null) return
    if (!whole) this.cutLines = true
    const [, number, sign, rest] = /^(\d+)([:-])(.*)$/s.exec(text) ?? []
    if (this.#request.mode === 'count') this.#found.add(`${this.#name}:${text}`)
    else this.#found.add(number === undefined ? text : `${this.#name}${sign}${number}${sign}${rest}`)
  }
}
