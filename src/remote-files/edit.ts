import { ToolError } from '../common/errors.js'
import { applyEdits, checkEdits, type Edit } from './apply-edits.js'
import { checksumsOf } from './checksums.js'
import { Collected } from './collected.js'
import { newSuffix } from './create.js'
import { EDIT_READ_SCRIPT, EDIT_WRITE_SCRIPT } from './edit-scripts.js'
import { pathLine, textLine } from './encoding.js'
import { fileError } from './failures.js'
import { MAX_FILE_BYTES } from './limits.js'
import { octalMode } from './mode.js'
import { inTurn } from './path-turns.js'
import { type Remote, runScript, tooLate, writtenTooLate } from './run-script.js'

/** A file as it was read: where it is when links are followed, and what it must still be when it is written. */
interface Original {
  file: Buffer
  mode: string
  uid: string
  gid: string
  bytes: Buffer
}

/**
 * Replaces texts in a file, all or none.
 * @returns its new size in bytes @throws remote_file_error, validation_error
 */
export async function edit(remote: Remote, path: string, edits: readonly Edit[]): Promise<number> {
  checkEdits(edits)
  const line = pathLine(path)
  return inTurn(remote.connection, path, remote.opening.signal, async () => {
    const original = await read(remote, path, line)
    const bytes = await applyEdits(original.bytes, edits, JSON.stringify(path))
    if (bytes.length > MAX_FILE_BYTES) throw tooLarge(remote, path, bytes.length)
    await write(remote, path, original, bytes)
    return bytes.length
  })
}

async function read(remote: Remote, path: string, line: string): Promise<Original> {
  const taken = new Collected(MAX_FILE_BYTES + 1)
  const input = [line, textLine(String(MAX_FILE_BYTES))]
  const answer = await runScript(remote, { text: EDIT_READ_SCRIPT, input, path, take: taken.take })
  if (answer.timedOut || answer.code === null) throw tooLate(path)
  if (answer.code !== 0)
    throw new ToolError(
      'remote_file_error',
      `${JSON.stringify(path)} could not be read; nothing was changed.`,
    )
  const [, mode = '', uid = '', gid = ''] = answer.fields
  return { file: answer.raw[4] as Buffer, mode, uid, gid, bytes: taken.bytes }
}

async function write(remote: Remote, path: string, original: Original, bytes: Buffer): Promise<void> {
  const { file, mode, uid, gid } = original
  const { sha256, cksum, md5 } = checksumsOf(original.bytes)
  const lines = [
    newSuffix(),
    String(bytes.length),
    octalMode(mode),
    `${mode} ${uid} ${gid}`,
    sha256,
    cksum,
    md5,
  ]
  const input = [file, ...lines].map(textLine)
  await runScript(remote, {
    text: EDIT_WRITE_SCRIPT,
    input: [...input, bytes],
    path,
    take: () => {},
    late: writtenTooLate,
  })
}

function tooLarge({ connection }: Remote, path: string, bytes: number): ToolError {
  return fileError({ what: 'large', words: `${bytes} bytes` }, { path, target: connection.target.typed })
}
