import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { ErrorAnswer } from './incoming.js'

/** Messages in one batch; the answers are kept until the last is there. The SDK's HTTP transport has the same bound. */
export const MAX_BATCH = 100

type Answer = JSONRPCMessage | ErrorAnswer

interface Batch {
  awaited: Set<RequestId>
  answers: Answer[]
}

/** Requests that came in one array are answered in one array, as protocol versions up to 2025-03-26 have it. */
export class Batches {
  readonly #batchOf = new Map<RequestId, Batch>()

  /** @param ids the requests of one array @param answers what is said of the rest of it at once */
  begin(ids: readonly RequestId[], answers: Answer[]): Answer[] | null {
    const batch: Batch = { awaited: new Set(ids), answers }
    for (const id of ids) this.#batchOf.set(id, batch)
    return this.#whole(batch)
  }

  has(id: RequestId): boolean {
    return this.#batchOf.has(id)
  }

  /** @param answer null where there is none to come @returns all answers of the batch once they are there */
  settle(id: RequestId, answer: Answer | null): Answer[] | null {
    const batch = this.#batchOf.get(id)
    if (!batch?.awaited.delete(id)) return null
    this.#batchOf.delete(id)
    if (answer) batch.answers.push(answer)
    return this.#whole(batch)
  }

  #whole({ awaited, answers }: Batch): Answer[] | null {
    return awaited.size === 0 && answers.length > 0 ? answers : null
  }
}
