import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { shieldedStdio } from '../platform/descriptors.js'
import { passengerArgv } from '../ssh/argv.js'
import type { ChannelCommand, ChannelEnd, ChannelListener, CommandChannel } from './command-channel.js'
import { masterAnswers } from './mux-link.js'
import type { Connection } from './resolve.js'

/** What ssh says when the server opens no channel for it. */
const REFUSED = /session request failed|refused session request/
/** The same, or what it says when its master is not there any more. */
const NOT_OPENED = new RegExp(
  `${REFUSED.source}|Control socket|read from master failed|^ssh: connect to host .*: failure`,
  'm',
)
/** What it says when the master did not tell how the command ended: it has gone, or does not know. */
const NOT_TOLD = /Control master terminated unexpectedly/

/** What an ssh that rode on a master told of that: nothing was run where it was `refused` or the master had `gone`. */
export function rideOf(words: string): 'refused' | 'gone' | 'lost' | 'fine' {
  if (REFUSED.test(words)) return 'refused'
  if (NOT_OPENED.test(words)) return 'gone'
  return NOT_TOLD.test(words) ? 'lost' : 'fine'
}

/**
 * A channel on a master of the person's own, carried by an ssh of ours. Not by a link such as our own masters
 * have: a master may end with the link, and theirs must never be ended by us.
 * @param log a path for ssh's own words, which would be mixed with the command's otherwise
 */
export function passengerChannel(
  connection: Connection,
  { command, terminal, subsystem = false }: ChannelCommand,
  listener: ChannelListener,
  log: string,
): CommandChannel {
  const { ssh, target, options, resolved } = connection
  const { controlPath } = resolved
  const how = { terminal: terminal !== null, subsystem, log }
  const args = { target, options, controlPath, version: ssh.version, ...how }
  const { stdio, release } = shieldedStdio<'pipe'>(['pipe', 'pipe', 'pipe'])
  const child = spawn(ssh.program, passengerArgv(args, command), {
    stdio,
    env: ssh.env,
    cwd: existsSync(connection.cwd) ? connection.cwd : '/',
  })
  release()
  child.stdout?.on('data', (chunk: Buffer) => listener.stdout(chunk))
  // With a terminal all of the remote's output is on the other stream, and this has ssh's own farewell.
  child.stderr?.on('data', (chunk: Buffer) => terminal ?? listener.stderr(chunk))
  child.stdin?.on('error', () => {}) // it ended first
  const ended = new Promise<ChannelEnd>((resolve) => {
    child.on('error', (error) => resolve({ ...UNKNOWN, lost: error.message, refused: true }))
    child.on('close', (code) => resolve(endOf(code, takeLog(log), controlPath)))
  })
  return {
    ended,
    write: (bytes) => void child.stdin?.write(bytes),
    endInput: () => void child.stdin?.end(),
    signal: () => Promise.resolve(false),
    close: () => void child.kill('SIGKILL'),
  }
}

const UNKNOWN: ChannelEnd = { code: null, signal: null, lost: null, refused: false }

async function endOf(code: number | null, words: string, controlPath: string): Promise<ChannelEnd> {
  if (code !== 255) return code === null ? { ...UNKNOWN, lost: 'ssh was ended' } : { ...UNKNOWN, code }
  const refused = NOT_OPENED.exec(words)
  if (refused) return { ...UNKNOWN, lost: refused[0], refused: true }
  if (!NOT_TOLD.test(words)) return { ...UNKNOWN, code }
  // A master that lives on has heard of a signal, which it tells nobody by name.
  return (await masterAnswers(controlPath))
    ? { ...UNKNOWN, signal: 'UNKNOWN' }
    : { ...UNKNOWN, lost: 'its master ended.' }
}

/** Reads and removes the file of ssh's own words. */
export function takeLog(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  } finally {
    rmSync(path, { force: true })
  }
}
