import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
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
  readonly pid: number
  /** All that it has said so far. */
  log(): string
  /** Ends it with every connection of its, without a word to the other side, and starts it again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export const SSHD = '/usr/sbin/sshd'
const TEMPLATE = fileURLToPath(new URL('../../fixtures/sshd_config', import.meta.url))
/** Set as the remote prompt, so that tests know what to look for. */
export const PROMPT = 'remote$ '

/** What every remote home has. */
export function fillHome(home: string): void {
  writeFileSync(join(home, '.bash_profile'), `PS1='${PROMPT}'\nHISTFILE=\n`)
  writeFileSync(join(home, '.hushlogin'), '')
  // Where it is missing, fish reads all manual pages in the background, and writes here after the test has ended.
  mkdirSync(join(home, '.local/share/fish/generated_completions'), { recursive: true })
}

/**
 * Starts a server that lets in the key it makes, and only that.
 * @param extraConfig further lines; as ssh does, it takes the first of several values
 */
export async function startSshd(extraConfig: string[] = []): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'sshd-'))
  chmodSync(directory, 0o700)
  const home = join(directory, 'home')
  mkdirSync(home)
  fillHome(home)
  const identityFile = join(directory, 'id')
  for (const key of ['id', 'hostkey']) makeKey(join(directory, key))
  execFileSync('cp', [`${identityFile}.pub`, join(directory, 'authorized_keys')])
  const port = await unusedPort()
  const hostKey = execFileSync('cat', [join(directory, 'hostkey.pub')], { encoding: 'utf8' })
  const knownHosts = join(directory, 'known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}`)
  const config = join(directory, 'sshd_config')
  writeFileSync(config, configOf(extraConfig, directory, port, home))
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 })
  const logFile = join(directory, 'log')
  let server = await running(config, logFile)
  const target = `${userInfo().username}@127.0.0.1`
  return {
    port,
    directory,
    home,
    identityFile,
    knownHosts,
    connection: { target, port, identity_file: identityFile, known_hosts_file: knownHosts },
    get pid() {
      return server.pid as number
    },
    log: () => readFileSync(logFile, 'utf8'),
    restart: async () => {
      await ended(server, () => {
        signalAll(familyOf(server.pid as number), 'SIGKILL')
      })
      server = await running(config, logFile)
    },
    stop: async () => {
      await ended(server, () => server.kill('SIGTERM'))
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A process and all that it started, as far as it is still their parent or their parent's. */
export function familyOf(pid: number): number[] {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const childrenOf = (parent: number): number[] =>
    all.flatMap(([child = 0, of]) => (of === parent ? [child, ...childrenOf(child)] : []))
  return [pid, ...childrenOf(pid)]
}

/** Sends a signal to each; the end of one may be that of another, which is gone then. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

async function ended(server: ChildProcess, end: () => void): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise((resolve) => server.once('exit', resolve))
  end()
  await gone
}

/** The whole configuration; %DIR%, %PORT% and %HOME% stand for what they say. */
function configOf(extra: string[], directory: string, port: number, home: string): string {
  const values: Record<string, string> = { '%DIR%': directory, '%PORT%': String(port), '%HOME%': home }
  const text = [...extra, readFileSync(TEMPLATE, 'utf8')].join('\n')
  return text.replace(/%[A-Z]+%/g, (name) => values[name] ?? name)
}

function makeKey(path: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
}

/** A port below those that connections get, for one of them would be in the way of a server that starts. */
export async function unusedPort(): Promise<number> {
  const port = randomInt(10_000, 32_000)
  const server = createServer()
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
  return free ? port : unusedPort()
}

/** Starts sshd and waits until it listens; its log goes to a file, behind what is there. */
async function running(config: string, logFile: string): Promise<ChildProcess> {
  const log = openSync(logFile, 'a')
  const before = readFileSync(logFile, 'utf8').length
  const server = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', log] })
  closeSync(log)
  for (;;) {
    const said = readFileSync(logFile, 'utf8').slice(before)
    if (said.includes('Server listening')) return server
    if (server.exitCode !== null) throw new Error(`sshd ended with ${server.exitCode}: ${said}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
