import * as mux from '../ssh/mux-messages.js'
import { Channel } from './channel.js'
import type { ChannelCommand, ChannelListener } from './command-channel.js'
import { MuxSocket } from './mux-socket.js'

/** For a channel in which none is ever sent. */
const NO_COMMAND: ChannelCommand = { command: '', env: [], forwardAgent: false, terminal: null }

/**
 * The daemon's one link to a master of its own, over which all its channels go. It stays open as long as the
 * master lives: OpenSSH's master ends, with everything on it, when a link is closed of which a channel was refused
 * or is still being opened ("no remote id").
 */
export class MuxLink {
  readonly #socket: MuxSocket
  readonly #channels = new Map<number, Channel>()
  #next = 0
  #lost: string | null = null

  private constructor(socket: MuxSocket) {
    this.#socket = socket
  }

  /** @param onClosed told once the link is gone; its channels wait for `lose` @throws Error if nobody answers as a master */
  static async connect(path: string, onClosed: (why: string) => void): Promise<MuxLink> {
    const socket = await MuxSocket.greet(path, mux.muxProxyRequest(), 'proxy')
    const link = new MuxLink(socket)
    socket.onFrame = (frame) => link.#receive(frame)
    socket.onClose = onClosed
    return link
  }

  /** Channels that are open or being opened. */
  get size(): number {
    return this.#channels.size
  }

  /** @throws ChannelRefused if the server opens no more; Error if the connection is gone or `signal` is aborted */
  async open(command: ChannelCommand, listener: ChannelListener, signal: AbortSignal): Promise<Channel> {
    if (this.#lost !== null) throw new Error(this.#lost)
    signal.throwIfAborted()
    const channel = this.#begin(command, listener)
    const giveUp = (): void => channel.abandon(signal.reason as Error)
    signal.addEventListener('abort', giveUp, { once: true })
    await channel.opened.finally(() => signal.removeEventListener('abort', giveUp))
    return channel
  }

  /** Waits until the server has handled what it was sent before, by a channel that is closed as soon as it is open. */
  async roundTrip(): Promise<void> {
    if (this.#lost !== null) return
    const channel = this.#begin(NO_COMMAND, { stdout() {}, stderr() {}, exited() {} })
    channel.abandon(new Error('nothing is to be run'))
    await channel.ended
  }

  #begin(command: ChannelCommand, listener: ChannelListener): Channel {
    const id = this.#next++
    const channel = new Channel(id, (message) => this.#socket.send(message), command, listener)
    this.#channels.set(id, channel)
    void channel.ended.then(() => this.#channels.delete(id))
    return channel
  }

  /** Tells every channel that the connection is gone. */
  lose(why: string): void {
    if (this.#lost !== null) return
    this.#lost = why
    this.#socket.destroy()
    for (const channel of [...this.#channels.values()]) channel.lose(why)
  }

  #receive(frame: Buffer): void {
    const message = mux.channelMessage(frame)
    if (message) this.#channels.get(message.channel)?.receive(message)
  }
}

/** Whether a living master answers at a control socket; it is asked and left alone. */
export async function masterAnswers(path: string): Promise<boolean> {
  try {
    const socket = await MuxSocket.greet(path, mux.muxAliveCheck(), 'alive')
    socket.destroy()
    return true
  } catch {
    return false
  }
}
