import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { ReadStream } from 'node:tty'
import { ToolError } from '../common/errors.js'
import { forgetMaster, noteMaster, withoutGaps } from './descriptors.js'
import { loadNativePty } from './pty-native.js'

export interface PtyOptions {
  file: string
  args: string[]
  env: Record<string, string>
  cwd: string
  cols: number
  rows: number
  /** A piece of output; the buffer is reused, so it is valid only during the call. */
  onData: (chunk: Buffer) => void
  /** The child has ended and every byte it wrote has been given to onData. */
  onExit: (exit: PtyExit) => void
}

/** How the child ended: its exit code, or the name of the signal that ended it. */
export interface PtyExit {
  code: number
  signal: string | null
}

/** A PTY read never returns more than 4095 bytes on Linux; larger only costs memory. */
const READ_BYTES = 16 * 1024
/** One write to the master; the kernel's line buffer is 4096 bytes (N_TTY_BUF_SIZE). */
const WRITE_BYTES = 4096

/**
 * A child on a pseudo-terminal, over node-pty's native fork. Three things differ from node-pty's own class:
 * we hold the slave open, so that no hang-up can cut the output short, and drain the master after the exit;
 * writes go to the descriptor at once or not at all, so nothing can be queued into a later session that
 * gets the same number; and a full terminal costs no processor time.
 */
export class Pty {
  readonly pid: number
  /** Path of the slave, such as /dev/pts/7. */
  readonly ttyPath: string
  readonly #fd: number
  readonly #slave: number
  readonly #stream: ReadStream
  readonly #onData: (chunk: Buffer) => void
  readonly #onExit: (exit: PtyExit) => void
  #exit: PtyExit | null = null
  #paused = false
  #closed = false

  constructor(options: PtyOptions) {
    this.#onData = options.onData
    this.#onExit = options.onExit
    const forked = fork(options, (code, signal) => this.#exited(code, signal))
    this.pid = forked.pid
    this.ttyPath = forked.pty
    this.#fd = forked.fd
    noteMaster(this.#fd)
    try {
      this.#slave = openSync(this.ttyPath, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
      this.#stream = this.#open()
    } catch (error) {
      this.#closed = true
      forgetMaster(this.#fd)
      closeSync(this.#fd) // hangs up on the child
      throw noTerminal(error)
    }
  }

  #open(): ReadStream {
    const onread = {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (length: number, buffer: Uint8Array) => {
        this.#onData((buffer as Buffer).subarray(0, length))
        return !this.#paused
      },
    }
    // tty.ReadStream hands its options on to net.Socket, which reads into one buffer of ours this way.
    const stream = new (ReadStream as new (fd: number, options: object) => ReadStream)(this.#fd, { onread })
    stream.on('error', () => {})
    stream.resume()
    return stream
  }

  get running(): boolean {
    return this.#exit === null
  }

  /** Writes what the terminal takes at once, at most 4096 bytes. @returns the number of bytes taken, 0 if it is full */
  write(bytes: Buffer): number {
    if (!this.running) return 0
    try {
      return writeSync(this.#fd, bytes, 0, Math.min(bytes.length, WRITE_BYTES))
    } catch {
      return 0 // EAGAIN: full; anything else: the child is about to be told of as ended
    }
  }

  /** Stops reading: the kernel's buffer fills, and ssh and then the remote wait. */
  pause(): void {
    this.#paused = true
    if (!this.#closed) this.#stream.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.#exit) this.#finish(this.#exit)
    else this.#stream.resume()
  }

  resize(cols: number, rows: number): void {
    if (this.running) loadNativePty().native.resize(this.#fd, cols, rows, 0, 0)
  }

  /** Sends a signal to the child. @returns false if it has ended, so that a reused pid is never hit */
  kill(signal: NodeJS.Signals): boolean {
    if (!this.running) return false
    try {
      return process.kill(this.pid, signal)
    } catch {
      return false
    }
  }

  #exited(code: number, signal: number): void {
    this.#exit = { code, signal: signal ? signalName(signal) : null }
    if (!this.#paused) this.#finish(this.#exit)
  }

  #finish(exit: PtyExit): void {
    if (this.#closed) return
    this.#drain()
    if (this.#paused) return
    this.#closed = true
    forgetMaster(this.#fd)
    this.#stream.destroy()
    closeSync(this.#slave)
    this.#onExit(exit)
  }

  /** Reads until the kernel has nothing more: Linux flushes a PTY's buffers before it answers EAGAIN (n_tty_read). */
  #drain(): void {
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    while (!this.#paused) {
      const length = readNow(this.#fd, buffer)
      if (length === 0) return
      this.#onData(buffer.subarray(0, length))
    }
  }
}

function fork(options: PtyOptions, onExit: (code: number, signal: number) => void) {
  const { native, helper } = loadNativePty()
  const { file, args, cwd, cols, rows } = options
  const env = Object.entries(options.env).map(([name, value]) => `${name}=${value}`)
  try {
    // -1, -1: keep user and group. true: IUTF8, which ssh passes on and line editing on the remote needs.
    return withoutGaps(() => native.fork(file, args, env, cwd, cols, rows, -1, -1, true, helper, onExit))
  } catch (error) {
    throw noTerminal(error)
  }
}

const noTerminal = (error: unknown): ToolError =>
  new ToolError(
    'limit_reached',
    `No pseudo-terminal could be opened (${(error as Error).message}). Stop sessions that are not needed and try again.`,
  )

function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer)
  } catch {
    return 0 // EAGAIN: nothing more; EIO: the last slave is closed
  }
}

function signalName(number: number): string {
  const found = Object.entries(osConstants.signals).find(([, value]) => value === number)
  return found ? found[0] : `SIG${number}`
}
