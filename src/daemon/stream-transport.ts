import type { Duplex } from 'node:stream'
import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import { ErrorCode, type JSONRPCMessage, type RequestId } from '@modelcontextprotocol/sdk/types.js'
import { MAX_LINE_BYTES, MAX_REQUESTS_IN_FLIGHT, MAX_UNSENT_BYTES } from '../common/limits.js'
import { Turns } from '../common/turns.js'
import { END_OF_MESSAGES, RELATED } from '../wire/hello.js'
import { LineSplitter } from '../wire/lines.js'
import { answeredId, cancelledId, requestId } from '../wire/messages.js'
import { Batches } from './batches.js'
import { errorAnswer, incoming } from './incoming.js'
import { inward, outerId } from './inner-ids.js'

/**
 * MCP's stdio framing (a JSON message a line) over any stream. Unlike the SDK's own it answers what is no
 * message, survives what is too long, notices the end of the input, lets the answers in flight out before it
 * closes, and reads no further while the other side does not take its answers.
 */
export class StreamTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** Called when the input has ended and every request has been answered. */
  onDrained?: () => void
  /** Output is made one call at a time, and only while the other side takes what was made before. */
  readonly turns = new Turns(() => this.#closed || this.#stream.writableLength <= MAX_UNSENT_BYTES)
  readonly #stream: Duplex
  readonly #announcesEnd: boolean
  readonly #relates: boolean
  readonly #lines: LineSplitter
  readonly #batches = new Batches()
  #inFlight = new Set<RequestId>()
  #ended = false
  #closed = false

  /**
   * @param announcesEnd whether the other side has a last byte for an orderly end, so that without it it died
   * @param relates whether the other side wants to know to which request a message belongs
   */
  constructor(stream: Duplex, { announcesEnd, relates }: { announcesEnd: boolean; relates: boolean }) {
    this.#stream = stream
    this.#announcesEnd = announcesEnd
    this.#relates = relates
    this.#lines = new LineSplitter(
      MAX_LINE_BYTES,
      (line) => this.#line(line),
      () => this.#write(errorAnswer(null, ErrorCode.InvalidRequest, TOO_LONG)),
    )
  }

  async start(): Promise<void> {
    this.#stream.on('data', (chunk: Buffer) => {
      this.#take(chunk)
      this.#pace()
    })
    this.#stream.on('drain', () => {
      this.#pace()
      this.turns.next()
    })
    this.#stream.on('end', () => (this.#announcesEnd ? void this.close() : this.#inputOver()))
    this.#stream.on('close', () => this.#close())
    this.#stream.on('error', () => this.#close())
    this.#stream.resume()
  }

  /** Gives bytes that were read from the stream before this transport began. */
  inject(bytes: Buffer): void {
    if (bytes.length > 0) this.#take(bytes)
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (this.#closed || this.#stream.writableEnded) return
    const related = this.#relates ? options?.relatedRequestId : undefined
    const answered = answeredId(message)
    if (answered !== undefined) this.#answer(outerId(answered), message)
    else this.#write(related === undefined ? message : { ...message, [RELATED]: outerId(related) })
    this.#pace()
    this.#checkDrained()
  }

  async close(): Promise<void> {
    this.#stream.destroy()
    this.#close()
  }

  #take(chunk: Buffer): void {
    const last = this.#announcesEnd && chunk.at(-1) === END_OF_MESSAGES
    this.#lines.push(last ? chunk.subarray(0, -1) : chunk)
    if (last) this.#inputOver()
  }

  #inputOver(): void {
    this.#ended = true
    this.#checkDrained()
  }

  #line(line: string): void {
    if (line.trim() === '') return
    const { messages, errors, isBatch } = incoming(line)
    if (isBatch)
      this.#write(
        this.#batches.begin(
          messages.flatMap((one) => requestId(one) ?? []),
          errors,
        ),
      )
    else for (const error of errors) this.#write(error)
    for (const message of messages) this.#message(message)
  }

  #message(message: JSONRPCMessage): void {
    const id = requestId(message)
    if (id !== undefined) this.#inFlight.add(id)
    // A cancelled request gets no answer.
    const cancelled = cancelledId(message)
    if (cancelled !== undefined && this.#inFlight.delete(cancelled))
      this.#write(this.#batches.settle(cancelled, null))
    this.onmessage?.(inward(message))
  }

  /** An answer, or that of a batch once it is whole. */
  #answer(id: RequestId, message: JSONRPCMessage): void {
    this.#inFlight.delete(id)
    const answer = { ...message, id } as JSONRPCMessage
    this.#write(this.#batches.has(id) ? this.#batches.settle(id, answer) : answer)
  }

  #write(message: object | null): void {
    if (message && !this.#closed) this.#stream.write(`${JSON.stringify(message)}\n`)
  }

  /** Takes more requests only while the answers go out and not too many are under way. */
  #pace(): void {
    const busy =
      this.#stream.writableLength > MAX_UNSENT_BYTES || this.#inFlight.size >= MAX_REQUESTS_IN_FLIGHT
    if (busy && !this.#stream.isPaused()) this.#stream.pause()
    else if (!busy && this.#stream.isPaused()) this.#stream.resume()
  }

  #checkDrained(): void {
    if (this.#ended && this.#inFlight.size === 0 && !this.#closed) this.onDrained?.()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.turns.next()
    this.onclose?.()
  }
}

const TOO_LONG = `The message is longer than ${MAX_LINE_BYTES} bytes.`
