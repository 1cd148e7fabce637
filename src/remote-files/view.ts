import { isUtf8 } from 'node:buffer'
import { invalid, ToolError } from '../common/errors.js'
import { Collected } from './collected.js'
import { countLines, cutText } from './cut-text.js'
import { type DirectoryEntry, directoryEntries, MAX_ENTRIES } from './directory.js'
import { pathLine, textLine } from './encoding.js'
import { type Remote, runScript, tooLate } from './run-script.js'
import { VIEW_SCRIPT } from './view-script.js'

export interface ViewRequest {
  path: string
  /** First and last line, from 1; a last one of -1 means to the end. Null for the whole. */
  range: readonly [number, number] | null
  maxBytes: number
  /** Most UTF-16 units. */
  maxChars: number
}

export interface ViewedFile {
  kind: 'file'
  content: string
  /** Bytes of the whole file. */
  size: number
  /** Lines of the whole file; null where it is too large to be counted. */
  lines: number | null
  firstLine: number
  lastLine: number
  truncated: boolean
  /** How to read on, in a sentence; null where there is no need. */
  more: string | null
  /** What to know of its characters; null for UTF-8. */
  encoding: string | null
}

export interface ViewedDirectory {
  kind: 'directory'
  entries: DirectoryEntry[]
  /** How many there are, given or not. */
  count: number
}

const MAX_LINE_NUMBER = 2 ** 40

/** @throws remote_file_error, validation_error */
export async function view(remote: Remote, request: ViewRequest): Promise<ViewedFile | ViewedDirectory> {
  const [first, last] = checkedRange(request.range)
  const count = last === -1 ? 0 : last - first + 1
  const wanted = [first, count, request.maxBytes + 1, MAX_ENTRIES].map((number) => textLine(String(number)))
  // A directory's entries take more than its bytes; those are bounded by their number.
  const taken = new Collected(Math.max(request.maxBytes + 1, MAX_DIRECTORY_BYTES))
  const answer = await runScript(remote, {
    text: VIEW_SCRIPT,
    input: [pathLine(request.path), ...wanted],
    path: request.path,
    take: taken.take,
  })
  if (answer.timedOut || answer.code === null) throw tooLate(request.path)
  if (answer.fields[0] === 'directory') return { kind: 'directory', ...directoryEntries(taken.bytes) }
  if (answer.code !== 0)
    throw new ToolError('remote_file_error', `${JSON.stringify(request.path)} could not be read to its end.`)
  return viewedFile(taken.bytes.subarray(0, request.maxBytes + 1), answer.fields, request)
}

/** A name takes at most 255 characters on any file system, of up to four bytes each, and its type a few more. */
const MAX_DIRECTORY_BYTES = MAX_ENTRIES * 1100

function checkedRange(range: ViewRequest['range']): readonly [number, number] {
  if (!range) return [0, -1]
  const [first, last] = range
  if (first < 1 || (last !== -1 && last < first) || Math.max(first, last) > MAX_LINE_NUMBER)
    throw invalid('view_range is [first, last] line, counted from 1; a last of -1 means to the end.')
  return range
}

function viewedFile(bytes: Buffer, fields: readonly string[], request: ViewRequest): ViewedFile {
  const { text, cut, bytes: given } = cutText(bytes, request.maxBytes, request.maxChars)
  const whole = request.range === null && cut === 'not'
  const lines = whole ? countLines(text) : linesOf(fields)
  const firstLine = request.range?.[0] ?? 1
  const lastLine = firstLine + countLines(text) - 1
  if (request.range && text === '' && firstLine > 1) throw beyond(request.path, firstLine, lines)
  return {
    kind: 'file',
    content: text,
    size: whole ? bytes.length : Number(fields[1]),
    lines,
    firstLine,
    lastLine,
    truncated: cut !== 'not',
    more: cut === 'not' ? null : howToGoOn(lastLine, lines, cut === 'inside a line'),
    encoding: isUtf8(bytes.subarray(0, given)) ? null : 'not UTF-8: other bytes are shown as U+FFFD',
  }
}

/** The remote counts line ends, and whether the last byte is one; nothing where the file is too large. */
function linesOf([, size, ends, lastEnds]: readonly string[]): number | null {
  if (ends === '-') return null
  return Number(ends) + (Number(size) > 0 && Number(lastEnds) === 0 ? 1 : 0)
}

function howToGoOn(lastLine: number, lines: number | null, inside: boolean): string {
  if (inside)
    return `Line ${lastLine} is cut: it is longer than max_bytes. Raise that, or take a part of it with ssh_exec (tail -c +N | head -c N).`
  return `Go on with view_range [${lastLine + 1}, ${lines ?? -1}], or raise max_bytes.`
}

const beyond = (path: string, line: number, lines: number | null): ToolError =>
  new ToolError(
    'remote_file_error',
    `${JSON.stringify(path)} has ${lines ?? 'fewer'} lines${lines === null ? ` than ${line}` : `, and no line ${line}`}.`,
  )
