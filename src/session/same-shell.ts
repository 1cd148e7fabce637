import type { Look } from '../connection/look.js'
import { shellKindOf } from '../shell/kinds.js'
import { isShellPrompt } from '../shell/prompt-text.js'
import type { ScreenFacts } from './front-rules.js'
import type { ShellState } from './shell-state.js'

/**
 * What a look says of a shell that reports, or did: it wants the rest of a line (`more`); it is at the prompt that it
 * told of, though that does not show (`prompt`); it reads amid a command (`reads`); or none of these is known.
 */
export type SameShell = 'more' | 'prompt' | 'reads' | null

/** Whether the shell in front is the one that stood there before, and what it does. Nothing may be typed into its `read`. */
export function sameShell(look: Look | null, state: ShellState, screen: ScreenFacts): SameShell {
  const { current, running, asksForMore } = state
  const evidence = look?.evidence ?? null
  if (!current || (evidence && evidence.kind !== 'shell')) return null
  // fish has no mark for it: that it has not begun may as well be a prompt that takes its time, or a slow line.
  const sure = current.continuing || evidence?.reading === true
  if (asksForMore && sure && (evidence === null || current.pid === null || evidence.pid === current.pid))
    return 'more'
  if (evidence?.pid !== current.pid || shellKindOf(evidence.comm, evidence.exe) !== current.kind) return null
  if (!evidence.reading) return null
  const canonical = current.kind === 'dash'
  if (!running) return current.count > 0 && evidence.canonical === canonical ? 'prompt' : null
  return isProvenPrompt(evidence, state, screen) ? null : 'reads'
}

/** What shows that a shell which reads amid a command has in truth ended it, without a word. */
function isProvenPrompt(
  { canonical, readBytes }: { canonical: boolean; readBytes: number | null },
  { current, promptedAmid }: ShellState,
  { line, lineEditor }: ScreenFacts,
): boolean {
  // busybox uses its line editor for no `read`; dash's `read` takes one byte at a time.
  if (current?.kind === 'ash' && !canonical) return true
  if (current?.kind === 'dash' && readBytes !== null && readBytes > 1) return true
  return promptedAmid || isShellPrompt(line, lineEditor)
}
