import { customAlphabet } from 'nanoid'
import { invalid } from '../common/errors.js'
import { checkTexts } from '../ssh/remote-command.js'
import { CREATE_SCRIPT } from './create-script.js'
import { pathLine, textLine } from './encoding.js'
import { MAX_FILE_BYTES } from './limits.js'
import { type Remote, runScript, writtenTooLate } from './run-script.js'

/** Part of a temporary file's name, which nobody else has. */
export const newSuffix = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 16)

/** Writes a new file. @returns its size in bytes @throws remote_file_error if there is one, validation_error */
export async function create(remote: Remote, path: string, content: string): Promise<number> {
  if (path.endsWith('/')) throw invalid('path ends in a slash, but is to be the name of a file.')
  checkTexts({ content: content.replaceAll('\0', '') })
  const bytes = Buffer.from(content)
  if (bytes.length > MAX_FILE_BYTES)
    throw invalid(`content is longer than ${MAX_FILE_BYTES} bytes. Transfer a file instead.`)
  const input = [pathLine(path), textLine(newSuffix()), textLine(String(bytes.length)), bytes]
  await runScript(remote, { text: CREATE_SCRIPT, input, path, take: () => {}, late: writtenTooLate })
  return bytes.length
}
