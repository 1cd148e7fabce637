import type { Look } from '../connection/look.js'
import type { ShellEvidence } from '../shell/evidence.js'
import { type ShellKind, shellKindOf } from '../shell/kinds.js'
import { asksInWords, isShellPrompt } from '../shell/prompt-text.js'
import type { WaitEnd } from './conditions.js'

/** What of the stream is looked at beside the processes. */
export interface ScreenFacts {
  lineEditor: boolean
  fullScreen: boolean
  openLine: boolean
  /** How long nothing has been printed, in milliseconds. */
  silentMs: number
  /** The line that has not ended, as text. */
  line: string
}

/**
 * What is to be done about a shell that does not report: `arm` it; ask it first what it is (`identify`), where no
 * process can be seen; wait until it is at its prompt (`later`); or leave what is there alone.
 */
export type Arming = { act: 'arm'; kind: ShellKind; pid: number } | { act: 'identify' | 'later' | 'leave' }

/**
 * @param look what was seen of the remote's processes; null where there is nothing to be seen
 * @param foreign whether a second channel leads to something that is no shell, as a forced command does
 */
export function armingFor(look: Look | null, screen: ScreenFacts, foreign = false): Arming {
  const evidence = look?.evidence ?? null
  if (foreign) return { act: 'leave' }
  // A start file may leave the other screen on.
  if (evidence?.kind === 'shell') return armingOfShell(evidence, screen)
  if (screen.fullScreen) return { act: 'later' }
  const blind = evidence === null || evidence.kind === 'relay' || evidence.kind === 'unreadable'
  return { act: blind && isShellPrompt(screen.line, screen.lineEditor) ? 'identify' : 'leave' }
}

function armingOfShell(evidence: ShellEvidence, screen: ScreenFacts): Arming {
  const kind = shellKindOf(evidence.comm, evidence.exe)
  if (!kind) return { act: 'leave' }
  return atPrompt(kind, evidence, screen) ? { act: 'arm', kind, pid: evidence.pid } : { act: 'later' }
}

function atPrompt(
  kind: ShellKind,
  shell: ShellEvidence,
  { lineEditor, openLine, line }: ScreenFacts,
): boolean {
  if (shell.reading === false) return false
  const known = isShellPrompt(line, lineEditor)
  const edited = !shell.canonical && !shell.echo
  if (kind === 'zsh' || kind === 'fish') {
    const shown = isShellPrompt(line, true)
    // Either may read an answer in its line editor while it reads a start file.
    return !shell.canonical && (shown ? lineEditor || edited : lineEditor && !shell.sourcing)
  }
  if (kind === 'bash') return edited && (lineEditor || known)
  // These have line editors that say nothing of themselves, or none at all.
  if (shell.sourcing) return false
  if (kind === 'dash' && shell.readBytes !== null) return shell.reading === true && shell.readBytes > 1
  // busybox uses its line editor for no `read`.
  if (kind === 'ash' && !shell.canonical && shell.reading) return true
  return openLine && (known || (shell.reading === true && (kind === 'dash' || !shell.canonical)))
}

/**
 * Whom a silent program in front waits for: the end of a wait; `quiet` where only silence can tell; null if it works.
 * Words on the screen count only where nothing else can be known, and are called a pattern.
 */
export function frontVerdict(look: Look | null, screen: ScreenFacts, arming: Arming): WaitEnd | null {
  const evidence = look?.evidence ?? null
  const inWords = screen.openLine && asksInWords(screen.line) ? 'pattern' : null
  switch (evidence?.kind) {
    case 'password':
      return 'password_prompt'
    case 'line':
      return 'needs_input'
    case 'keys':
      // Some tools listen for keys while they work and show how far they are.
      return showsItself(screen) || screen.silentMs >= KEYS_MS ? 'needs_input' : null
    case 'working':
      return null
    case 'shell':
      return arming.act === 'arm' ? null : shellVerdict(evidence)
    case 'unreadable':
      return evidence.canonical && evidence.echo === false ? 'password_prompt' : inWords
    default:
      return inWords ?? 'quiet'
  }
}

/** Silence after which a program that listens for keys is taken to wait for them, in milliseconds. */
const KEYS_MS = 1000

const showsItself = ({ fullScreen, lineEditor, line }: ScreenFacts): boolean =>
  fullScreen || lineEditor || /[>:)?\]] $/.test(line)

/** A shell that reads without being at its prompt: its own `read` waits. */
function shellVerdict({ canonical, echo, reading }: ShellEvidence): WaitEnd | null {
  if (!reading) return null
  return canonical && !echo ? 'password_prompt' : 'needs_input'
}

/** After a line editor came up its prompt follows within the same write, or stood before it. */
const EDITOR_MS = 2
const UNPROMPTED_MS = 20
/** Silence on an unfinished line, where a shell without such an editor may be at its prompt. */
const OPEN_LINE_MS = 100
/** Silence of a command after which it may be waiting for input. */
const SILENCE_MS = 200

/** How long a terminal has to be silent before a look at who is in front is worth its while, in milliseconds. */
export function silenceBeforeLook(
  { lineEditor, prompted }: { lineEditor: boolean; prompted: boolean },
  reports: boolean,
): number {
  if (lineEditor) return prompted ? EDITOR_MS : UNPROMPTED_MS
  return reports ? SILENCE_MS : OPEN_LINE_MS
}
