import { ToolError } from '../common/errors.js'
import { Forbidden } from './forbidden.js'
import { shownName } from './shown-name.js'

/** Status codes of the protocol (draft-ietf-secsh-filexfer-02, section 7). */
export const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3

const failed = (message: string): ToolError => new ToolError('remote_file_error', message)

/** @param code of SFTP @param text the server's own words */
export function remoteFailure(target: string, path: string, code: number, text: string): ToolError {
  const where = `${shownName(path)} on ${target}`
  switch (code) {
    case NO_SUCH_FILE:
      return failed(`There is no ${where}.`)
    case PERMISSION_DENIED:
      return new Forbidden(
        'remote_file_error',
        `Permission denied: ${where}. Choose a path that the remote user may use, or go through /tmp and ssh_exec with sudo.`,
      )
    default:
      return failed(`The server could not do it with ${where}: ${text || `error ${code}`}.`)
  }
}

export const noSftp = (target: string): ToolError =>
  failed(
    `${target} has no SFTP server, which this tool and scp need. Use ssh_sync where rsync is installed; else ssh_exec: ` +
      "'ls -la' to list, 'cat FILE' to read, 'cat > FILE' with stdin to write.",
  )

export const startFilesPrint = (target: string): ToolError =>
  failed(
    `A start file of the shell on ${target} (such as ~/.bashrc) prints text, which spoils file transfer. Make it print ` +
      'only in interactive shells; until then use ssh_exec with stdin.',
  )
