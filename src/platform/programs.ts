import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/**
 * Where a program is: `override` if given, else `name`, looked up on `path` as execvp would, absolute
 * directories only. @returns its absolute path, or null
 */
export function findProgram(
  name: string,
  override: string | undefined,
  path: string | undefined,
): string | null {
  const wanted = override || name
  if (wanted.includes('/')) return isAbsolute(wanted) && isExecutable(wanted) ? wanted : null
  for (const directory of (path || '/usr/local/bin:/usr/bin:/bin').split(delimiter)) {
    const file = join(directory, wanted)
    if (isAbsolute(directory) && isExecutable(file)) return file
  }
  return null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
