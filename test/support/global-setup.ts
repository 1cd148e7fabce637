import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { SSHD, startSshd } from './sshd.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Why no session can be opened here; empty where it can. */
    noPty: string
  }
}

interface Provider {
  provide(key: 'noPty', value: string): void
}

/** Sees to it that there is a real sshd to test against, and that it can hand out terminals. */
export async function setup({ provide }: Provider): Promise<void> {
  if (!existsSync(SSHD)) installSshd()
  provide('noPty', await whyNoPty())
}

function installSshd(): void {
  const aptGet = spawnSync('apt-get', ['--version'])
  if (process.getuid?.() !== 0 || aptGet.status !== 0) {
    throw new Error(
      `The tests need an OpenSSH server at ${SSHD}. Install it (Debian: apt-get install openssh-server) and run them again.`,
    )
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-qq'], { env })
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'openssh-server', 'tmux'], {
    env,
    stdio: 'ignore',
  })
}

/** An sshd started by an ordinary user may not be able to give a terminal away; root's can, or that is a fault. */
async function whyNoPty(): Promise<string> {
  const sshd = await startSshd()
  const files = ['-i', sshd.identityFile, '-o', `UserKnownHostsFile=${sshd.knownHosts}`]
  const { status, stderr } = spawnSync(
    'ssh',
    ['-tt', '-p', String(sshd.port), ...files, sshd.connection.target, 'tty'],
    {
      encoding: 'utf8',
      timeout: 20_000,
    },
  )
  await sshd.stop()
  if (status === 0) return ''
  const why = `an sshd started here gives no terminal: ${stderr.trim()}`
  if (process.getuid?.() === 0) throw new Error(why)
  process.stderr.write(`Tests of sessions are skipped: ${why}\n`)
  return why
}
