import { invalidParams } from './rpc-error.js'

/** Entries of a list that one answer has at most: 30 KB of resources. */
export const PAGE_SIZE = 100

/** One page of what is in a list now, in the order of the keys. What comes or goes meanwhile moves nothing else. */
export function pageOf<T>(
  all: readonly { key: string; listed: T }[],
  cursor: string | undefined,
): { page: T[]; nextCursor?: string } {
  const after = cursor === undefined ? null : keyOf(cursor)
  const sorted = [...all].sort((a, b) => (a.key < b.key ? -1 : 1))
  const left = after === null ? sorted : sorted.filter(({ key }) => key > after)
  const entries = left.slice(0, PAGE_SIZE)
  const page = entries.map(({ listed }) => listed)
  const last = entries.at(-1)
  return last && left.length > PAGE_SIZE ? { page, nextCursor: cursorAfter(last.key) } : { page }
}

/** A list that is always given whole has no cursor. @throws where one is given */
export function checkOnlyPage(cursor: string | undefined): void {
  if (cursor !== undefined) throw unknownCursor()
}

const MARK = 'after:'

const cursorAfter = (key: string): string => Buffer.from(MARK + key).toString('base64url')

function keyOf(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  const isOurs = text.startsWith(MARK) && cursorAfter(text.slice(MARK.length)) === cursor
  if (!isOurs) throw unknownCursor()
  return text.slice(MARK.length)
}

const unknownCursor = (): Error =>
  invalidParams('cursor is none that was given out. Ask for the list from its beginning, without a cursor.')
