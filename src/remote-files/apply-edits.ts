import { setImmediate as turn } from 'node:timers/promises'
import { invalid, ToolError } from '../common/errors.js'
import { findBytes } from './find-bytes.js'

/** Looking through less takes no time to speak of. */
const TURN_BYTES = 256 * 1024

export interface Edit {
  oldText: string
  newText: string
}

/**
 * Replaces texts that occur exactly once, each in the result of those before; the file need not be UTF-8.
 * @throws remote_file_error that says which edit did not fit, and how often its text occurs
 */
export async function applyEdits(bytes: Buffer, edits: readonly Edit[], path: string): Promise<Buffer> {
  checkEdits(edits)
  let done = bytes
  for (const [index, edit] of edits.entries()) {
    const wanted = Buffer.from(edit.oldText)
    const { first, count } = findBytes(done, wanted)
    if (count !== 1) throw misfit(index, edits.length, count, path)
    const rest = done.subarray(first + wanted.length)
    done = Buffer.concat([done.subarray(0, first), Buffer.from(edit.newText), rest])
    // A hundred edits of eight megabytes are seconds: others come in between.
    if (done.length > TURN_BYTES) await turn()
  }
  return done
}

/** @throws validation_error */
export function checkEdits(edits: readonly Edit[]): void {
  for (const [index, { oldText, newText }] of edits.entries()) {
    if (oldText === '') throw invalid(`edits.${index}: old_str is empty; give the text to replace.`)
    if (!oldText.isWellFormed() || !newText.isWellFormed())
      throw invalid(`edits.${index} holds half of a UTF-16 pair, which no file takes.`)
  }
}

function misfit(index: number, of: number, count: number, path: string): ToolError {
  const which = `Edit ${index + 1} of ${of}: its old_str`
  const before = index > 0 ? ' after the edits before it' : ''
  const text =
    count === 0
      ? `${which} is not found in ${path}${before}. It must be there exactly, blanks and line ends included; look with ssh_view.`
      : `${which} is found ${count.toLocaleString('en-US')} times in ${path}${before}. Give more of the text around it.`
  return new ToolError('remote_file_error', `${text} Nothing was changed.`)
}
