import type { CompleteResult } from '@modelcontextprotocol/sdk/types.js'

/** Values that the protocol allows in one answer. */
const MOST_VALUES = 100

/** What of all values begins with what was typed, large and small letters alike. */
export function completed(all: readonly string[], typed: string): CompleteResult {
  const begin = typed.toLowerCase()
  const fitting = [...new Set(all)].filter((value) => value.toLowerCase().startsWith(begin))
  const values = fitting.slice(0, MOST_VALUES)
  return { completion: { values, total: fitting.length, hasMore: fitting.length > values.length } }
}
