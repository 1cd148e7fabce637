import { ToolError } from '../common/errors.js'
import type { ChannelListener, CommandChannel } from '../connection/command-channel.js'
import { FrameSplitter } from '../ssh/binary.js'
import { MAX_SFTP_BYTES, type SftpAnswer, sftpAnswer, sftpInit } from '../ssh/sftp-messages.js'
import { noSftp, startFilesPrint } from './remote-failure.js'

export type Answer = Exclude<SftpAnswer, { kind: 'version' }>

interface Waiting {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** The exchange of requests and answers with an SFTP server: any number at once, each by its number. */
export class SftpSession {
  readonly target: string
  /** What the channel that carries it is to be opened with. */
  readonly listener: ChannelListener
  /** Settles once the server has greeted. */
  readonly greeted: Promise<void>
  extensions: ReadonlySet<string> = new Set()
  #channel: CommandChannel | null = null
  #next = 0
  #over: Error | null = null
  readonly #waiting = new Map<number, Waiting>()
  readonly #frames = new FrameSplitter(MAX_SFTP_BYTES, (frame) => this.#receive(frame))
  #settleGreeted!: (error: Error | null) => void

  constructor(target: string) {
    this.target = target
    this.listener = { stdout: (chunk) => this.#take(chunk), stderr: () => {}, exited: () => {} }
    this.greeted = new Promise((resolve, reject) => {
      this.#settleGreeted = (error) => (error ? reject(error) : resolve())
    })
    this.greeted.catch(() => {})
  }

  get isOver(): boolean {
    return this.#over !== null
  }

  begin(channel: CommandChannel): void {
    this.#channel = channel
    void channel.ended.then(({ lost, refused }) => this.#ended(refused ? null : lost))
    channel.write(sftpInit())
  }

  /** @param request makes the message with its number @throws ToolError if the connection is gone */
  ask(request: (id: number) => Buffer): Promise<Answer> {
    if (this.#over || !this.#channel) return Promise.reject(this.#over)
    const id = this.#next++
    this.#channel.write(request(id))
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  /** Whoever waits for an answer hears of the error. */
  end(error: Error): void {
    if (this.#over) return
    this.#over = error
    this.#settleGreeted(error)
    this.#channel?.close()
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  #take(chunk: Buffer): void {
    if (this.#over) return
    try {
      this.#frames.push(chunk)
    } catch {
      // What a start file prints is read as the length of a message.
      this.end(startFilesPrint(this.target))
    }
  }

  #receive(frame: Buffer): void {
    const answer = sftpAnswer(frame)
    if (!answer) return
    if (answer.kind === 'version') {
      this.extensions = answer.extensions
      return this.#settleGreeted(null)
    }
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    waiting?.resolve(answer)
  }

  /** @param lost why the connection is gone; null if the server just ended, or never began */
  #ended(lost: string | null): void {
    const { target } = this
    const why = `The connection to ${target} was lost: ${lost}`
    this.end(lost === null ? noSftp(target) : new ToolError('connection_failed', why))
  }
}
