import { setTimeout as pause } from 'node:timers/promises'
import { LEFTOVER_MS, LEFTOVER_QUIET_MS, MAX_TIMER_MS } from '../common/limits.js'
import { StartMarker } from '../ssh/start-marker.js'
import { OutputCapture } from '../terminal/output-capture.js'
import type { ChannelEnd, ChannelListener, CommandChannel } from './command-channel.js'
import { TerminalInput } from './terminal-input.js'

/** How long a command may take to begin after it was cut short, in milliseconds, before it is ended otherwise. */
const BEGIN_MS = 1000

export interface RunOptions {
  stdin: string | Buffer | null
  terminal: boolean
  /** Milliseconds; null for any time. */
  timeoutMs: number | null
  /** Most UTF-16 units of each output. */
  max: number
  /** Takes standard output as it comes, which is then not kept; chunks are valid only during the call. */
  take?: (chunk: Buffer) => void
}

export interface RunTexts {
  stdout: string
  stderr: string
  truncated: boolean
}

/** One run of a command in a channel: its input, its output, and when it is over. */
export class CommandRun {
  readonly listener: ChannelListener
  /** How it ended; null if it was cut short. */
  end: ChannelEnd | null = null
  cut: 'timed-out' | 'aborted' | null = null
  durationMs = 0
  readonly #options: RunOptions
  readonly #stdout: OutputCapture
  readonly #stderr: OutputCapture
  readonly #markers: { stdout: StartMarker; stderr: StartMarker }
  readonly #marked: boolean
  #input: TerminalInput | null = null
  #outputAt = 0
  #exited!: (end: ChannelEnd) => void
  readonly #exit = new Promise<ChannelEnd>((resolve) => {
    this.#exited = resolve
  })

  /** @param mark the command's start mark, null where it has none */
  constructor(options: RunOptions, mark: string | null) {
    this.#options = options
    this.#marked = mark !== null
    this.#stdout = new OutputCapture(options.max)
    this.#stderr = new OutputCapture(options.max)
    this.#markers = {
      stdout: new StartMarker(mark, options.take ?? ((chunk) => this.#stdout.add(chunk))),
      stderr: new StartMarker(mark, (chunk) => this.#stderr.add(chunk)),
    }
    this.listener = {
      stdout: (chunk) => this.#output('stdout', chunk),
      stderr: (chunk) => this.#output('stderr', chunk),
      exited: (end) => this.#exited(end),
    }
  }

  /** Number of the process that leads the command's group on the remote; null where it is not known. */
  get pid(): number | null {
    const pid = Number(this.#word?.split(' ')[0])
    return Number.isInteger(pid) && pid > 1 ? pid : null
  }

  /** The same, waited for: a command that is cut short at once may not have begun yet. */
  async pidSoon(): Promise<number | null> {
    for (let waited = 0; this.#marked && this.pid === null && waited < BEGIN_MS; waited += BEGIN_MS / 20)
      await pause(BEGIN_MS / 20)
    return this.pid
  }

  /** Path of the remote user's shell, '' if it has none; null as long as the command has not begun. */
  get shell(): string | null {
    return this.#word === null ? null : this.#word.split(' ').slice(1).join(' ')
  }

  get #word(): string | null {
    return this.#markers[this.#options.terminal ? 'stdout' : 'stderr'].word
  }

  get newestLine(): string | null {
    return this.#stdout.newestLine ?? this.#stderr.newestLine
  }

  /** Feeds the command its input and waits until it is over, its time is up or `signal` is aborted. */
  async over(channel: CommandChannel, signal: AbortSignal): Promise<void> {
    const began = performance.now()
    this.#feed(channel)
    const done = new AbortController()
    const finished = Promise.race([
      channel.ended,
      this.#exit.then((end) => this.#leftoversGone(end, done.signal)),
    ])
    const cut = Promise.race([timeUp(this.#options.timeoutMs, done.signal), aborted(signal, done.signal)])
    const first = await Promise.race([finished, cut])
    done.abort()
    if (typeof first === 'string') this.cut = first
    else this.end = first
    this.#input?.stop()
    this.durationMs = performance.now() - began
  }

  /** No more output will be taken. */
  finish(): RunTexts {
    this.#markers.stdout.finish()
    this.#markers.stderr.finish()
    const [out, err] = [this.#stdout.finish(), this.#stderr.finish()]
    return { stdout: out.text, stderr: err.text, truncated: out.truncated || err.truncated }
  }

  #feed(channel: CommandChannel): void {
    const { stdin, terminal } = this.#options
    if (terminal) this.#input = new TerminalInput(channel, String(stdin ?? ''))
    else {
      if (stdin !== null && stdin.length > 0) channel.write(Buffer.from(stdin))
      channel.endInput()
    }
  }

  #output(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#outputAt = performance.now()
    this.#markers[stream].push(chunk)
    this.#input?.output(chunk)
  }

  /** The command has ended, but not its output: something it started in the background holds it open. */
  async #leftoversGone(end: ChannelEnd, done: AbortSignal): Promise<ChannelEnd> {
    const exitedAt = performance.now()
    const over = (now: number): boolean =>
      now - Math.max(exitedAt, this.#outputAt) > LEFTOVER_QUIET_MS || now - exitedAt > LEFTOVER_MS
    while (!over(performance.now()) && !done.aborted) await pause(LEFTOVER_QUIET_MS / 5)
    return end
  }
}

function timeUp(ms: number | null, done: AbortSignal): Promise<'timed-out'> {
  return new Promise((resolve) => {
    if (ms === null) return
    const timer = setTimeout(() => resolve('timed-out'), Math.min(ms, MAX_TIMER_MS))
    done.addEventListener('abort', () => clearTimeout(timer))
  })
}

function aborted(signal: AbortSignal, done: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('aborted')
    signal.addEventListener('abort', () => resolve('aborted'), { once: true, signal: done })
  })
}
