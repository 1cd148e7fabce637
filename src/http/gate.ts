import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { inUrl } from './address.js'
import { HEALTH_PATH } from './settings.js'

/** What of a request is judged before any of its body is read. */
export interface Asked {
  method: string
  /** As it stands in the request line. */
  url: string
  headers: IncomingHttpHeaders
  /** Names and values in turn, duplicates included. */
  rawHeaders: readonly string[]
  /** The address of ours that the client connected to. */
  localAddress: string
}

/** Why a request is not taken: an HTTP status with a sentence, and headers that belong to it. */
export interface Refusal {
  status: number
  message: string
  headers?: Readonly<Record<string, string>>
  /** The JSON-RPC error's code, where it is not the general one. */
  code?: number | undefined
}

interface GateRules {
  /** The path of MCP. */
  path: string
  /** Names that clients may call us by, besides those of loopback and the address itself. */
  hosts: readonly string[]
  /** null where none is asked for. */
  token: string | null
}

/** Headers of which a second one could be read by us and another program differently. */
const SINGLE = ['host', 'origin', 'authorization', 'content-type', 'mcp-session-id', 'mcp-protocol-version']

/** A page of another site sends these values; other programs send no such header, a typed address `none`. */
const FOREIGN_SITES = ['cross-site', 'same-site']

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/**
 * Decides what a request is for, before it is read. A page in a browser reaches loopback as well as we do; that it
 * names another host (a name rebound to this machine) or origin gives it away, and the token it does not know.
 */
export class Gate {
  readonly #path: string
  readonly #hosts: ReadonlySet<string>
  readonly #digest: Buffer | null

  constructor({ path, hosts, token }: GateRules) {
    this.#path = path
    this.#hosts = new Set([...LOOPBACK_NAMES, ...hosts])
    this.#digest = token === null ? null : digestOf(token)
  }

  /** @returns what is asked for, or why it is refused */
  check(asked: Asked): 'mcp' | 'health' | Refusal {
    return (
      this.#wrongHeaders(asked) ??
      this.#wrongHost(asked) ??
      foreignOrigin(asked.headers) ??
      this.#where(asked)
    )
  }

  #wrongHeaders({ rawHeaders }: Asked): Refusal | null {
    const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
    const twice = SINGLE.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
    return twice ? { status: 400, message: `There is more than one ${twice} header.` } : null
  }

  #wrongHost({ headers, localAddress }: Asked): Refusal | null {
    const host = headers.host?.toLowerCase() ?? ''
    const name = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(host)?.[1]
    if (name && (this.#hosts.has(name) || this.#hosts.has(host) || name === inUrl(localAddress))) return null
    return {
      status: 403,
      message: 'The Host header names none that is accepted here; SSH_MCP_HTTP_HOSTS adds names.',
    }
  }

  #where({ method, url, headers }: Asked): 'mcp' | 'health' | Refusal {
    const path = url.split('?', 1)[0]
    if (path === HEALTH_PATH)
      return method === 'GET' || method === 'HEAD' ? 'health' : notAllowed('GET, HEAD')
    if (path !== this.#path) return { status: 404, message: 'There is nothing at this path.' }
    if (!this.#knows(headers.authorization)) return unauthorized(headers.authorization !== undefined)
    return ['GET', 'POST', 'DELETE'].includes(method) ? 'mcp' : notAllowed('GET, POST, DELETE')
  }

  /** Digests are compared, which are of one length, in a time that says nothing of where they differ. */
  #knows(authorization: string | undefined): boolean {
    if (!this.#digest) return true
    const token = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    return token !== undefined && timingSafeEqual(digestOf(token), this.#digest)
  }
}

/** A browser names the page's origin wherever a page could do harm; only our own would do, and we have no pages. */
function foreignOrigin({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): Refusal | null {
  const own = host?.toLowerCase()
  const foreign =
    origin !== undefined &&
    origin.toLowerCase() !== `http://${own}` &&
    origin.toLowerCase() !== `https://${own}`
  if (!foreign && !FOREIGN_SITES.includes(String(site))) return null
  return { status: 403, message: 'Requests of web pages are not accepted.' }
}

const notAllowed = (allow: string): Refusal => ({
  status: 405,
  message: 'The method is not allowed here.',
  headers: { Allow: allow },
})

const unauthorized = (given: boolean): Refusal => ({
  status: 401,
  message: given
    ? 'The bearer token is not the right one.'
    : 'A bearer token is needed: send the header Authorization: Bearer TOKEN.',
  headers: { 'WWW-Authenticate': given ? 'Bearer error="invalid_token"' : 'Bearer' },
})

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()
