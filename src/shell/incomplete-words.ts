import type { FrameKind, Stage } from './incomplete-frames.js'
import type { ShellState } from './incomplete-state.js'

const OPENERS = new Map<string, FrameKind>([
  ['if', 'if'],
  ['while', 'loop'],
  ['until', 'loop'],
  ['for', 'for'],
  ['select', 'for'],
  ['case', 'case'],
  ['{', 'brace'],
  ['[[', 'condition'],
])
const CLOSERS = new Map<string, readonly FrameKind[]>([
  ['fi', ['if']],
  ['done', ['loop', 'for']],
  ['esac', ['case']],
  ['}', ['brace']],
])
const MIDDLES = new Map<string, readonly FrameKind[]>([
  ['then', ['if']],
  ['elif', ['if']],
  ['else', ['if']],
  ['do', ['loop', 'for']],
])
/** Words behind which a command begins. */
const PREFIXES = new Set(['!', 'time', '-p', '--'])

/** Takes a word that has ended in a list of commands. */
export function takeWord(word: string, state: ShellState): void {
  const frame = state.top
  frame.needs = false
  switch (frame.stage) {
    case 'words':
    case 'for-words':
      return
    case 'prefixed':
      frame.stage = stageBehind(word)
      return
    case 'command':
    case 'after':
    case 'coproc':
      return takeCommandWord(word, state)
    case 'function-name':
      frame.stage = 'command'
      frame.needs = true
      return
    case 'for-do':
      return takeLoopBody(word, state)
    default:
      return takeHead(word, state)
  }
}

function takeCommandWord(word: string, state: ShellState): void {
  const frame = state.top
  if (takeEnd(word, state)) return
  const opens = OPENERS.get(word)
  if (frame.stage === 'after' && word !== '{') return refuse(state)
  if (opens) return openBlock(opens, state)
  if (word === 'function') frame.stage = 'function-name'
  else if (word === 'coproc') frame.stage = 'coproc'
  // It may be the name of the one, with a compound command behind it.
  else if (frame.stage === 'coproc') frame.stage = 'command'
  else if (!PREFIXES.has(word)) frame.stage = stageBehind(word)
}

const stageBehind = (word: string): Stage =>
  /^[A-Za-z_]\w*(?:\[.*\])?\+?=/s.test(word) ? 'prefixed' : 'words'

function refuse(state: ShellState): void {
  state.top.stage = 'words'
  state.refuse()
}

/** A brace behind the condition of `if` and `while` is zsh's short form, where `}` may end it in other places. */
function openBlock(kind: FrameKind, state: ShellState): void {
  const { top } = state
  if (top.stage === 'after' && (top.kind === 'if' || top.kind === 'loop')) abandon(state)
  state.open(kind)
}

/** Takes a word that ends a compound command or a part of it. */
function takeEnd(word: string, state: ShellState): boolean {
  const frame = state.top
  const closes = CLOSERS.get(word)
  const divides = MIDDLES.get(word)
  if (!closes && !divides) return false
  if (!(closes ?? divides ?? []).includes(frame.kind)) state.refuse()
  else if (closes) state.close()
  if (divides) frame.stage = 'command'
  return true
}

function takeLoopBody(word: string, state: ShellState): void {
  if (word === 'do') {
    state.top.stage = 'command'
    return
  }
  // `for …; { …; }`, and zsh's `for … command`, have no `done`.
  state.close()
  state.top.stage = 'command'
  takeWord(word, state)
}

/** Takes a word of what stands between `for`, `select` or `case` and their commands. */
function takeHead(word: string, state: ShellState): void {
  const frame = state.top
  switch (frame.stage) {
    case 'for-name':
      frame.stage = 'for-in'
      return
    case 'for-in':
      if (word === 'in') frame.stage = 'for-words'
      else if (word === 'do') frame.stage = 'command'
      else abandon(state)
      return
    case 'case-word':
      frame.stage = 'case-in'
      return
    case 'case-in':
      if (word === 'in') frame.stage = 'case-first-pattern'
      else abandon(state)
      return
    case 'case-first-pattern':
      if (word === 'esac') state.close()
      else frame.stage = 'case-pattern'
  }
}

function abandon(state: ShellState): void {
  state.close()
  state.refuse()
}

/** What a line's end does in a list of commands. */
export function endLine(state: ShellState): void {
  const frame = state.top
  if (
    frame.stage === 'words' ||
    frame.stage === 'prefixed' ||
    frame.stage === 'after' ||
    frame.stage === 'coproc'
  )
    frame.stage = 'command'
  else if (frame.stage === 'for-words') frame.stage = 'for-do'
  else if (frame.stage === 'for-name' || frame.stage === 'case-word') abandon(state)
  if (frame.redirect !== '') state.refuse()
  frame.redirect = ''
}
