import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { shieldedStdio } from '../platform/descriptors.js'
import { passengerArgv } from '../ssh/argv.js'
import { ChannelRefused } from './command-channel.js'
import type { Connection } from './resolve.js'

/** What of a connection is needed to open a further channel on it. */
export type SideConnection = Pick<Connection, 'ssh' | 'target' | 'options' | 'cwd'>

/** Longest wait for a channel, and for each answer: start files that take a second are common, and a person waits. */
const CHANNEL_MS = 3000
/**
 * How a side shell ends, so that it can be told from a session. A channel that is opened when the session has just
 * ended may get its number, and once its own ssh was killed OpenSSH takes its status for the session's (mux.c:
 * ctl_chan). So that ssh is left to end by itself, within this many milliseconds.
 */
export const SIDE_STATUS = 213
const FAREWELL_MS = 1000
/** Text of one answer, in UTF-16 units: 20,000 processes. More is no answer to a question of ours. */
const MAX_ANSWER_CHARS = 8 * 1024 * 1024

/** Those that are left to end by themselves. One that hangs must not outlive this process, which may end sooner. */
const leaving = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of leaving) child.kill('SIGKILL')
})

interface Waiting {
  /** Matches where the answer ends. */
  end: RegExp
  settle: (answer: RegExpExecArray | null, before: string) => void
}

/** What answers in a further channel is no shell: a forced command, which is in the session as well. */
export class NoShell extends Error {}

/**
 * A POSIX shell on the other side, without a terminal, over a further channel of a session's own connection. It is
 * carried by an ssh of its own, which the master survives in every state: it hears of its end only when the channel
 * is open. A session's ssh does not end before this is closed.
 */
export class SideShell {
  readonly #child: ChildProcess
  readonly #waiting: Waiting[] = []
  #text = ''
  #over = false
  /** Whether its ssh ended by itself. */
  #ended = false
  #parentPid = 0

  private constructor(connection: SideConnection, controlPath: string, command: string) {
    const { ssh, target, options } = connection
    const args = { target, options, controlPath, version: ssh.version, terminal: false, log: '/dev/null' }
    const { stdio, release } = shieldedStdio<'pipe' | 'ignore'>(['pipe', 'pipe', 'ignore'])
    const cwd = existsSync(connection.cwd) ? connection.cwd : '/'
    this.#child = spawn(ssh.program, passengerArgv(args, command), { stdio, env: ssh.env, cwd })
    release()
    this.#child.stdin?.on('error', () => {}) // it ended first
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    this.#child.on('error', () => this.close())
    this.#child.on('close', () => this.#lost())
  }

  /**
   * Opens one within 3 s. It types nothing before a shell has answered, so that a forced command reads nothing.
   * @param controlPath the control socket of the session's ssh @param signal gives the attempt up
   * @returns null while the session is not connected, and where no shell answers in time
   * @throws NoShell where something else answers, such as a forced command; ChannelRefused where the server opens no channel, runs something else in it, or the connection is gone;
   *   the session's ssh may then have said so on its terminal, so this is not to be tried twice
   */
  static async open(
    connection: SideConnection,
    controlPath: string,
    signal?: AbortSignal,
  ): Promise<SideShell | null> {
    // The socket is there from the moment that the session is authenticated.
    if (signal?.aborted || !existsSync(controlPath)) return null
    const nonce = newNonce()
    // Printed by the shell itself: whatever repeats the command has no digits there. Nothing in it means anything
    // to csh, fish or cmd.exe.
    const command = `exec sh -c 'echo ${nonce} $PPID .; sh; exit ${SIDE_STATUS}'`
    const side = new SideShell(connection, controlPath, command)
    const giveUp = (): void => side.close()
    signal?.addEventListener('abort', giveUp, { once: true })
    const answer = await side.#next(new RegExp(`${nonce} (\\d+) \\.\\n`))
    signal?.removeEventListener('abort', giveUp)
    if (answer === null && side.#text.trim() !== '') throw new NoShell('Something else than a shell answers.')
    if (answer === null && side.#ended) throw new ChannelRefused('The session has no second channel.')
    if (answer === null) return null
    side.#parentPid = Number(answer.match[1])
    return side
  }

  /** The process that serves the connection on the other side; the session's own shell has the same parent. */
  get parentPid(): number {
    return this.#parentPid
  }

  /** Whether it can be asked. */
  get isOpen(): boolean {
    return !this.#over
  }

  /**
   * Runs a snippet with empty input and without its error messages.
   * @returns what it printed @throws Error if it has not ended within 3 s or the connection is gone; it is closed then
   */
  async ask(script: string): Promise<string> {
    const nonce = newNonce()
    const answered = this.#next(new RegExp(`${nonce}\\n`))
    this.#child.stdin?.write(`{\n${script}\n} </dev/null 2>/dev/null\necho ${nonce}\n`)
    const answer = await answered
    if (answer === null) throw new Error('The side shell gave no answer.')
    return answer.before
  }

  #lost(): void {
    this.#ended ||= !this.#over
    this.close()
  }

  /** Ends the shell by the end of its input, and its ssh with it; what was asked is not answered. */
  close(): void {
    if (this.#over) return
    this.#over = true
    this.#child.stdin?.end()
    const farewell = setTimeout(() => this.#child.kill('SIGKILL'), FAREWELL_MS)
    leaving.add(this.#child)
    this.#child.on('close', () => {
      clearTimeout(farewell)
      leaving.delete(this.#child)
    })
    for (const { settle } of this.#waiting.splice(0)) settle(null, '')
  }

  /** Waits for the end of the next answer. Answers come in the order of their questions. */
  #next(end: RegExp): Promise<{ match: RegExpExecArray; before: string } | null> {
    if (this.#over) return Promise.resolve(null)
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.close(), CHANNEL_MS)
      const settle: Waiting['settle'] = (match, before) => {
        clearTimeout(timer)
        resolve(match && { match, before })
      }
      this.#waiting.push({ end, settle })
    })
  }

  #take(text: string): void {
    if (this.#over) return
    this.#text += text
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const match = first.end.exec(this.#text)
      if (match === null) break
      this.#waiting.shift()
      const before = this.#text.slice(0, match.index)
      this.#text = this.#text.slice(match.index + match[0].length)
      first.settle(match, before)
    }
    if (this.#text.length > MAX_ANSWER_CHARS) this.close()
  }
}

const newNonce = (): string => randomBytes(12).toString('hex')
