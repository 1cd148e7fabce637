import { type IPty, spawn } from 'node-pty'
import type { PtyExit, PtyOptions } from '../../src/platform/pty.js'

/**
 * node-pty's own class behind the face of ours, to show what the tests of `Pty` are about:
 * PTY_CLASS=stock npx vitest run --config test/vitest.config.ts --project door test/door/pty.test.ts
 * fails where `Pty` passes.
 */
export class StockPty {
  readonly #pty: IPty
  #running = true

  constructor(options: PtyOptions) {
    const { file, args, env, cwd, cols, rows } = options
    this.#pty = spawn(file, args, { env, cwd, cols, rows, encoding: null })
    this.#pty.onData((data) => options.onData(data as unknown as Buffer))
    this.#pty.onExit(({ exitCode, signal }) => {
      this.#running = false
      const exit: PtyExit = { code: exitCode, signal: signal ? String(signal) : null }
      options.onExit(exit)
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  get running(): boolean {
    return this.#running
  }

  /** Queues everything, as the stock class does. */
  write(bytes: Buffer): number {
    this.#pty.write(bytes)
    return bytes.length
  }

  pause(): void {
    this.#pty.pause()
  }

  resume(): void {
    this.#pty.resume()
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows)
  }

  kill(signal: NodeJS.Signals): boolean {
    this.#pty.kill(signal)
    return true
  }
}
