import type { RequestId } from '@modelcontextprotocol/sdk/types.js'
import { MAX_REQUESTS_IN_FLIGHT } from '../common/limits.js'
import { requestIds } from '../wire/messages.js'
import { HttpError } from './body.js'

/** The requests of one client that the daemon has yet to answer, and which of them came together. */
export class InFlight {
  readonly #ids = new Set<RequestId>()
  /** Ids of requests that came in one body, and whose answers go out in one stream. */
  readonly #batches = new Set<readonly RequestId[]>()

  get size(): number {
    return this.#ids.size
  }

  /**
   * Lets a body in, be there room; what asks for nothing always, for by it there comes to be less to do.
   * @returns what is to be released when it has been answered
   * @throws HttpError where there is enough to do, or an id is taken: the answers of both would go to one
   */
  admit(body: unknown, hasRoom: boolean): readonly RequestId[] {
    const ids = requestIds(body)
    const isFull = !hasRoom || this.#ids.size + ids.length >= MAX_REQUESTS_IN_FLIGHT
    if (ids.length > 0 && isFull) throw tooManyRequests()
    const taken = new Set(this.#ids)
    for (const id of ids) {
      if (taken.has(id)) throw idTaken(id)
      taken.add(id)
    }
    if (ids.length > 1) this.#batches.add(ids)
    return ids
  }

  release(admitted: readonly RequestId[]): void {
    this.#batches.delete(admitted)
  }

  add(id: RequestId): void {
    this.#ids.add(id)
  }

  /** @returns whether it was waited for */
  settle(id: RequestId): boolean {
    return this.#ids.delete(id)
  }

  /** Whether the stream of its answer is that of others, too. */
  isInBatch(id: RequestId): boolean {
    return [...this.#batches].some((ids) => ids.includes(id))
  }

  /** All that is waited for; nothing is any more. */
  takeAll(): RequestId[] {
    const ids = [...this.#ids]
    this.#ids.clear()
    return ids
  }
}

const tooManyRequests = (): HttpError =>
  new HttpError({
    status: 503,
    message: 'Too many requests of this client are under way; wait for answers.',
    headers: { 'Retry-After': '1' },
  })

const idTaken = (id: RequestId): HttpError =>
  new HttpError({
    status: 400,
    message: `The id ${JSON.stringify(id)} is that of a request under way.`,
    code: -32600,
  })
