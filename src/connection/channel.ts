import { MAX_OUTPUT_WINDOW } from '../common/limits.js'
import * as mux from '../ssh/mux-messages.js'
import { ChannelInput } from './channel-input.js'
import {
  type ChannelCommand,
  type ChannelEnd,
  type ChannelListener,
  ChannelRefused,
  type CommandChannel,
} from './command-channel.js'

const PACKET_BYTES = 32 * 1024

/** One session channel (RFC 4254, section 6) on a connection that a master holds. */
export class Channel implements CommandChannel {
  readonly id: number
  readonly opened: Promise<void>
  readonly ended: Promise<ChannelEnd>
  readonly #send: (message: Buffer) => void
  readonly #listener: ChannelListener
  readonly #command: ChannelCommand
  readonly #end: ChannelEnd = { code: null, signal: null, lost: null, refused: false }
  readonly #replies: ((success: boolean) => void)[] = []
  readonly #input: ChannelInput
  #remote = -1
  /** Output taken since the other side was last given room. */
  #taken = 0
  #closing = false
  #abandoned = false
  #settled = false
  #resolveOpened!: () => void
  #rejectOpened!: (error: Error) => void
  #resolveEnded!: (end: ChannelEnd) => void

  constructor(
    id: number,
    send: (message: Buffer) => void,
    command: ChannelCommand,
    listener: ChannelListener,
  ) {
    this.id = id
    this.#send = send
    this.#command = command
    this.#listener = listener
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve
      this.#rejectOpened = reject
    })
    this.opened.catch(() => {})
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.#input = new ChannelInput(
      (bytes) => send(mux.data(this.#remote, bytes)),
      () => send(mux.endOfInput(this.#remote)),
    )
    send(mux.openSession(id, MAX_OUTPUT_WINDOW, PACKET_BYTES))
  }

  write(bytes: Buffer): void {
    this.#input.add(bytes)
  }

  endInput(): void {
    this.#input.end()
  }

  signal(name: string): Promise<boolean> {
    if (this.#remote < 0 || this.#settled || this.#closing) return Promise.resolve(false)
    return this.#request(mux.sendSignal(this.#remote, name))
  }

  close(): void {
    if (this.#closing || this.#settled || this.#remote < 0) return
    this.#closing = true
    this.#input.close()
    this.#send(mux.closeChannel(this.#remote))
  }

  /** The one who wanted it has gone before it was there: the command is not sent. */
  abandon(why: Error): void {
    if (this.#remote >= 0 || this.#settled) return
    this.#abandoned = true
    this.#rejectOpened(why)
  }

  /** A message of the other side for this channel. */
  receive(message: mux.ChannelMessage): void {
    switch (message.kind) {
      case 'confirmed':
        return this.#confirmed(message.remote, message.window, message.packet)
      case 'refused':
        this.#rejectOpened(new ChannelRefused(message.reason))
        return this.#settle()
      case 'window':
        return this.#input.allow(message.bytes)
      case 'stdout':
      case 'stderr':
        return this.#output(message.kind, message.bytes)
      case 'exit-status':
        this.#end.code = message.code
        return this.#listener.exited(this.#end)
      case 'exit-signal':
        this.#end.signal = signalName(message.signal)
        return this.#listener.exited(this.#end)
      case 'success':
      case 'failure':
        return void this.#replies.shift()?.(message.kind === 'success')
      case 'request':
        // Servers ask for something nobody knows, to see whether anybody is there (ClientAliveInterval).
        if (message.wantReply) this.#send(mux.failure(this.#remote))
        return
      case 'closed':
        this.close()
        return this.#settle()
    }
  }

  /** The connection is gone. */
  lose(why: string): void {
    if (this.#settled) return
    this.#rejectOpened(new Error(why))
    if (this.#end.code === null && this.#end.signal === null) this.#end.lost = why
    this.#settle()
  }

  #confirmed(remote: number, window: number, packet: number): void {
    this.#remote = remote
    if (this.#abandoned) return this.close()
    const { env, forwardAgent, terminal, command, subsystem } = this.#command
    for (const [name, value] of env) this.#send(mux.setVariable(remote, name, value))
    if (forwardAgent) this.#send(mux.forwardAgent(remote))
    if (terminal) this.#send(mux.requestTerminal(remote, 'xterm-256color', terminal.cols, terminal.rows))
    const begin = subsystem ? mux.startSubsystem : mux.execute
    void this.#request(begin(remote, command)).then((started) => {
      if (started || this.#settled) return
      this.#end.lost = 'the server refused to run it'
      this.#end.refused = true
      this.close()
    })
    this.#resolveOpened()
    this.#input.open(window, Math.min(packet, PACKET_BYTES))
  }

  #request(message: Buffer): Promise<boolean> {
    this.#send(message)
    return new Promise((resolve) => this.#replies.push(resolve))
  }

  #output(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    this.#listener[stream](bytes)
    this.#taken += bytes.length
    if (this.#taken < MAX_OUTPUT_WINDOW / 2 || this.#closing) return
    this.#send(mux.windowAdjust(this.#remote, this.#taken))
    this.#taken = 0
  }

  #settle(): void {
    if (this.#settled) return
    this.#settled = true
    this.#input.close()
    for (const reply of this.#replies.splice(0)) reply(false)
    this.#resolveEnded(this.#end)
  }
}

/** A signal that RFC 4254 does not name is `SIG@openssh.com` from OpenSSH, whichever it was. */
const signalName = (name: string): string => (name.includes('@') ? 'UNKNOWN' : `SIG${name}`)
