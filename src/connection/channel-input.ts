/** The input of a channel: sent in packets, as far as the other side has given room for it; the rest waits. */
export class ChannelInput {
  readonly #send: (bytes: Buffer) => void
  readonly #sendEnd: () => void
  #waiting: Buffer[] = []
  #window = 0
  #packet = 0
  #state: 'open' | 'ending' | 'closed' = 'open'

  constructor(send: (bytes: Buffer) => void, sendEnd: () => void) {
    this.#send = send
    this.#sendEnd = sendEnd
  }

  /** The channel is there. @param window bytes there is room for @param packet the most in one message */
  open(window: number, packet: number): void {
    this.#packet = packet
    this.allow(window)
  }

  allow(bytes: number): void {
    this.#window += bytes
    this.#flush()
  }

  add(bytes: Buffer): void {
    if (this.#state !== 'open') return
    this.#waiting.push(bytes)
    this.#flush()
  }

  /** No more will come; the other side is told once all is sent. */
  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ending'
    this.#flush()
  }

  /** Nothing may be sent any more. */
  close(): void {
    this.#state = 'closed'
    this.#waiting = []
  }

  #flush(): void {
    if (this.#packet === 0 || this.#state === 'closed') return
    while (this.#window > 0 && this.#waiting.length > 0) {
      const first = this.#waiting[0] as Buffer
      const part = first.subarray(0, Math.min(this.#window, this.#packet))
      this.#window -= part.length
      this.#send(part)
      if (part.length === first.length) this.#waiting.shift()
      else this.#waiting[0] = first.subarray(part.length)
    }
    if (this.#state !== 'ending' || this.#waiting.length > 0) return
    this.close()
    this.#sendEnd()
  }
}
