import { renameSync, writeFileSync } from 'node:fs'

/** What `ssh -G -F fallback.conf` gives for a user or port that nothing in the configuration sets. */
export const UNSET_USER = 'ssh-mcp-unset'
export const UNSET_PORT = '65535'

/**
 * Writes a configuration that is the person's own and the system's, with a last word for what neither sets:
 * `ssh -G` does not tell a configured value from one that ssh falls back to.
 */
export function writeFallbackConfig(path: string): void {
  const lines = [
    'Include ~/.ssh/config',
    'Include /etc/ssh/ssh_config',
    'Host *',
    `  User ${UNSET_USER}`,
    `  Port ${UNSET_PORT}`,
  ]
  writeFileSync(`${path}.new`, `${lines.join('\n')}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
