/** The kinds of errors a caller can act on; the names are part of the public contract. */
export type ErrorType =
  | 'validation_error'
  | 'session_not_found'
  | 'forward_not_found'
  | 'remote_file_error'
  | 'policy_denied'
  | 'connection_failed'
  | 'limit_reached'
  | 'internal_error'

/** Some of a message may be a caller's or a server's text: nothing that acts on a terminal or is not to be seen. */
const visible = (message: string): string => message.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')

/** An error with one or two sentences for the caller: what is wrong, and what to do next. */
export class ToolError extends Error {
  readonly type: ErrorType
  /** What there is to read all the same, by its name among the fields. */
  readonly text: Readonly<Record<string, string>>

  constructor(type: ErrorType, message: string, text: Readonly<Record<string, string>> = {}) {
    super(visible(message))
    this.name = 'ToolError'
    this.type = type
    this.text = text
  }
}

export const invalid = (message: string): ToolError => new ToolError('validation_error', message)

/** The system's name of an error (`ENOSPC`), or '' where it has none. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
