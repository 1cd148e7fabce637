import { ToolError } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import type { Masters } from '../connection/masters.js'
import type { Opening } from '../connection/opening.js'
import type { Connection } from '../connection/resolve.js'
import { findProgram } from '../platform/programs.js'
import { type ScpArgs, scpArgv } from '../ssh/copy-argv.js'
import { atLeast } from '../ssh/version.js'
import { OutputCapture } from '../terminal/output-capture.js'
import { type CopierEnd, runCopier } from './copier.js'
import { onSeat } from './seated.js'

const STDERR_CHARS = 8000

export type ScpPaths = Pick<ScpArgs, 'direction' | 'sources' | 'destination' | 'recursive' | 'preserveTimes'>

export interface ScpEnd extends CopierEnd {
  stderr: string
  /** Whether its middle was left out. */
  truncated: boolean
}

/** Whatever an ssh that rides on a master needs, and how long it may take. */
export interface Riding {
  masters: Masters
  connection: Connection
  caller: Caller
  opening: Opening
  /** Milliseconds; null for any time. */
  timeoutMs: number | null
}

/** Runs the real scp over the shared connection. @throws connection_failed or validation_error if there is none */
export async function runScp(riding: Riding, paths: ScpPaths): Promise<ScpEnd> {
  const { masters, connection, opening, timeoutMs } = riding
  const file = scpProgram(riding.caller)
  checkVersion(connection)
  const { ssh, target } = connection
  const { result } = await onSeat(masters, connection, opening, async ({ controlPath }) => {
    const stderr = new OutputCapture(STDERR_CHARS)
    const args = scpArgv({ ...paths, controlPath, ssh: ssh.program, version: ssh.version, host: target.host })
    const end = await runCopier({
      ...{ file, args, timeoutMs, env: ssh.env, cwd: '/', signal: opening.signal },
      onStdout: () => {},
      onStderr: (chunk) => stderr.add(chunk),
    })
    const { text: said, truncated } = stderr.finish()
    return {
      result: { ...end, stderr: said, truncated },
      words: end.code === 0 ? '' : wordsOfSsh(said, file),
    }
  })
  return result
}

/** scp gives its ssh no place of its own for what it says, and names files, which may be called like anything. */
const wordsOfSsh = (said: string, file: string): string =>
  said
    .split('\n')
    .filter((line) => !line.startsWith('scp: ') && !line.startsWith(`${file}: `))
    .join('\n')

/** An older scp would have the remote shell read the names; one that tells no version is not OpenSSH's, and may know better. */
function checkVersion({ ssh: { version } }: Connection): void {
  if (version[0] === 0 || atLeast(version, 8, 7)) return
  throw new ToolError(
    'validation_error',
    `The OpenSSH client here is version ${version.join('.')}, whose scp cannot copy safely; it takes 8.7 or later. Use ssh_sync.`,
  )
}

function scpProgram({ env }: Caller): string {
  const file = findProgram('scp', env.SSH_MCP_SCP_BIN, env.PATH)
  if (file) return file
  throw new ToolError(
    'validation_error',
    `The program '${env.SSH_MCP_SCP_BIN || 'scp'}' was not found on this machine. Install the OpenSSH client, or set SSH_MCP_SCP_BIN to its absolute path.`,
  )
}
