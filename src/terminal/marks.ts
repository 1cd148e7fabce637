/**
 * What a shell of ours reports, as OSC 133 (the semantic prompts of FinalTerm): D a command has finished, A a prompt
 * begins, B input begins, C output begins; and three of our own: P more input is wanted (PS2), I a script or command
 * may be sent now, S the shell is set up.
 */
export type MarkKind = 'A' | 'B' | 'C' | 'D' | 'P' | 'I' | 'S'

export interface Mark {
  kind: MarkKind
  /** Says which setting up of which shell it belongs to. */
  nonce: string
  /** Number of the prompt it belongs to; 0 for I and S. */
  count: number
  /** Exit status of the command that finished (D), else 0. */
  status: number
  /** The working directory (D), null where the shell did not tell it; for S what the shell says of itself. */
  rest: string | null
  /** Absolute offsets of its first byte, and of the first behind it; text units before it. */
  start: number
  end: number
  units: number
  /** How often a line editor had come up before it. */
  editors: number
}

/** Where in a stream a mark stands. */
type Place = Pick<Mark, 'start' | 'end' | 'units' | 'editors'>

const MARK = /^133;([ABCP]|D;(\d{1,3}));n=([a-z0-9]{8,32});k=(\d{1,9})(?:;(.*))?$/su
const BARE_MARK = /^133;([IS]);n=([a-z0-9]{8,32})(?:;(.*))?$/su

/** Reads an OSC's payload as a mark; null for what is none, or not wholly one. */
export function parseMark(payload: string, place: Place): Mark | null {
  const bare = BARE_MARK.exec(payload)
  if (bare) {
    const [, kind, nonce = '', rest] = bare
    return { kind: kind as MarkKind, nonce, count: 0, status: 0, rest: rest ?? null, ...place }
  }
  const found = MARK.exec(payload)
  if (!found) return null
  const [, kind = '', status = '0', nonce = '', count, rest] = found
  const cwd = rest?.startsWith('/') ? rest : null
  return {
    kind: kind[0] as MarkKind,
    nonce,
    count: Number(count),
    status: Number(status),
    rest: cwd,
    ...place,
  }
}

/** Whether an OSC's payload says that a prompt begins, whichever shell says so. */
export const beginsPrompt = (payload: string): boolean => /^133;A(?:;|$)/.test(payload)

/** Raw text without the marks of these nonces. */
export function withoutMarks(text: string, nonces: readonly string[]): string {
  if (nonces.length === 0 || !text.includes('\x1b]133;')) return text
  return text.replace(ANY_MARK, (mark, nonce: string) => (nonces.includes(nonce) ? '' : mark))
}

const ANY_MARK = /\x1b\]133;[A-DIPS](?:;\d{1,3})?;n=([a-z0-9]{8,32})[^\x07\x1b]*\x07/gu
