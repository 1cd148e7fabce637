import { childEnvironment } from '../common/environment.js'
import { ToolError } from '../common/errors.js'
import { CHILD_TIMEOUT_MS } from '../common/limits.js'
import { runChild } from '../platform/child.js'
import { findProgram } from '../platform/programs.js'
import { parseSshVersion, type SshVersion } from '../ssh/version.js'
import type { Caller } from './caller.js'

/** The ssh client that a caller uses. */
export interface SshClient {
  program: string
  version: SshVersion
  env: Record<string, string>
}

const versions = new Map<string, Promise<SshVersion>>()

/** @throws connection_failed if there is none */
export async function sshClient(caller: Caller): Promise<SshClient> {
  const program = findProgram('ssh', caller.env.SSH_MCP_SSH_BIN, caller.env.PATH)
  if (!program) {
    const wanted = caller.env.SSH_MCP_SSH_BIN || 'ssh'
    throw new ToolError(
      'connection_failed',
      `The program '${wanted}' was not found. Install the OpenSSH client, or set SSH_MCP_SSH_BIN to its absolute path.`,
    )
  }
  const env = { ...childEnvironment(caller.env), TERM: 'xterm-256color' }
  return { program, version: await versionOf(program, env), env }
}

function versionOf(program: string, env: Record<string, string>): Promise<SshVersion> {
  const known = versions.get(program)
  if (known) return known
  const asked = runChild(program, ['-V'], { env, timeoutMs: CHILD_TIMEOUT_MS }).then((result) => {
    // What could not be asked now may be asked the next time.
    if (result.code !== 0) versions.delete(program)
    return parseSshVersion(result.stderr + result.stdout)
  })
  versions.set(program, asked)
  return asked
}
