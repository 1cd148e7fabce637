import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { eventually, type Facts, processesWith, type TestClient, Workplace } from './harness.js'
import { familyOf, type Sshd, startSshd } from './sshd.js'

/** A real sshd with a state directory and a client for it. */
export class Remote {
  readonly sshd: Sshd
  readonly place: Workplace
  readonly client: TestClient

  private constructor(sshd: Sshd, place: Workplace, client: TestClient) {
    this.sshd = sshd
    this.place = place
    this.client = client
  }

  /** @param config further lines of the server's configuration @param env what the client is started with */
  static async start(config: string[] = [], env: Record<string, string> = {}): Promise<Remote> {
    const sshd = await startSshd(config)
    const place = new Workplace(env)
    return new Remote(sshd, place, await place.client())
  }

  /** Runs a command there. @returns the structured facts */
  exec(command: string, args: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Facts> {
    return this.execBy(this.client, command, args, signal)
  }

  execBy(
    client: TestClient,
    command: string,
    args: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<Facts> {
    return client.call('ssh_exec', { ...this.sshd.connection, command, ...args }, signal)
  }

  /** Numbers of the ssh processes that hold the shared connections. */
  masters(): number[] {
    return processesWith(`${this.place.state}/c/`).map(pidOf)
  }

  /** The control sockets that are there. */
  controls(): string[] {
    return readdirSync(`${this.place.state}/c`)
  }

  /** How often somebody logged in. */
  logins(): number {
    return this.sshd.log().match(/Accepted publickey/g)?.length ?? 0
  }

  daemonPid(): number {
    return JSON.parse(this.place.run('status', '--json')).pid
  }

  /** Numbers of the server's processes that serve a connection each. */
  servers(): number[] {
    return familyOf(this.sshd.pid)
      .slice(1)
      .filter((pid) => commandOf(pid) === 'sshd')
  }

  async close(): Promise<void> {
    await this.place.close()
    await this.sshd.stop()
  }
}

export interface RemoteBench {
  remote: Remote
}

/** Tests that run commands on a server of their own, set up before the first of them. */
export function describeRemote(
  name: string,
  tests: (bench: RemoteBench) => void,
  { config = [] as string[], env = {} as Record<string, string> } = {},
): void {
  describe(name, () => {
    const bench = {} as RemoteBench
    beforeAll(async () => {
      bench.remote = await Remote.start(config, env)
    })
    afterAll(async () => {
      await bench.remote?.close()
    })
    tests(bench)
  })
}

/** The same for tests that need terminals on the remote; skipped only where no sshd can give one. */
export const describeTerminals: typeof describeRemote = (name, tests, options) => {
  if (inject('noPty') === '') describeRemote(name, tests, options)
  else describe.skip(name, () => tests({} as RemoteBench))
}

let naps = 0
/** A time to sleep, longer than any test, that no other process sleeps: what it stands in can be found by it. */
export function nap(seconds = 120): string {
  naps++
  return `${seconds}.${String(process.pid).padStart(7, '0')}${String(naps).padStart(4, '0')}`
}

/** Name of a process; empty when it has gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

export const pidOf = (line: string): number => Number(/^\S+\s+(\d+)/.exec(line.trim())?.[1])

/** Resident memory of a process in MB: `VmRSS` now, `VmHWM` at its highest. */
export function memory(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
}

/** Whether a program is to be found on the path of commands over ssh. */
export function installed(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    })
    return true
  } catch {
    return false
  }
}

/** A person's own ssh: a configuration in which the server is called `box`, and a program that reads it. */
export class PersonsSsh {
  readonly program: string
  readonly controlPath: string
  readonly #config: string
  readonly #env: Record<string, string>
  readonly #children: ChildProcess[] = []

  /** @param lines further lines about the server @param env what the person's own ssh is started with besides */
  constructor(sshd: Sshd, lines: string[] = [], env: Record<string, string> = {}) {
    this.#env = env
    this.controlPath = join(sshd.directory, 'own')
    this.#config = join(sshd.directory, 'config')
    this.program = join(sshd.directory, 'ssh')
    const about = [
      `HostName 127.0.0.1`,
      `Port ${sshd.port}`,
      `User ${userInfo().username}`,
      `IdentityFile ${sshd.identityFile}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${sshd.knownHosts}`,
      ...lines,
    ]
    writeFileSync(this.#config, `Host box 127.0.0.1\n${about.map((line) => `  ${line}\n`).join('')}`)
    writeFileSync(this.program, `#!/bin/sh\nexec ssh -F '${this.#config}' "$@"\n`, { mode: 0o755 })
  }

  /** The line that makes ssh share connections in the person's own place. */
  static sharing(sshd: Sshd): string {
    return `ControlPath ${join(sshd.directory, 'own')}`
  }

  start(...args: string[]): ChildProcess {
    const child = spawn(this.program, args, { stdio: 'ignore', env: { ...process.env, ...this.#env } })
    this.#children.push(child)
    return child
  }

  /** Opens the person's connection, as `ssh -MN box` does. */
  async master(): Promise<ChildProcess> {
    const master = this.start('-M', '-N', 'box')
    await eventually('the person is connected', () => existsSync(this.controlPath))
    return master
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }
}
