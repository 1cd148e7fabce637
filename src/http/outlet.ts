import type { ServerResponse } from 'node:http'

/** What is given to the socket at a time, so that a slow reader is seen to get on. */
const PIECE_BYTES = 64 * 1024

/** After this time without anything to send a client is told at least that its request was taken, in milliseconds. */
const HEADERS_MS = 20

/** Writes one response no faster than its client takes it, and knows how much that is behind. */
export class Outlet {
  readonly #response: ServerResponse
  readonly #onMoved: () => void
  #pieces: Uint8Array[] = []
  #queued = 0
  #full = false
  #whole = false
  #movedAt = performance.now()

  /** @param onMoved called whenever there is more or less to send than before */
  constructor(response: ServerResponse, onMoved: () => void) {
    this.#response = response
    this.#onMoved = onMoved
    response.on('drain', () => {
      this.#full = false
      this.#movedAt = performance.now()
      this.#flush()
      onMoved()
    })
  }

  /** Bytes that the client has yet to take. */
  get unsent(): number {
    return this.#response.destroyed ? 0 : this.#queued + this.#response.writableLength
  }

  /** Milliseconds for which nothing has gone out although there is something to send. */
  get stalledFor(): number {
    return this.#full ? performance.now() - this.#movedAt : 0
  }

  cut(): void {
    this.#response.destroy()
  }

  /** Sends a response as it comes, until its end or until the client has gone. */
  async deliver({ status, headers, body }: Response): Promise<void> {
    const response = this.#response
    if (response.destroyed) return void body?.cancel()
    // Whether the connection stays is between the client and the server, not the SDK's transport.
    headers.delete('connection')
    if (!body) headers.set('content-length', '0')
    response.writeHead(status, Object.fromEntries(headers))
    const gone = new Promise<void>((resolve) => response.on('close', resolve))
    const early = setTimeout(() => response.flushHeaders(), HEADERS_MS)
    response.on('close', () => clearTimeout(early))
    if (!body) this.#end()
    else {
      const reader = body.getReader()
      response.on('close', () => void reader.cancel().catch(() => {}))
      await this.#copy(reader)
    }
    await gone
  }

  async #copy(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return this.#end()
      this.#add(value)
    }
  }

  #add(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES)
      this.#pieces.push(bytes.subarray(from, from + PIECE_BYTES))
    this.#queued += bytes.length
    this.#flush()
    this.#onMoved()
  }

  #end(): void {
    this.#whole = true
    this.#flush()
  }

  #flush(): void {
    while (!this.#full && this.#pieces.length > 0) {
      const piece = this.#pieces.shift() as Uint8Array
      this.#queued -= piece.length
      if (this.#response.write(piece)) continue
      this.#full = true
      this.#movedAt = performance.now()
    }
    if (this.#whole && this.#pieces.length === 0 && !this.#response.writableEnded) this.#response.end()
  }
}
