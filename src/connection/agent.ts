import { execFileSync } from 'node:child_process'
import { lstatSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'

/**
 * The ssh agent's socket where the system keeps it, for a client that was started without SSH_AUTH_SOCK: MCP
 * clients on desktops often strip the environment. Only a socket of our own counts. @returns its path, or null
 */
export function findAgent(env: Readonly<Record<string, string>>): string | null {
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${userInfo().uid}`
  const { homedir } = userInfo()
  const places = [
    // systemd's ssh-agent.service (Debian, Arch), GNOME (two generations), GnuPG, KDE, 1Password, OpenSSH 10.1.
    ...['openssh_agent', 'ssh-agent.socket', 'gcr/ssh', 'keyring/ssh', 'gnupg/S.gpg-agent.ssh'].map((name) =>
      join(runtime, name),
    ),
    join(homedir, '.1password/agent.sock'),
    join(homedir, '.ssh/agent.sock'),
  ]
  return places.find(isOwnSocket) ?? (process.platform === 'darwin' ? launchdAgent() : null)
}

function isOwnSocket(path: string): boolean {
  try {
    const stat = lstatSync(path)
    return stat.isSocket() && stat.uid === process.getuid?.()
  } catch {
    return false
  }
}

/** macOS has one agent for each login, which launchd starts on demand at a path that it alone knows. */
function launchdAgent(): string | null {
  try {
    const options = { encoding: 'utf8' as const, timeout: 1000 }
    const path = execFileSync('/bin/launchctl', ['getenv', 'SSH_AUTH_SOCK'], options).trim()
    return path !== '' && isOwnSocket(path) ? path : null
  } catch {
    return null
  }
}
