/** How a session's shell is to be started on the remote. */
export interface ShellStart {
  cwd: string | null
  env: Record<string, string>
  shell: string | null
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
 * quote, `!` and newline, so text with any of these travels as octal digits that printf turns back.
 */
function anyShellQuoted(script: string): string {
  if (/^[ -~]*$/.test(script) && !/['\\!]/.test(script)) return `'${script}'`
  const octal = [...Buffer.from(script)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  return `'eval "$(printf "${octal}")"'`
}
