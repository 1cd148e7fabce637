import { BASH_SCRIPT } from './arm-bash.js'
import { FISH_SCRIPT } from './arm-fish.js'
import { ASH_SCRIPT, POSIX_SCRIPT } from './arm-posix.js'
import { ZSH_SCRIPT } from './arm-zsh.js'
import { type Exchange, payloadOf, scriptLines } from './feed.js'
import type { ShellKind } from './kinds.js'

const SCRIPTS: Readonly<Record<ShellKind, string>> = {
  bash: BASH_SCRIPT,
  zsh: ZSH_SCRIPT,
  fish: FISH_SCRIPT,
  dash: POSIX_SCRIPT,
  ash: ASH_SCRIPT,
  ksh: POSIX_SCRIPT,
}

/** What arms a shell that is at its prompt; `nonce` are up to 12 letters and digits. */
export function armingExchange(kind: ShellKind, nonce: string): Exchange {
  const lines = scriptLines(SCRIPTS[kind], nonce)
  const line = kind === 'fish' ? fishLine(lines.length, nonce) : posixLine(lines.length, nonce)
  return { line: `${line}\r`, payload: payloadOf(lines) }
}

/** The backslashes pass by aliases; the trap gives the echo back whatever happens, Ctrl-C too. */
const posixLine = (count: number, nonce: string): string =>
  ` __sm=$?;\\eval "$(trap '\\stty echo;exit' 0 2;\\stty -echo&&\\printf '\\33]133;I;n=${nonce}\\7'>&2&&\\head -n${count})"`

const fishLine = (count: number, nonce: string): string =>
  ` set __sm $status;eval (stty -echo;builtin printf '\\e]133;I;n=${nonce}\\a'>&2;command head -n${count};stty echo)`

/** What says that the shell's line editor takes input: the B mark, bracketed paste switched on, or both. */
export interface ReadySign {
  inputMark: boolean
  editor: boolean
}

/**
 * By the shell's kind and the words its S mark gave; neither sign means that D is the last there is. ksh sets its
 * terminal just after B, with no further sign.
 */
export function readySign(kind: ShellKind, traits: readonly string[] = []): ReadySign {
  if (kind === 'fish') return traits.includes('noeditor') ? INPUT_MARK : EDITOR
  if (kind === 'zsh') return traits.includes('noeditor') ? INPUT_MARK : EDITOR
  return traits.includes('nobmark') ? EDITOR : INPUT_MARK
}

const INPUT_MARK: ReadySign = { inputMark: true, editor: false }
const EDITOR: ReadySign = { inputMark: false, editor: true }
