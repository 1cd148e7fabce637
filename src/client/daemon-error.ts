import { ToolError } from '../common/errors.js'

/** Something is wrong with the daemon as a whole. @param what a predicate, without the full stop */
export const daemonError = (what: string): ToolError =>
  new ToolError('internal_error', `The ssh-mcp daemon ${what}.`)
