import { ToolError } from '../common/errors.js'
import type { Executor } from '../connection/exec.js'
import type { Opening } from '../connection/opening.js'
import type { Connection } from '../connection/resolve.js'

/**
 * Takes a path from its input, and says whether something has it for its name, or else fits it as a pattern. The
 * shell's patterns are those of rsync; a word that nothing fits stays as it is.
 */
const LOOK = `p=$(cat; printf .)
p=\${p%.}
if [ -e "$p" ] || [ -L "$p" ]; then echo literal; exit; fi
IFS=
set -- $p
if [ "$#" = 1 ] && [ "$1" = "$p" ]; then echo nothing; else echo pattern; fi`
const LOOK_MS = 30_000

/**
 * What a remote path that could be a pattern is there: something by that very name, `pattern` where other names fit it,
 * or nothing at all; `unknown` where nobody can be asked. @throws connection_failed
 */
export async function lookAt(
  executor: Executor,
  connection: Connection,
  path: string,
  opening: Opening,
): Promise<'literal' | 'pattern' | 'nothing' | 'unknown'> {
  const request = {
    ...{ command: LOOK, cwd: null, env: {}, shell: 'sh', stdin: path, terminal: false },
    ...{ timeoutMs: LOOK_MS, max: 1000 },
  }
  try {
    const { stdout } = await executor.run(connection, request, opening)
    const answer = stdout.trim()
    return answer === 'literal' || answer === 'pattern' || answer === 'nothing' ? answer : 'unknown'
  } catch (error) {
    // Without a POSIX shell the command is refused before it is sent.
    if (error instanceof ToolError && error.type === 'validation_error') return 'unknown'
    throw error
  }
}
