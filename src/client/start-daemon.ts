import { spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { daemonEnvironment } from '../common/environment.js'
import { DAEMON_START_MS } from '../common/limits.js'
import type { StatePaths } from '../platform/paths.js'
import { daemonError } from './daemon-error.js'

/** The daemon's diagnostics are cut back to nothing at its start when they are larger than this, in bytes. */
const MAX_LOG_BYTES = 1024 * 1024

/** Starts the daemon in a process group of its own and waits for its word that it listens, or why it cannot. */
export async function startDaemon(paths: StatePaths): Promise<void> {
  const entry = fileURLToPath(new URL('../cli.js', import.meta.url))
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants
  const output = openSync(paths.log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
  if (fstatSync(output).size > MAX_LOG_BYTES) ftruncateSync(output)
  const child = spawn(process.execPath, [entry, 'daemon'], {
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
    cwd: '/',
    env: daemonEnvironment(process.env),
  })
  closeSync(output)
  const word = await firstWord(child.stdio[3] as NodeJS.ReadableStream, child)
  child.unref()
  if (word !== 'ready') throw daemonError(word || `ended before it was ready; see ${paths.log}`)
}

function firstWord(pipe: NodeJS.ReadableStream, child: NodeJS.EventEmitter): Promise<string> {
  return new Promise((resolve) => {
    let word = ''
    const end = (text: string): void => {
      clearTimeout(timer)
      ;(pipe as Socket).destroy()
      resolve(text.trim())
    }
    const timer = setTimeout(
      () => end(`did not say that it is ready within ${DAEMON_START_MS / 1000} s`),
      DAEMON_START_MS,
    )
    pipe.on('data', (chunk: Buffer) => {
      word += chunk.toString('utf8')
      if (word.includes('\n')) end(word)
    })
    pipe.on('end', () => end(word))
    child.on('error', (error: Error) => end(`could not be started: ${error.message}`))
  })
}
