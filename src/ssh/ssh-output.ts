import stripAnsi from 'strip-ansi'

/** What ssh said, made ready for looking things up in it. */
export interface Said {
  /** Its lines, without what it says of its work. */
  text: string
  target: string
  /** Fingerprint of the host key that is on record. */
  known: string | null
}

/** More of what ssh printed, in characters and lines, is not looked at: a changed key's warning takes sixteen. */
const LAST_CHARS = 64 * 1024
const LAST_LINES = 60
/** Of each line; patterns with a gap in them take time that grows faster than the text. */
const LINE_CHARS = 500
/** Longest line of ssh that is quoted, and longest name taken from one; a server may have had a part in it. */
export const QUOTED = 200
export const NAMED = 300

/** ssh's lines without colours, control characters and debug messages but the two that name a key. */
export function linesOf(output: string): string[] {
  return stripAnsi(output.slice(-LAST_CHARS))
    .split(/[\r\n]+/)
    .map((line) => line.slice(0, LINE_CHARS).replaceAll('\t', ' ').replace(/\p{C}/gu, '').trim())
    .filter(
      (line) => line !== '' && (!/^debug\d: /.test(line) || /: Server (?:host|accepts) key: /.test(line)),
    )
    .slice(-LAST_LINES)
}

/** Host and port as ssh named them. */
export function place({ text, target }: Said): string {
  const [, host, port] =
    /(?:connect to (?:host|address)|Connection \w+ (?:by|to)|Connection to|with|disconnect from) (\S+) port (\d+)/.exec(
      text,
    ) ?? []
  return host === undefined || host === 'UNKNOWN' ? target : `${cut(host, NAMED)} port ${port}`
}

/** What the first group of these words that is there holds, cut to the length of a name. */
export function find({ text }: Said, words: RegExp): string | null {
  const match = words.exec(text)
  const value = match?.slice(1).find((group) => group !== undefined)
  return value === undefined ? null : cut(value, NAMED)
}

/** Lines that say nothing of the cause. */
const NOISE =
  /^debug\d: |^Warning: Permanently added|^Pseudo-terminal will not|^@+$|^Connection to \S+ closed\.$|^OpenSSH_\d|^Transferred: sent |^Bytes per second: sent /
/** What ssh says beside it when it was the way to the host that broke. */
export const VIA = /^kex_exchange_identification|UNKNOWN port 65535|^stdio forwarding failed/

/** ssh's last line that means something. */
export const lastLine = ({ text }: Said, but?: RegExp): string | undefined =>
  text.split('\n').findLast((line) => line !== '' && !NOISE.test(line) && !but?.test(line))

/** That line in quotes. */
export function quote(said: Said, but?: RegExp): string {
  const line = lastLine(said, but)
  return line === undefined ? 'nothing' : `"${cut(line, QUOTED)}"`
}

/** The last line that holds these words, in quotes. */
export function quoteOf({ text }: Said, words: RegExp): string {
  return `"${cut(text.split('\n').findLast((line) => words.test(line)) ?? '', QUOTED)}"`
}

/** Half of a character that the cut goes through is left out. */
export const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : text

export const shellQuoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
