import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasTooManyValues, MAX_VALUES } from '../wire/json-values.js'
import { type Bodies, HttpError } from './body.js'
import { Outlet } from './outlet.js'
import { type Passing, withoutPromises } from './passing.js'
import type { Visit } from './visit.js'
import type { Visits } from './visits.js'
import { webRequest } from './web-request.js'

interface Parts {
  bodies: Bodies
  visits: Visits
  /** null where clients stay. */
  passing: Passing | null
}

/** Brings requests that were let in to the visit they belong to, and its responses back. */
export class Exchange {
  readonly #bodies: Bodies
  readonly #visits: Visits
  readonly #passing: Passing | null

  constructor({ bodies, visits, passing }: Parts) {
    this.#bodies = bodies
    this.#visits = visits
    this.#passing = passing
  }

  /** @throws HttpError */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#passing) return this.#pass(this.#passing, request, response)
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? this.#visits.find(id) : null
    if (request.method !== 'POST') {
      if (!known) throw badRequest(NO_VISIT)
      return respond(known, request, response)
    }
    await known?.link.room()
    const body = await this.#body(request, response)
    if (!known && !isInitialize(body)) throw badRequest(NO_VISIT)
    const visit = known ?? (await this.#visits.begin())
    await respond(visit, request, response, body)
    if (!visit.transport.sessionId) await visit.end() // its first request was refused
  }

  /** Cuts off responses that nobody takes, and ends visits that nobody uses. */
  sweep(stalledMs: number): void {
    const passing = [...(this.#passing?.visits ?? [])].flatMap((visit) => [...visit.outlets])
    for (const outlet of [...this.#visits.outlets(), ...passing])
      if (outlet.stalledFor > stalledMs) outlet.cut()
    this.#visits.endIdle()
  }

  endAll(): void {
    this.#visits.endAll()
    this.#passing?.endAll()
  }

  async #pass(passing: Passing, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST')
      throw new HttpError({
        status: 405,
        message: 'Only POST is served here (stateless).',
        headers: { Allow: 'POST' },
      })
    const body = await this.#body(request, response)
    const visit = await passing.begin()
    try {
      await respond(visit, request, response, withoutPromises(body))
    } finally {
      passing.end(visit, body)
    }
  }

  /** @throws HttpError */
  async #body(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const text = (await this.#bodies.read(request, response)).toString('utf8')
    if (hasTooManyValues(text)) throw badRequest(`A request may have ${MAX_VALUES} values at most.`, -32600)
    try {
      return JSON.parse(text)
    } catch {
      throw badRequest('The body is not JSON.', -32700)
    }
  }
}

/** @throws HttpError where the visit does not let it in */
async function respond(
  visit: Visit,
  request: IncomingMessage,
  response: ServerResponse,
  body?: unknown,
): Promise<void> {
  const admitted = visit.admit(body)
  try {
    await deliver(visit, request, response, body)
  } finally {
    visit.release(admitted)
  }
}

async function deliver(
  visit: Visit,
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
): Promise<void> {
  visit.used()
  const said = await visit.transport.handleRequest(
    webRequest(request),
    body === undefined ? {} : { parsedBody: body },
  )
  const answer = said.ok ? said : await withoutNullId(said)
  const outlet = new Outlet(response, () => visit.pace())
  visit.addOutlet(outlet, request.method === 'GET')
  try {
    await outlet.deliver(answer)
  } finally {
    visit.removeOutlet(outlet)
  }
}

/** The SDK's refusals have null for an id, which MCP's schema does not know. */
async function withoutNullId(refusal: Response): Promise<Response> {
  const { id, ...message } = (await refusal.json()) as { id?: unknown }
  return Response.json(id === null ? message : { ...message, id }, refusal)
}

const NO_VISIT = 'The header Mcp-Session-Id is missing; initialize first.'

const isInitialize = (body: unknown): boolean =>
  (body as { method?: unknown } | null)?.method === 'initialize'

const badRequest = (message: string, code?: number): HttpError =>
  new HttpError({ status: 400, message, code })
