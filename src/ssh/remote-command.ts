import { invalid } from '../common/errors.js'
import { DEFAULT_COLS, DEFAULT_ROWS } from '../common/limits.js'

/** How a session's shell is to be started on the remote. */
export interface ShellStart {
  cwd: string | null
  env: Record<string, string>
  shell: string | null
}

/** @throws validation_error for a text that cannot be part of a command line, by its name */
export function checkTexts(texts: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (text?.includes('\0') || text?.isWellFormed() === false)
      throw invalid(`${name} holds a NUL or half of a UTF-16 pair, which no remote shell takes.`)
  }
}

/** Shells that know -l; another program given as the shell is started as it is. */
const LOGIN_SHELLS = new Set(['bash', 'zsh', 'fish', 'dash', 'ash', 'sh', 'ksh', 'mksh'])

/**
 * The remote command that starts a login shell in a directory with variables set, or null where ssh's own
 * default, the login shell, is all that is asked for. If the directory does not exist no shell starts.
 */
export function shellCommand({ cwd, env, shell }: ShellStart): string | null {
  if (cwd === null && shell === null && Object.keys(env).length === 0) return null
  const steps = Object.entries(env).map(([name, value]) => `export ${name}=${posixQuoted(value)}`)
  if (cwd !== null) steps.push(`cd ${homeOr(cwd)}`)
  steps.push(`exec ${shellWords(shell)}`)
  return `exec sh -c ${anyShellQuoted(steps.join(' && '))}`
}

function shellWords(shell: string | null): string {
  if (shell === null) return '"$' + '{SHELL:-/bin/sh}" -l'
  const name = shell.slice(shell.lastIndexOf('/') + 1)
  return posixQuoted(shell) + (LOGIN_SHELLS.has(name) ? ' -l' : '')
}

/** A directory for `cd`: `~` and `~/…` mean the remote home, a leading dash is no option. */
function homeOr(cwd: string): string {
  if (cwd === '~') return '"$HOME"'
  if (cwd.startsWith('~/')) return `"$HOME"/${posixQuoted(cwd.slice(2))}`
  return posixQuoted(cwd.startsWith('-') ? `./${cwd}` : cwd)
}

const posixQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * One word for whatever shell the remote user has. In single quotes sh, fish and csh differ over backslash,
 * quote, `!` and newline, and over bytes beyond ASCII in some locales; to cmd.exe and to some devices they are no quotes at
 * all, so that operators would count. Text with any of these goes through printf, in which they are octal digits.
 */
function anyShellQuoted(script: string): string {
  if (/^[ -~]*$/.test(script) && !/['\\!&|<>^";()]/.test(script)) return `'${script}'`
  const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`
  const text = [...Buffer.from(script)].map((byte) => {
    const character = String.fromCharCode(byte)
    if (character === '%') return '%%'
    return /[ -~]/.test(character) && !/['"\\!$`&|<>^;()]/.test(character) ? character : octal(byte)
  })
  return `'eval "$(printf "${text.join('')}")"'`
}

/** A command for ssh_exec, as it was asked for. */
export interface CommandStart extends ShellStart {
  command: string
}

/** How a command announces that it has begun. */
export interface StartMark {
  text: string
  /** Whether both streams are one, so that it is printed once. */
  terminal: boolean
}

/** Login shells that take a command in the terms of POSIX, by the last part of their path. */
const POSIX_SHELLS = new Set(['bash', 'zsh', 'dash', 'ash', 'sh', 'ksh', 'ksh93', 'mksh', 'yash', 'rbash'])

export const isPosixShell = (path: string): boolean => POSIX_SHELLS.has(path.slice(path.lastIndexOf('/') + 1))

/**
 * The command line that runs a command in a directory and with variables of the caller, and first prints a mark on
 * both streams: on standard error with the number of the process, which leads the command's process group, and
 * the path of the user's shell. For a login shell that is not known yet: it is one simple command, so that a
 * remote without a POSIX shell does none of it. The user's shell starts twice.
 */
export function wrappedCommand(start: CommandStart, mark: StartMark): string {
  const shell = start.shell ?? '$SHELL'
  const line = [...preparation(start, mark), executed(shell, start.command)].join('; ')
  return `exec sh -c ${anyShellQuoted(line)}`
}

/** The same for a login shell that is known to be a POSIX one, which then runs the command itself. */
export function inPlaceCommand(start: CommandStart, mark: StartMark): string {
  const command = start.shell === null ? start.command : executed(start.shell, start.command)
  // On one line, so that the shell's messages count lines as the caller does.
  return [...preparation(start, mark), command].join('; ')
}

function preparation({ cwd, env }: CommandStart, { text, terminal }: StartMark): string[] {
  // In two parts, so that what repeats or traces its command line does not print the mark. The backslashes are
  // for start files that make an alias of printf.
  const mark = `${text.slice(0, 4)} ${text.slice(4)}`
  return [
    // An ssh without a terminal of its own has no modes to ask for, and gets one that is raw and of no size.
    ...(terminal
      ? [`stty sane cols ${DEFAULT_COLS} rows ${DEFAULT_ROWS} 2>/dev/null`]
      : [`\\printf "%s%s\\n" ${mark}`]),
    `\\printf "%s%s %s %s\\n" ${mark} $$ "$SHELL"${terminal ? '' : ' >&2'}`,
    ...Object.entries(env).map(([name, value]) => `export ${name}=${posixQuoted(value)}`),
    ...(cwd === null
      ? []
      : [`CDPATH= cd ${homeOr(cwd)} || { echo ${posixQuoted(nowhere(cwd))} >&2; exit 1; }`]),
  ]
}

function executed(shell: string, command: string): string {
  const program = shell === '$SHELL' ? '"$' + '{SHELL:-/bin/sh}"' : posixQuoted(shell)
  // A command that begins with a dash would be an option of the shell.
  return `exec ${program} -c ${posixQuoted(command.startsWith('-') ? ` ${command}` : command)}`
}

const nowhere = (cwd: string): string =>
  `ssh-mcp: ${cwd} is no directory that can be entered; nothing was run`

/**
 * Ends what a marked command left running: all process groups of its session where /proc tells of them (a program
 * may have made groups of its own, as timeout does), else its own. Politely first, and each group but once, for a
 * second signal ends what a process runs to tidy up after the first; then by force. Prints `gone` or `left`.
 */
export function endCommand(pid: number): string {
  const script =
    `p=${pid}
look() {
  n=0; g=$p
  if [ ! -r /proc/$$/stat ]; then
    l=$(ps -A -o pgid= -o stat= 2>/dev/null) || { kill -0 -$p 2>/dev/null && n=1; return; }
    echo "$l" | grep "^ *$p  *[^Z ]" >/dev/null && n=1
    return
  fi
  for f in /proc/[0-9]*/stat; do
    { read -r l < "$f"; } 2>/dev/null || continue
    set -- $` +
    `{l##*")"}
    [ "$4" = "$p" ] && [ "$1" != Z ] || continue
    n=1
    case " $g " in *" $3 "*) ;; *) g="$g $3";; esac
  done
}
each() { r=1; for x in $g; do kill -$1 -$x 2>/dev/null && r=0; done; return $r; }
rest() {
  sleep 0.05 2>/dev/null || { sleep 1; i=$((i+19)); }
  i=$((i+1))
  if ! each 0; then n=0; elif [ $((i % 10)) = 0 ]; then look; fi
}
look; each TERM
i=0; while [ $i -lt 40 ] && [ $n = 1 ]; do rest; done
if [ $n = 1 ]; then each KILL; i=0; while [ $i -lt 20 ] && [ $n = 1 ]; do rest; done; fi
if [ $n = 1 ]; then echo left; else echo gone; fi`
  return `exec sh -c ${anyShellQuoted(script)}`
}
