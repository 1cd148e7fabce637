import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, eventually, type Workplace } from './harness.js'

/** Why no socket can be passed on here; empty where it can. */
export const whyNoActivator = (): string =>
  spawnSync('systemd-socket-activate', ['--version']).error ? 'systemd-socket-activate is not installed' : ''

const DAEMON = [process.execPath, CLI, 'daemon']

/** The whole of the environment that the daemon gets, as options: systemd-socket-activate passes on little else. */
const settings = (place: Workplace): string[] =>
  Object.entries(place.env).flatMap(([name, value]) => ['-E', `${name}=${value}`])

/**
 * Holds a daemon's socket as a socket unit does: starts the daemon when somebody connects, and again after each
 * end. systemd's program does that once, and passes on what was passed to it: so it is called in a loop.
 */
export class Activator {
  readonly socket: string
  readonly #process: ChildProcess

  constructor(place: Workplace) {
    mkdirSync(place.state, { mode: 0o700 })
    this.socket = join(place.state, 'daemon.sock')
    const again = `sh -c 'LISTEN_PID=$$ exec systemd-socket-activate "$@"' sh "$@"`
    const loop = ['sh', '-c', `while :; do ${again}; done`, 'sh', ...settings(place), ...DAEMON]
    const args = ['-l', this.socket, ...settings(place), ...loop]
    this.#process = spawn('systemd-socket-activate', args, { detached: true, stdio: 'ignore' })
  }

  static async start(place: Workplace): Promise<Activator> {
    const activator = new Activator(place)
    await eventually('the socket is there', () => existsSync(activator.socket))
    return activator
  }

  /** Lets go of the socket; a daemon that runs goes too. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    process.kill(-(this.#process.pid as number), 'SIGKILL')
    await ended
  }
}

/** Starts a program once, by default the daemon. @returns its exit code and what it said on standard error */
export async function activatedOnce(
  place: Workplace,
  listen: string[],
  connect: () => Promise<unknown>,
  program: string[] = DAEMON,
): Promise<{ code: number | null; stderr: string }> {
  const args = [...listen.flatMap((address) => ['-l', address]), ...settings(place), ...program]
  const child = spawn('systemd-socket-activate', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  await eventually('it listens', () => stderr.split('Listening on').length > listen.length)
  await connect()
  return { code: await exit, stderr }
}
