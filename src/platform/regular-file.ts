import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * The beginning of a text file, of at most so many bytes; null where there is none that can be read. What is no
 * regular file is not waited for: a pipe's other end may never come.
 */
export async function readRegularFile(path: string, most: number): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch(
    () => null,
  )
  try {
    const found = await file?.stat()
    if (!file || !found?.isFile()) return null
    const buffer = Buffer.alloc(Math.min(most, found.size))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    return null
  } finally {
    await file?.close()
  }
}
