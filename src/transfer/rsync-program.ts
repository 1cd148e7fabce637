import { childEnvironment } from '../common/environment.js'
import { invalid } from '../common/errors.js'
import { CHILD_TIMEOUT_MS } from '../common/limits.js'
import type { Caller } from '../connection/caller.js'
import { runChild } from '../platform/child.js'
import { findProgram } from '../platform/programs.js'
import { parseRsyncVersion, type RsyncVersion } from '../ssh/rsync-words.js'

export interface RsyncProgram extends RsyncVersion {
  file: string
  env: Record<string, string>
}

/** rsync shows names that are no UTF-8 as numbers, and all others as they are, only where the locale knows UTF-8. */
const LOCALE = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
const INSTEAD = 'Install rsync 3, set SSH_MCP_RSYNC_BIN to its absolute path, or use ssh_scp.'

/** The rsync of a caller's. @throws validation_error if there is none that can be used */
export async function rsyncProgram(caller: Caller): Promise<RsyncProgram> {
  const wanted = caller.env.SSH_MCP_RSYNC_BIN
  const file = findProgram('rsync', wanted, caller.env.PATH)
  if (!file) throw invalid(`The program '${wanted || 'rsync'}' was not found on this machine. ${INSTEAD}`)
  const env = { ...childEnvironment(caller.env), LC_ALL: LOCALE }
  const { stdout } = await runChild(file, ['--version'], { env, timeoutMs: CHILD_TIMEOUT_MS })
  const version = parseRsyncVersion(stdout)
  if (version?.secluded) return { ...version, file, env }
  const found = version ? `version ${version.text}` : 'another program of that name'
  throw invalid(`${file} is ${found}, which cannot send names as they are (-s). ${INSTEAD}`)
}
