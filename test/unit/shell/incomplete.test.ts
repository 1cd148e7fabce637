import { describe, expect, it } from 'vitest'
import { isIncomplete } from '../../../src/shell/incomplete.js'
import {
  FISH_OPEN,
  FISH_REFUSED,
  FISH_WHOLE,
  JOINED,
  NOT_JOINED,
  POSIX_OPEN,
  POSIX_REFUSED,
  POSIX_WHOLE,
} from './incomplete-table.js'

describe('isIncomplete', () => {
  it.each([...POSIX_OPEN, ...JOINED])('would have a POSIX shell wait: %j', (text) => {
    expect(isIncomplete(text, 'posix')).toBe(true)
  })

  it.each([...POSIX_WHOLE, ...POSIX_REFUSED, ...NOT_JOINED])('is complete for a POSIX shell: %j', (text) => {
    expect(isIncomplete(text, 'posix')).toBe(false)
  })

  it.each([...FISH_OPEN, 'echo a\\', 'echo a \\', '\\', 'for x'])('would have fish wait: %j', (text) => {
    expect(isIncomplete(text, 'fish')).toBe(true)
  })

  it.each([...FISH_WHOLE, ...FISH_REFUSED, '# a\\', 'echo a\\\\', 'echo a\\\n'])(
    'is complete for fish: %j',
    (text) => {
      expect(isIncomplete(text, 'fish')).toBe(false)
    },
  )

  // What a search from every one of them to the end would take minutes for.
  it.each([
    '(',
    '((',
    '{ ',
    '$(',
    '$((',
    '"$((',
    "'$((",
    '((\'"',
    '`',
    '"${',
    'if ',
    '[[ ',
    'a[',
    'a=(',
    '\\',
    '<<E\n',
    '\\\n',
    '<<-\\E\nE\\\n',
    '[',
    'a[]',
    '\\(',
    '(( ) ',
    '((\n) ',
    'a(',
    'f() ',
    'case x in ',
    'x=$((((',
    "echo '",
    'if a; then b; fi; ',
  ])('reads 200,000 times %j in a moment', { timeout: 3000 }, (part) => {
    for (const language of ['posix', 'fish'] as const) isIncomplete(part.repeat(200_000), language)
  })
})
