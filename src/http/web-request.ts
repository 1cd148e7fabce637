import type { IncomingMessage } from 'node:http'

/** What the SDK's transport asks of a request whose body was read before; more is undefined, so that it would show. */
interface AskedOf {
  method: string
  url: string
  headers: { get(name: string): string | null; entries(): Iterable<readonly [string, string]> }
}

/** A request as the SDK's transport takes it. Not a real Request, which costs as much as all else that is done for one. */
export function webRequest({ method = 'GET', url = '/', headers }: IncomingMessage): Request {
  const get = (name: string): string | null => {
    const value = headers[name.toLowerCase()]
    return value === undefined ? null : String(value)
  }
  const entries = () => Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
  const asked: AskedOf = { method, url: `http://localhost${url}`, headers: { get, entries } }
  return asked as unknown as Request
}
