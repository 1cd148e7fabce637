import { MUX_ANSWER_MS } from '../common/limits.js'
import { MuxSocket } from '../connection/mux-socket.js'
import {
  type MuxForward,
  type MuxForwardAnswer,
  muxCloseForward,
  muxForwardAnswer,
  muxOpenForward,
} from '../ssh/mux-forward-messages.js'
import { muxAliveCheck } from '../ssh/mux-messages.js'

/** Answers are short. */
const READ_BYTES = 4096

/** The master, or the server behind it, does not listen. */
export class ForwardRefused extends Error {
  readonly denied: boolean

  constructor({ kind, reason }: Exclude<MuxForwardAnswer, { kind: 'ok' }>) {
    super(reason)
    this.denied = kind === 'denied'
  }
}

/**
 * A forward that a master holds. Its control socket stays open as long: that it closes tells of the master's end.
 * It is never closed while a question is open, for then an OpenSSH master would keep a listener that nobody knows of,
 * and end itself if the next client gets the same number ("mux_pause").
 */
export class Listener {
  /** Settles, with ssh's socket's own reason, once the master is gone. */
  readonly lost: Promise<string>
  readonly #socket: MuxSocket
  readonly #forward: MuxForward
  #requests = 0
  #answer: (answer: MuxForwardAnswer | Error) => void = () => {}

  private constructor(socket: MuxSocket, forward: MuxForward) {
    this.#socket = socket
    this.#forward = forward
    this.lost = new Promise((resolve) => {
      socket.onClose = (why) => {
        this.#answer(new Error(why))
        resolve(why)
      }
    })
    socket.onFrame = (frame) => {
      const answer = muxForwardAnswer(frame)
      if (answer) this.#answer(answer)
    }
  }

  /** Takes as long as the master and the server do. @throws ForwardRefused, or Error if the master is gone */
  static async open(path: string, forward: MuxForward): Promise<Listener> {
    const socket = await MuxSocket.greet(path, muxAliveCheck(), 'alive', READ_BYTES)
    const listener = new Listener(socket, forward)
    const answer = await listener.#ask(muxOpenForward)
    if (answer.kind === 'ok') return listener
    socket.destroy()
    throw new ForwardRefused(answer)
  }

  /** Ends the listener; connections through it go on. @returns whether the master said so in time */
  async close(): Promise<boolean> {
    const closed = this.#ask(muxCloseForward).then(
      ({ kind }) => {
        this.#socket.destroy()
        return kind === 'ok'
      },
      () => true, // the master is gone, and the listener with it
    )
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), MUX_ANSWER_MS)
    })
    return Promise.race([closed, late]).finally(() => clearTimeout(timer))
  }

  #ask(message: (id: number, forward: MuxForward) => Buffer): Promise<MuxForwardAnswer> {
    return new Promise((resolve, reject) => {
      this.#answer = (answer) => (answer instanceof Error ? reject(answer) : resolve(answer))
      this.#socket.send(message(++this.#requests, this.#forward))
      void this.lost.then((why) => reject(new Error(why)))
    })
  }
}
