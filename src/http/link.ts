import type { Duplex } from 'node:stream'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import { MAX_ANSWER_BYTES, MAX_LINE_BYTES, MAX_UNSENT_BYTES } from '../common/limits.js'
import { RELATED } from '../wire/hello.js'
import { LineSplitter } from '../wire/lines.js'

/** A stream on which the daemon speaks MCP, after the greeting, and what it said behind that. */
export interface DaemonStream {
  stream: Duplex
  rest: Buffer
}

/** Who hears what comes by a link. */
export interface LinkUser {
  /** @param related the request to which a notification or a question of the daemon's belongs */
  onMessage(message: JSONRPCMessage, related: RequestId | undefined): void
  /** The daemon has gone; nothing comes any more. */
  onEnd(): void
}

/** One connection to the daemon, in messages. */
export class Link {
  /** Who uses it now; what comes while nobody does is dropped. */
  user: LinkUser | null = null
  readonly #stream: Duplex
  #ended = false
  #awaitingRoom: (() => void)[] = []

  constructor({ stream, rest }: DaemonStream) {
    this.#stream = stream
    const lines = new LineSplitter(
      MAX_ANSWER_BYTES,
      (line) => this.#line(line),
      () => this.close(),
    )
    stream.on('data', (chunk: Buffer) => lines.push(chunk))
    stream.on('drain', () => this.#hasRoom())
    for (const event of ['end', 'error', 'close']) stream.on(event, () => this.#end())
    if (rest.length > 0) lines.push(rest)
    stream.resume()
  }

  get ended(): boolean {
    return this.#ended
  }

  /**
   * What comes in at the same moment goes out in one piece: the system call costs more than all else here.
   * @returns false for what the daemon would not take: written out here it is too long, or it is nested too deeply
   */
  send(message: JSONRPCMessage): boolean {
    const line = lineOf(message)
    if (line === null) return false
    if (this.#ended) return true
    if (this.#stream.writableCorked === 0) {
      this.#stream.cork()
      setImmediate(() => this.#stream.uncork())
    }
    this.#stream.write(line)
    return true
  }

  /** Resolves when the daemon takes what was sent before, or has gone. */
  async room(): Promise<void> {
    while (!this.#ended && this.#stream.writableLength > MAX_UNSENT_BYTES)
      await new Promise<void>((resolve) => this.#awaitingRoom.push(resolve))
  }

  /** Whether what the daemon says is taken; while it is not, the daemon holds its output back. */
  listen(on: boolean): void {
    if (on === this.#stream.isPaused()) on ? this.#stream.resume() : this.#stream.pause()
  }

  close(): void {
    this.#end()
  }

  #line(line: string): void {
    // The daemon's last byte of an orderly end is no message; whatever else is none, neither.
    if (!line.startsWith('{')) return
    const message = JSON.parse(line) as JSONRPCMessage & { [RELATED]?: RequestId }
    const related = message[RELATED]
    delete message[RELATED]
    this.user?.onMessage(message, related)
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    // Our half of a connection stays open by itself, and with it the descriptor.
    this.#stream.destroy()
    this.#hasRoom()
    this.user?.onEnd()
  }

  #hasRoom(): void {
    const waiting = this.#awaitingRoom
    this.#awaitingRoom = []
    for (const go of waiting) go()
  }
}

/** A body that was short enough may grow: 1e20 has 21 digits here. */
function lineOf(message: JSONRPCMessage): string | null {
  try {
    const line = JSON.stringify(message)
    return Buffer.byteLength(line) > MAX_LINE_BYTES ? null : `${line}\n`
  } catch {
    return null // the stack is not deep enough for it
  }
}
