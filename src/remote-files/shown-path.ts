import { shownName } from '../common/shown-name.js'

/**
 * A file by the name that leads to it from where the caller stands.
 * @param path the directory that was looked through @param relative null for the path itself
 */
export function below(path: string, relative: Buffer | null): string {
  if (!relative) return shownName(Buffer.from(path))
  if (path === '.' || path === './') return shownName(relative)
  return shownName(Buffer.concat([Buffer.from(path.endsWith('/') ? path : `${path}/`), relative]))
}
