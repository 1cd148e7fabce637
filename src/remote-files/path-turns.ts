import { posix } from 'node:path'
import { unlessAborted } from '../connection/opening.js'
import { type Connection, sharingKey } from '../connection/resolve.js'

const last = new Map<string, Promise<unknown>>()

/**
 * Lets edits of one path wait for each other: an agent may send several at once, and each is to find what the one
 * before has made of it.
 */
export async function inTurn<T>(
  connection: Connection,
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([sharingKey(connection), posix.normalize(path)])
  const before = last.get(key) ?? Promise.resolve()
  // Who gives up waiting still holds its place until those before are done.
  const mine = unlessAborted(before, signal).then(work)
  const over = Promise.allSettled([before, mine])
  last.set(key, over)
  try {
    return await mine
  } finally {
    void over.then(() => last.get(key) === over && last.delete(key))
  }
}
