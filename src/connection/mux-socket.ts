import { connect, type Socket } from 'node:net'
import { MUX_ANSWER_MS } from '../common/limits.js'
import { FrameSplitter } from '../ssh/binary.js'
import { MAX_FRAME_BYTES, muxAnswer, muxHello } from '../ssh/mux-messages.js'

/** Read at a time: large output comes in pieces of up to 32 KiB, several of them at once. */
const READ_BYTES = 256 * 1024

/** A connection to a master's control socket, as messages. */
export class MuxSocket {
  /** Told of each message; it is valid only during the call. */
  onFrame: (frame: Buffer) => void = () => {}
  onClose: (why: string) => void = () => {}
  readonly #socket: Socket
  #why = 'the master closed the connection'

  private constructor(path: string, readBytes: number) {
    const frames = new FrameSplitter(MAX_FRAME_BYTES, (frame) => this.onFrame(frame))
    const callback = (length: number, buffer: Uint8Array): boolean => {
      this.#take(frames, (buffer as Buffer).subarray(0, length))
      return true
    }
    // One buffer for all that is read: a gigabyte of output is a gigabyte of garbage otherwise.
    this.#socket = connect({ path, onread: { buffer: Buffer.allocUnsafe(readBytes), callback } })
    this.#socket.on('error', (error) => {
      this.#why = error.message
    })
    this.#socket.on('close', () => this.onClose(this.#why))
  }

  /**
   * Exchanges greetings, asks for one thing and waits for its answer. @param readBytes the most taken at a time
   * @throws Error if it is not the one wanted
   */
  static greet(
    path: string,
    request: Buffer,
    wanted: 'proxy' | 'alive',
    readBytes = READ_BYTES,
  ): Promise<MuxSocket> {
    return new Promise((resolve, reject) => {
      const socket = new MuxSocket(path, readBytes)
      const timer = setTimeout(() => socket.destroy('the master does not answer'), MUX_ANSWER_MS)
      socket.onClose = (why) => {
        clearTimeout(timer)
        reject(new Error(why))
      }
      socket.onFrame = (frame) => {
        const answer = muxAnswer(frame)
        if (answer === 'hello') return
        if (answer !== wanted) return socket.destroy('the master refuses')
        clearTimeout(timer)
        resolve(socket)
      }
      socket.send(Buffer.concat([muxHello(), request]))
    })
  }

  send(message: Buffer): void {
    this.#socket.write(message)
  }

  destroy(why = this.#why): void {
    this.#why = why
    this.#socket.destroy()
  }

  #take(frames: FrameSplitter, bytes: Buffer): void {
    try {
      frames.push(bytes)
    } catch (error) {
      this.destroy(`the master sent something that is no SSH: ${(error as Error).message}`)
    }
  }
}
