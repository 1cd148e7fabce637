import type { Copied } from './copy.js'
import { shownName } from './shown-name.js'

/** Names in a list of what arrived. */
const MAX_NAMED = 50

/** What arrived, and what did not, in lines. */
export function report({ placed, warning }: Copied): string {
  const half = warning === null ? 'incomplete, not kept' : 'incomplete'
  const { files, bytes, incomplete } = placed
  const left = incomplete.slice(0, MAX_NAMED).map((path) => `${half}: ${shownName(path)}`)
  const more = incomplete.length > MAX_NAMED ? [`and ${incomplete.length - MAX_NAMED} more`] : []
  const arrived = `arrived: ${files} ${files === 1 ? 'file' : 'files'}, ${bytes.toLocaleString('en-US')} bytes`
  const names = placed.names.slice(0, MAX_NAMED).map((path) => `  ${shownName(path)}`)
  return [arrived, ...names, ...left, ...more].join('\n')
}
