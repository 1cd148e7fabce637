import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A real OpenSSH server on loopback, with keys and configuration of its own. */
export interface Sshd {
  port: number
  /** Directory of everything it uses; the remote home is `home` in it. */
  directory: string
  home: string
  identityFile: string
  knownHosts: string
  /** Arguments of ssh_ensure_session that lead to it. */
  connection: { target: string; port: number; identity_file: string; known_hosts_file: string }
  pid: number
  stop(): Promise<void>
}

export const SSHD = '/usr/sbin/sshd'
const TEMPLATE = fileURLToPath(new URL('../../fixtures/sshd_config', import.meta.url))
/** Set as the remote prompt, so that tests know what to look for. */
export const PROMPT = 'remote$ '

/** Starts a server that lets in the key it makes, and only that. */
export async function startSshd(extraConfig: string[] = []): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'sshd-'))
  chmodSync(directory, 0o700)
  const home = join(directory, 'home')
  mkdirSync(home)
  writeFileSync(join(home, '.bash_profile'), `PS1='${PROMPT}'\nHISTFILE=\n`)
  writeFileSync(join(home, '.hushlogin'), '')
  const identityFile = join(directory, 'id')
  for (const key of ['id', 'hostkey']) makeKey(join(directory, key))
  execFileSync('cp', [`${identityFile}.pub`, join(directory, 'authorized_keys')])
  const port = await freePort()
  const hostKey = execFileSync('cat', [join(directory, 'hostkey.pub')], { encoding: 'utf8' })
  const knownHosts = join(directory, 'known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}`)
  const config = join(directory, 'sshd_config')
  writeFileSync(config, [...extraConfig, configOf(directory, port, home)].join('\n'))
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 })
  const server = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  await listening(server)
  const target = `${userInfo().username}@127.0.0.1`
  return {
    port,
    directory,
    home,
    identityFile,
    knownHosts,
    connection: { target, port, identity_file: identityFile, known_hosts_file: knownHosts },
    pid: server.pid as number,
    stop: async () => {
      server.kill('SIGTERM')
      await new Promise((resolve) =>
        server.exitCode === null ? server.once('exit', resolve) : resolve(null),
      )
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function configOf(directory: string, port: number, home: string): string {
  const values: Record<string, string> = { '%DIR%': directory, '%PORT%': String(port), '%HOME%': home }
  return readFileSync(TEMPLATE, 'utf8').replace(/%[A-Z]+%/g, (name) => values[name] ?? name)
}

function makeKey(path: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-10_000)
      if (log.includes('Server listening')) resolve()
    })
    server.once('exit', (code) => reject(new Error(`sshd ended with ${code}: ${log}`)))
  })
}
