import { invalid } from '../common/errors.js'
import { MAX_INPUT_BYTES } from '../common/limits.js'
import { type KeyModes, keysToInput } from '../terminal/keys.js'

/** What a write sends: the text as it is, and then the keys. @throws validation_error; nothing is sent then */
export function typedInput(
  input: string | undefined,
  keys: readonly string[] | undefined,
  modes?: KeyModes,
): string {
  if (input === undefined && keys === undefined) throw invalid('Give input, keys or both.')
  const typed = (input ?? '') + keysToInput(keys ?? [], modes)
  if (!typed.isWellFormed())
    throw invalid('input holds half of a UTF-16 pair (a lone surrogate), which is no text.')
  const bytes = Buffer.byteLength(typed)
  if (bytes <= MAX_INPUT_BYTES) return typed
  throw invalid(
    `input has ${bytes} bytes, and one write takes at most ${MAX_INPUT_BYTES} (4 MiB). Nothing was sent. ` +
      'Send it in parts, or as a file.',
  )
}
