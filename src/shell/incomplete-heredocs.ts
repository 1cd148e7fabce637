export interface Heredoc {
  end: string
  /** `<<-`: tabs before a line do not count. */
  tabs: boolean
  /** A quoted delimiter: no backslash joins two lines. */
  raw: boolean
}

/** The here documents named in a line, which follow it in the same order. */
export class Heredocs {
  pending: readonly Heredoc[] = []

  /** @param word the delimiter as it is written */
  add(word: string, tabs: boolean): void {
    this.pending = [...this.pending, { end: withoutQuotes(word), tabs, raw: /['"\\]/.test(word) }]
  }

  /** @returns where the line behind the last of them begins; past the end of the text if one is open */
  behind(text: string, at: number): number {
    let next = at
    for (const heredoc of this.pending) next = behindOne(heredoc, text, next)
    this.pending = []
    return next
  }
}

function behindOne({ end, tabs, raw }: Heredoc, text: string, from: number): number {
  let before = ''
  for (let at = from; at < text.length; ) {
    const feed = text.indexOf('\n', at)
    const next = feed < 0 ? text.length : feed + 1
    const part = before + text.slice(at, feed < 0 ? text.length : feed)
    const line = tabs ? part.replace(/^\t+/, '') : part
    if (line === end) return next
    // A joined line can still become the end while it is no longer than that.
    before = !raw && endsInBackslash(line) ? line.slice(0, -1).slice(0, end.length + 1) : ''
    at = next
  }
  return text.length + 1
}

/** Whether an odd number of backslashes ends the line. */
function endsInBackslash(line: string): boolean {
  let count = 0
  while (line[line.length - 1 - count] === '\\') count++
  return count % 2 === 1
}

/** What the shell makes of a quoted word that holds nothing to expand. */
function withoutQuotes(word: string): string {
  const parts = word.matchAll(/\$?'([^']*)'|\$?"((?:[^"\\]|\\.)*)"|\\(\n|.)|([^'"\\$]+|\$)/gsu)
  return [...parts]
    .map(([, single, double, escaped, plain]) => {
      if (escaped !== undefined) return escaped === '\n' ? '' : escaped
      return single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? plain ?? ''
    })
    .join('')
}
