import { ToolError } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import type { Masters, Seat } from '../connection/masters.js'
import type { Opening } from '../connection/opening.js'
import type { Connection } from '../connection/resolve.js'
import { findProgram } from '../platform/programs.js'
import { type ScpArgs, scpArgv } from '../ssh/copy-argv.js'
import { atLeast } from '../ssh/version.js'
import { OutputCapture } from '../terminal/output-capture.js'
import { type CopierEnd, runCopier } from './copier.js'

/** What ssh says when its master opens no channel for it; and when there is no master, so that it gives up at once. */
const REFUSED = /session request failed|refused session request/
const NO_MASTER = /^ssh: connect to host .* failure\r?$/m
/** A master may go, or be full, just when it is to be used; so often in a row is no coincidence. */
const TRIES = 5
const STDERR_CHARS = 8000

export type ScpPaths = Pick<ScpArgs, 'direction' | 'sources' | 'destination' | 'recursive' | 'preserveTimes'>

export interface ScpEnd extends CopierEnd {
  stderr: string
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
  const { masters, connection, opening } = riding
  const file = scpProgram(riding.caller)
  checkVersion(connection)
  let notThePersons = opening.notThePersons ?? false
  for (let tries = 1; ; tries++) {
    const seat = await masters.seat(connection, { ...opening, notThePersons })
    const end = await once(riding, file, paths, seat)
    const [refused, gone] = [REFUSED.test(end.stderr), NO_MASTER.test(end.stderr)]
    await seat.leave(refused)
    if (end.code === 0 || end.cut || !(refused || gone)) return end
    notThePersons ||= seat.thePersons
    if (tries === TRIES)
      throw new ToolError(
        'connection_failed',
        `${connection.target.typed} opens no channel for scp. Try again later.`,
      )
  }
}

async function once(
  { connection, opening, timeoutMs }: Riding,
  file: string,
  paths: ScpPaths,
  { controlPath }: Seat,
): Promise<ScpEnd> {
  const { ssh, target } = connection
  const stderr = new OutputCapture(STDERR_CHARS)
  const args = scpArgv({ ...paths, controlPath, ssh: ssh.program, version: ssh.version, host: target.host })
  const end = await runCopier({
    ...{ file, args, timeoutMs, env: ssh.env, cwd: connection.cwd, signal: opening.signal },
    onStdout: () => {},
    onStderr: (chunk) => stderr.add(chunk),
  })
  return { ...end, stderr: stderr.finish().text }
}

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
