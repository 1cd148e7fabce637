import { invalid } from '../common/errors.js'
import { fromText } from './raw-path.js'
import type { Sftp } from './sftp.js'

/**
 * What a caller means by a remote path, as a latin1 string: relative to the home directory, where SFTP begins, with
 * `~` and `~user` as a shell reads them. Empty it means the home directory itself.
 */
export async function remotePath(sftp: Sftp, text: string): Promise<string> {
  if (text.includes('\0')) throw invalid('A remote path must not hold a NUL.')
  const path = fromText(text)
  if (/^~\/*$/.test(path)) return '.'
  if (path.startsWith('~/')) return path.replace(/^~\/+/, '')
  return path.startsWith('~') ? ofUser(sftp, path) : path || '.'
}

/** A file whose name begins so is meant before anybody's home is. */
const ofUser = async (sftp: Sftp, path: string): Promise<string> =>
  (await sftp.lstat(path)) ? path : sftp.expanded(path)
