import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillHome, type Sshd, startSshd } from './sshd.js'

/** A user of this machine who logs in with a password. */
export interface Account {
  name: string
  password: string
  home: string
  /** Holds the keys that are let in besides. */
  authorizedKeys: string
  remove(): void
}

/** Why no account can be made here; empty where one can. */
export function whyNoAccounts(): string {
  if (process.getuid?.() !== 0) return 'only root can make an account with a password'
  const missing = ['useradd', 'userdel', 'chpasswd'].find((program) => spawnSync(program, ['--help']).error)
  return missing === undefined ? '' : `${missing} is not installed`
}

/** Makes a user with a home and with a password that nobody else has. */
export function makeAccount(): Account {
  const name = `sshmcp-${randomBytes(4).toString('hex')}`
  const password = `pw ${randomBytes(9).toString('hex')} "'$x`
  const home = mkdtempSync(join(tmpdir(), 'account-'))
  const authorizedKeys = join(home, 'authorized_keys')
  fillHome(home)
  writeFileSync(authorizedKeys, '')
  execFileSync('useradd', ['--no-create-home', '--home-dir', home, '--shell', '/bin/bash', name])
  execFileSync('chpasswd', { input: `${name}:${password}\n` })
  execFileSync('chown', ['-R', name, home])
  return {
    name,
    password,
    home,
    authorizedKeys,
    remove: () => {
      spawnSync('userdel', ['--force', name])
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export const WITH_PASSWORD = ['PasswordAuthentication yes']
export const WITH_QUESTIONS = ['UsePAM yes', 'KbdInteractiveAuthentication yes']

/** Starts a server that lets an account in and has in its log what was tried. @param ways lines of sshd_config */
export const startLoginSshd = (account: Account, ways: string[]): Promise<Sshd> =>
  startSshd([
    ...ways,
    'LogLevel DEBUG1',
    `AuthorizedKeysFile ${account.authorizedKeys}`,
    `SetEnv HOME=${account.home}`,
  ])

/** The methods by which clients tried to log in, one for each try, in their order; `publickey` in all its forms. */
export const triedMethods = (sshd: Sshd): string[] =>
  [
    ...sshd
      .log()
      .matchAll(/userauth-request for user \S+ service ssh-connection method ([a-z]+(?:-interactive)?)/g),
  ]
    .map(([, method = '']) => method)
    .filter((method) => method !== 'none')

export function makeKey(path: string, passphrase = ''): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', path])
  return path
}

/** A key's fingerprint as ssh shows it: `SHA256:…`. */
export const fingerprintOf = (key: string): string =>
  execFileSync('ssh-keygen', ['-l', '-f', key], { encoding: 'utf8' }).split(' ')[1] as string

/**
 * An ssh with a configuration of its own, such as a person has.
 * @returns what to set SSH_MCP_SSH_BIN to
 */
export function sshWithConfig(directory: string, config: string): string {
  const own = mkdtempSync(join(directory, 'person-'))
  const program = join(own, 'ssh')
  writeFileSync(join(own, 'config'), config)
  writeFileSync(program, `#!/bin/sh\nexec ssh -F '${join(own, 'config')}' "$@"\n`, { mode: 0o755 })
  return program
}
