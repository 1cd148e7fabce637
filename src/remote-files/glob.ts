import { invalid } from '../common/errors.js'
import { checkTexts } from '../ssh/remote-command.js'
import { pathLine } from './encoding.js'
import { FoundLines } from './found-lines.js'
import { Glob } from './glob-matcher.js'
import { type Found, foundBy } from './grep.js'
import { type Remote, runScript } from './run-script.js'
import { below } from './shown-path.js'
import { GLOB_SCRIPT } from './walk-scripts.js'

export interface GlobRequest {
  path: string
  pattern: string
  maxLines: number | null
  /** Most UTF-16 units of text. */
  maxChars: number
}

/** Longest path that is taken, in bytes; Linux has none above 4 KiB. */
const MAX_PATH_BYTES = 64 * 1024

/** Paths below a directory that match. @throws remote_file_error, validation_error */
export async function glob(remote: Remote, request: GlobRequest): Promise<Found> {
  const { path, pattern, maxLines, maxChars } = request
  checkTexts({ pattern })
  if (/^\/|(?:^|\/)\.\.(?:\/|$)/.test(pattern))
    throw invalid(
      "pattern is relative to 'path'. Give the directory to look through as path, and only the rest here.",
    )
  const wanted = new Glob(pattern)
  const found = new FoundLines(maxLines, maxChars)
  const paths = new PathSplitter((name) => {
    const relative = name.subarray(2)
    if (!wanted.matches(relative.toString('utf8'))) return
    found.group(name)
    found.add(below(path, relative))
  })
  const answer = await runScript(remote, {
    text: GLOB_SCRIPT,
    input: [pathLine(path)],
    path,
    take: (chunk) => found.enough.aborted || paths.push(chunk),
    enough: found.enough,
  })
  return foundBy(answer, found, found.text())
}

/** Cuts a stream at its NULs. */
class PathSplitter {
  readonly #path: (bytes: Buffer) => void
  #held: Buffer = Buffer.alloc(0)

  constructor(path: (bytes: Buffer) => void) {
    this.#path = path
  }

  push(chunk: Buffer): void {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    let from = 0
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      this.#path(bytes.subarray(from, end))
      from = end + 1
    }
    const rest = bytes.subarray(from)
    this.#held = rest.length > MAX_PATH_BYTES ? Buffer.alloc(0) : Buffer.from(rest)
  }
}
