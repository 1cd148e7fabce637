import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_BODIES_BYTES, MAX_LINE_BYTES } from '../common/limits.js'
import type { Refusal } from './gate.js'

/** The client has gone away in the middle of its request, which is no event. */
export class ClientGone extends Error {}

/** A request that is answered with an HTTP error. */
export class HttpError extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** A body up to this size is taken whatever else is being read: of all connections there may be that is as much again. */
const SMALL_BODY_BYTES = 64 * 1024

/** Reads bodies, each and all of them together no larger than they may be. */
export class Bodies {
  #held = 0

  /** @throws HttpError 413 or 503; ClientGone */
  async read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    // What is announced is believed: nothing is read of a body that is too large.
    if (Number(request.headers['content-length'] ?? 0) > MAX_LINE_BYTES) throw tooLarge()
    if (request.headers.expect) response.writeContinue()
    const parts: Buffer[] = []
    let length = 0
    const take = (part: Buffer): HttpError | null => {
      length += part.length
      this.#held += part.length
      parts.push(part)
      if (length > MAX_LINE_BYTES) return tooLarge()
      return this.#held > MAX_BODIES_BYTES && length > SMALL_BODY_BYTES ? tooMuch() : null
    }
    try {
      await eachPart(request, take)
      return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
    } finally {
      this.#held -= length
    }
  }
}

/** Not by iteration: leaving one early would cut the connection before the answer is out. */
function eachPart(request: IncomingMessage, take: (part: Buffer) => HttpError | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const onData = (part: Buffer): void => {
      const error = take(part)
      if (!error) return
      request.removeListener('data', onData)
      reject(error)
    }
    request.on('data', onData)
    request.on('end', resolve)
    for (const event of ['error', 'close']) request.on(event, () => reject(new ClientGone()))
  })
}

const tooLarge = (): HttpError =>
  new HttpError({ status: 413, message: `A request may have ${MAX_LINE_BYTES} bytes at most.` })

const tooMuch = (): HttpError =>
  new HttpError({
    status: 503,
    message: 'Too much is being sent at once; try again in a moment.',
    headers: { 'Retry-After': '1' },
  })
