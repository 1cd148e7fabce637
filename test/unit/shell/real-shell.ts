import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pty } from '../../../src/platform/pty.js'
import { armingExchange, readySign } from '../../../src/shell/arming.js'
import type { Exchange } from '../../../src/shell/feed.js'
import type { ShellKind } from '../../../src/shell/kinds.js'
import { type Sending, sendingOf } from '../../../src/shell/sending.js'

const COMMANDS: Readonly<Record<ShellKind, string[]>> = {
  bash: ['bash'],
  zsh: ['zsh'],
  fish: ['fish'],
  dash: ['dash'],
  ash: ['busybox', 'ash'],
  ksh: ['ksh'],
}
/** Where each reads its settings from; dash and the like read what ENV names. */
const RC: Readonly<Record<ShellKind, string>> = {
  bash: '.bashrc',
  zsh: '.zshrc',
  fish: 'config.fish',
  dash: '.shrc',
  ash: '.shrc',
  ksh: '.shrc',
}

export interface Finished {
  status: number
  /** What lies between C and D, with line ends as they are in files. */
  output: string
  cwd: string
  count: number
  /** How many C marks came. */
  begun: number
  ms: number
}

/** A real shell on a local terminal, driven by marks alone as a session does it. */
export class RealShell {
  readonly kind: ShellKind
  readonly home = mkdtempSync(join(tmpdir(), 'shell-'))
  readonly pty: Pty
  nonce = ''
  traits: string[] = []
  version = ''
  /** Number of the newest prompt. */
  count = 0
  /** All that was printed, a character a byte. */
  printed = ''
  /** Up to where it was looked at. */
  seen = 0
  #heard: () => void = () => {}

  constructor(kind: ShellKind, rc = '', env: Record<string, string> = {}, command = COMMANDS[kind]) {
    this.kind = kind
    writeFileSync(join(this.home, RC[kind]), rc)
    // Where this is missing fish makes it in the background, at length.
    mkdirSync(join(this.home, '.local/share/fish/generated_completions'), { recursive: true })
    const [program = '', ...args] = command
    if (kind === 'fish') args.push('-C', `source ${join(this.home, RC.fish)}`)
    const { PATH = '' } = process.env
    this.pty = new Pty({
      ...{ file: program, args, cwd: this.home, cols: 80, rows: 24 },
      env: {
        PATH,
        HOME: this.home,
        ENV: join(this.home, '.shrc'),
        TERM: 'xterm-256color',
        LC_ALL: 'C',
        ...env,
      },
      onData: (chunk) => {
        this.printed += chunk.toString('latin1')
        this.#heard()
      },
      onExit: () => this.#heard(),
    })
  }

  close(): void {
    this.pty.kill('SIGKILL')
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10 })
  }

  /** Waits for a pattern in what was not looked at yet, and looks up to its end. */
  async until(pattern: RegExp, ms = 5000): Promise<RegExpExecArray> {
    const limit = performance.now() + ms
    for (;;) {
      const found = pattern.exec(this.printed.slice(this.seen))
      if (found) {
        this.seen += found.index + found[0].length
        return found
      }
      const left = limit - performance.now()
      if (left <= 0 || !this.pty.running)
        throw new Error(`${this.kind}: no ${pattern} in ${JSON.stringify(this.printed.slice(this.seen))}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#heard = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async type(text: string): Promise<void> {
    for (let bytes = Buffer.from(text); bytes.length > 0; ) {
      const taken = this.pty.write(bytes)
      if (!this.pty.running)
        throw new Error(`${this.kind} has ended: ${JSON.stringify(this.printed.slice(-500))}`)
      bytes = bytes.subarray(taken)
      if (bytes.length > 0) await new Promise((resolve) => setTimeout(resolve, taken > 0 ? 0 : 1))
    }
  }

  /** Types the line and, once the shell reads, the payload. */
  async exchange({ line, payload }: Exchange): Promise<void> {
    await this.type(line)
    await this.until(this.mark('I'))
    await this.type(payload)
  }

  /** @returns what the first D mark tells, once the shell takes input */
  async arm(nonce = 'nonce0000001'): Promise<Finished> {
    this.nonce = nonce
    this.count = 0
    const from = this.printed.length
    const before = performance.now()
    await this.exchange(armingExchange(this.kind, nonce))
    const [, version = '', words = ''] = await this.until(
      new RegExp(`\\x1b\\]133;S;n=${nonce};([^;\\x07]*);([^\\x07]*)\\x07`),
    )
    this.version = version
    this.traits = words.split(',').filter(Boolean)
    const finished = await this.finished(from, false, before)
    return { ...finished, ms: performance.now() - before }
  }

  /** Waits until the shell runs what is typed; its first prompt is not marked. */
  async prompt(): Promise<void> {
    await this.type('echo READ""Y\r')
    await this.until(/READY\r\n/)
  }

  sending(text: string, incomplete = false): Sending {
    return sendingOf(this.kind, this.traits, text, this.nonce, incomplete)
  }

  /** Sends a text without waiting for its end. */
  async send(text: string, incomplete = false): Promise<{ from: number; fed: boolean; before: number }> {
    const sending = this.sending(text, incomplete)
    const from = this.printed.length
    const before = performance.now()
    if (sending.form === 'refused') throw new Error(sending.why)
    if (sending.form === 'typed') await this.type(sending.bytes)
    else await this.exchange(sending)
    return { from, fed: sending.form === 'fed', before }
  }

  async run(text: string, ms = 8000): Promise<Finished> {
    const { from, fed, before } = await this.send(text)
    return this.finished(from, fed, before, ms)
  }

  /** Waits for a D mark that is new and then for the sign that input is taken. */
  async finished(from: number, fed: boolean, before = 0, ms = 8000): Promise<Finished> {
    const newest = this.count
    let found = await this.until(this.mark('D'), ms)
    while (Number(found[2]) <= newest) found = await this.until(this.mark('D'), ms)
    const [mark, status, count, cwd = ''] = found
    const took = performance.now() - before
    const end = this.printed.lastIndexOf(mark, this.seen)
    const parts = this.printed.slice(from, end).split(`\x1b]133;C;n=${this.nonce};k=${newest}\x07`)
    this.count = Number(count)
    await this.ready()
    // What is fed has one C more, of its typed line, where the shell has a hook before commands.
    const text = (fed ? parts.slice(-1) : parts.slice(1)).join('')
    // Where the marks are in PS1 bash's line editor is up before them.
    const output = Buffer.from(text.replace(/\x1b\[\?2004h$/, ''), 'latin1')
      .toString()
      .replaceAll('\r\n', '\n')
    return { status: Number(status), output, cwd, count: this.count, begun: parts.length - 1, ms: took }
  }

  /** Presses Ctrl-C until it ends what is going on: shells lose one that comes while they prepare to read. */
  async interrupt(from: number, fed = false): Promise<Finished> {
    let more = -1
    for (let tries = 0; tries < 20; tries++) {
      await this.type('\x03')
      more++
      const { seen } = this
      if (await this.until(this.mark('D'), 250).catch(() => null)) {
        this.seen = seen
        break
      }
    }
    const finished = await this.finished(from, fed)
    // Each one too many makes a prompt of its own, and would clear what is typed before that.
    for (; more > 0; more--) if (!(await this.finished(from, fed, 0, 2000).catch(() => null))) break
    return finished
  }

  /** Waits until the shell takes input. */
  async ready(): Promise<void> {
    const sign = readySign(this.kind, this.traits)
    if (sign.inputMark) await this.until(this.mark('B'))
    // ksh prepares its terminal behind the prompt, with no sign of it, and may lose what comes in that moment.
    if (this.kind === 'ksh') await new Promise((resolve) => setTimeout(resolve, 5))
    if (sign.editor) await this.until(/\x1b\[\?2004h/)
  }

  mark(kind: string): RegExp {
    const { nonce } = this
    if (kind === 'I') return new RegExp(`\\x1b\\]133;I;n=${nonce || '\\w+'}\\x07`)
    if (kind === 'D') return new RegExp(`\\x1b\\]133;D;(\\d+);n=${nonce};k=(\\d+);([^\\x07]*)\\x07`)
    return new RegExp(`\\x1b\\]133;${kind};n=${nonce};k=\\d+\\x07`)
  }
}
