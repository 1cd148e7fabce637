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

/** An error with one or two sentences for the caller: what is wrong, and what to do next. */
export class ToolError extends Error {
  readonly type: ErrorType

  constructor(type: ErrorType, message: string) {
    super(message)
    this.name = 'ToolError'
    this.type = type
  }
}

export const invalid = (message: string): ToolError => new ToolError('validation_error', message)

/** The system's name of an error (`ENOSPC`), or '' where it has none. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
