/** The words in which devices, Windows and restricted logins say that they do not know a command. */
const COMPLAINTS =
  /not recognized|unrecogni[sz]ed|unknown[ _](?:command|action|verb|option|keyword|git)|invalid (?:input|command|syntax|autocommand)|(?:bad|no such|illegal|ambiguous|incomplete|forbidden|disallowed|unsupported|rejected|restricted) (?:command|input|option)|command (?:is |was )?(?:not|denied|rejected|refused|fail)|syntax error|parse error|\b(?:exec|sh)\b.*(?:not found|restricted)|does not run|not allowed|not permitted|CommandNotFoundException/i

/** More output than this is no complaint. */
const COMPLAINT_CHARS = 4000

/**
 * Whether the other side said that it does not understand a POSIX shell's terms, so that it is sure to have run
 * nothing: only then may a command be sent again, as it is.
 * @param output what it printed instead of the start mark and all that comes behind
 */
export function refusesShell(output: string, mark: string): boolean {
  if (output.length > COMPLAINT_CHARS) return false
  // What repeats our text instead of running it does not understand it.
  return output.includes(mark.slice(4)) || COMPLAINTS.test(output)
}
